import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from '../../simulator/http/reply/reply';
import { liveBytes } from '../support/live-bytes';

const BLOCK = 256 * 1024;
const BYTES = 1000 * BLOCK;
const BETWEEN_LOOKS = BYTES / 4;
const LIMIT = BYTES / 8;

async function* blocks(): AsyncIterable<Buffer> {
  // Memory of its own for each, as the packets of a capture have it.
  for (let made = 0; made < BYTES; made += BLOCK) yield Buffer.alloc(BLOCK, 1);
}

it('sends a large answer without holding what it has sent', async () => {
  const server = createServer(
    (_, response) =>
      void send(
        response,
        { body: blocks() },
        { acceptEncoding: '', isFaulty: () => false, onBytes: () => undefined },
      ),
  ).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
    });
    const before = await liveBytes();
    let bytes = 0;
    let held = 0;
    let nextLook = BETWEEN_LOOKS;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes < nextLook) continue;
      nextLook += BETWEEN_LOOKS;
      held = Math.max(held, (await liveBytes()).buffers - before.buffers);
    }
    expect(bytes).toBe(BYTES);
    expect(held).toBeLessThan(LIMIT);
  } finally {
    server.close();
  }
});
