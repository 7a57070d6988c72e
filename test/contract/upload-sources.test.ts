import { axiosTransport } from './transports';
import { describeUploadSources } from './upload-sources';

describeUploadSources('axios', axiosTransport);
