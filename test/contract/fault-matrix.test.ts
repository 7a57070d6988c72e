import { createAxiosTransport } from '../../node-red/transport/axios-transport';
import { describeFaultMatrix, TOKEN } from './fault-matrix';

describeFaultMatrix('axios', ({ url, certificatePem }) => {
  const transport = createAxiosTransport({
    baseUrl: url,
    token: TOKEN,
    caCertificate: certificatePem,
    ignoreCertificateErrors: false,
  });
  return { transport, destroy: () => transport.destroy() };
});
