import { createAxiosTransport } from '../../node-red/transport/axios-transport';
import { TOKEN, type MakeTransport } from './fault-matrix';

/** Node-RED's transport to a simulator. */
export const axiosTransport: MakeTransport = ({ url, certificatePem }) => {
  const transport = createAxiosTransport({
    baseUrl: url,
    token: TOKEN,
    caCertificate: certificatePem,
    ignoreCertificateErrors: false,
  });
  return { transport, destroy: () => transport.destroy() };
};
