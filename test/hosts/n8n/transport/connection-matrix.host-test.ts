import { describeConnectionMatrix } from '../../../contract/connection/connection-matrix';
import { realN8nTransport } from './real-helper';

describeConnectionMatrix("n8n's request helper", (login) => ({
  transport: realN8nTransport(login),
  // It keeps no connections.
  destroy: () => undefined,
}));
