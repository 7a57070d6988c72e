import { createAxiosTransport } from '../../node-red/transport/axios-transport';
import { describeFaultMatrix, TOKEN, type MakeTransport } from './fault-matrix';
import { checkFaultTable } from './fault-table';

const transportTo: MakeTransport = ({ url, certificatePem }) => {
  const transport = createAxiosTransport({
    baseUrl: url,
    token: TOKEN,
    caCertificate: certificatePem,
    ignoreCertificateErrors: false,
  });
  return { transport, destroy: () => transport.destroy() };
};

describeFaultMatrix('axios', transportTo, checkFaultTable);
