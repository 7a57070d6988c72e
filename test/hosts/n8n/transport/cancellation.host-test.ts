import { describeCancellation } from '../../../contract/connection/cancellation';
import { n8nTransport } from './real-helper';

describeCancellation("n8n's request helper", n8nTransport);
