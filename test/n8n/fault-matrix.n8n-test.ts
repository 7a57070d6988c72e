import { describeFaultMatrix, TOKEN } from '../contract/fault-matrix';
import { realN8nTransport } from './real-helper';

// The same rows as over axios, over the code that n8n itself sends requests with.
describeFaultMatrix("n8n's request helper", ({ url, certificatePem }) => ({
  transport: realN8nTransport({
    baseUrl: url,
    token: TOKEN,
    caCertificate: certificatePem,
    ignoreCertificateErrors: false,
  }),
  // It keeps no connections.
  destroy: () => undefined,
}));
