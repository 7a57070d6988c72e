import { Agent, get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { startSimulator } from '../../simulator';
import { ADMIN } from './support';

const BYTES = 400e6;

it('sends a large capture without holding what it has sent', async () => {
  const simulator = await startSimulator({ historySeconds: 5, switches: { bulkBytes: BYTES } });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const path = '/API/data/modules/capture?fromCaptureBuffer=true';
      const options = { ca: simulator.certificatePem, agent: new Agent() };
      const headers = { authorization: ADMIN };
      get(simulator.url + path, { ...options, headers }, resolve).on('error', reject);
    });
    let bytes = 0;
    let held = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      held = Math.max(held, process.memoryUsage().arrayBuffers);
    }
    expect(bytes).toBeGreaterThan(BYTES * 0.99);
    // What V8 has not collected yet is in it, too.
    expect(held).toBeLessThan(BYTES / 2);
  } finally {
    await simulator.close();
  }
}, 60_000);
