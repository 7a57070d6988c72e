import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { send } from '../../simulator/http/reply';

const BLOCK = 256 * 1024;
const BYTES = 1000 * BLOCK;
const BETWEEN_LOOKS = BYTES / 8;
const LIMIT = BYTES / 4;

async function* blocks(): AsyncIterable<Buffer> {
  // Memory of its own for each, as the packets of a capture have it.
  for (let made = 0; made < BYTES; made += BLOCK) yield Buffer.alloc(BLOCK, 1);
}

/** What is still in use. What V8 has yet to sweep goes away while one waits; what is held stays. */
async function bytesInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let look = 0; look < 100; look++) {
    collect();
    if (process.memoryUsage().arrayBuffers < LIMIT) break;
    await sleep(50);
  }
  return process.memoryUsage().arrayBuffers;
}

it('sends a large answer without holding what it has sent', async () => {
  const server = createServer(
    (_, response) =>
      void send(response, { body: blocks() }, { acceptEncoding: '', onBytes: () => undefined }),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
    });
    let bytes = 0;
    let held = 0;
    let nextLook = BETWEEN_LOOKS;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes < nextLook) continue;
      nextLook += BETWEEN_LOOKS;
      held = Math.max(held, await bytesInUse());
    }
    expect(bytes).toBe(BYTES);
    expect(held).toBeLessThan(LIMIT);
  } finally {
    server.close();
  }
}, 60_000);
