import { Agent, get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startSimulator } from '../../simulator';
import { ADMIN } from './support';

const BYTES = 400e6;
const BETWEEN_LOOKS = 40e6;

/** What is still in use, as opposed to what nobody has collected yet. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

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
    let nextLook = BETWEEN_LOOKS;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes < nextLook) continue;
      nextLook += BETWEEN_LOOKS;
      held = Math.max(held, bytesInUse());
    }
    expect(bytes).toBeGreaterThan(BYTES * 0.99);
    expect(held).toBeLessThan(BYTES / 4);
  } finally {
    await simulator.close();
  }
}, 60_000);
