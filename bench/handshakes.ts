import { AllegroClient, type Transport } from '../client';
import { systemContext } from '../node-red/runtime/config-node/system-context';
import { createAxiosTransport } from '../node-red/transport/axios-transport';
import { ensureN8n } from '../scripts/n8n-cache';
import { realN8nTransport } from '../test/hosts/n8n/real-helper';
import { startAppliance } from './child';
import type { BenchOptions } from './options';
import type { Row, Section } from './report';

const REQUESTS = 100;
const CONCURRENCY = 4;

/** How often connections are made anew. */
export async function benchHandshakes(_options: BenchOptions): Promise<Section> {
  const appliance = await startAppliance({ historySeconds: 10 });
  const { child, url, certificate } = appliance;
  const login = {
    baseUrl: url,
    token: 'demo-token',
    caCertificate: certificate,
    ignoreCertificateErrors: false,
  };
  ensureN8n();
  const axios = createAxiosTransport(login);
  const count = async () =>
    (await child.ask<{ tlsHandshakes: number }>({ kind: 'count' })).tlsHandshakes;
  const rowOf = async (what: string, transport: Transport): Promise<Row> => {
    const client = new AllegroClient({ transport, context: systemContext });
    const before = await count();
    const signal = AbortSignal.timeout(60_000);
    await Promise.all(Array.from({ length: REQUESTS }, () => client.time({ signal })));
    const handshakes = (await count()) - before;
    return {
      what,
      ours: String(handshakes),
      alternative: '',
      goal: `≤ ${CONCURRENCY}`,
      isMet: handshakes <= CONCURRENCY,
    };
  };
  try {
    return {
      title: `TLS handshakes for ${REQUESTS} requests, ${CONCURRENCY} at once`,
      notes: [],
      whyMissed:
        "n8n's request helper makes an agent of its own for every request that has a certificate or TLS setting, and keeps no connection; a node may not bring an HTTP client of its own. So the number of requests is what counts there, and lists are read 100 rows a page.",
      isCount: true,
      rows: [
        await rowOf('axios (Node-RED)', axios),
        await rowOf("n8n's request helper", realN8nTransport(login)),
      ],
    };
  } finally {
    axios.destroy();
    child.stop();
  }
}
