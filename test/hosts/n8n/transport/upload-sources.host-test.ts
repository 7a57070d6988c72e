import { describeUploadSources } from '../../../contract/upload/upload-sources';
import { n8nTransport } from './real-helper';

describeUploadSources("n8n's request helper", n8nTransport);
