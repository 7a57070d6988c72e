import { createAxiosTransport } from '../../../node-red/transport/axios-transport';
import { describeConnectionMatrix } from './connection-matrix';

describeConnectionMatrix('axios', (login) => {
  const transport = createAxiosTransport(login);
  return { transport, destroy: () => transport.destroy() };
});
