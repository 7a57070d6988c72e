import { axiosTransport } from '../support/transports';
import { describeUploadSources } from './upload-sources';

describeUploadSources('axios', axiosTransport);
