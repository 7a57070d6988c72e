import {
  createAxiosTransport,
  type ClosableTransport,
} from '../../../node-red/transport/axios-transport';
import type { Simulator } from '../../../simulator';

export const TOKEN = 'demo-token';

/** Node-RED's transport to a simulator, and what ends it. */
export function axiosTransport({ url, certificatePem }: Simulator, token = TOKEN) {
  const transport: ClosableTransport = createAxiosTransport({
    baseUrl: url,
    token,
    caCertificate: certificatePem,
    ignoreCertificateErrors: false,
  });
  return { transport, destroy: () => transport.destroy() };
}
