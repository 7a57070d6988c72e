/** Takes uploads and drops them, so that the sender is what is measured. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../simulator/certificate';

// Never outlives the one who asks.
process.once('disconnect', () => process.exit());
process.once('message', () => void start());

async function start(): Promise<void> {
  const { key, cert } = await makeCertificate();
  const server = createServer({ key, cert }, (request, response) => {
    request.resume();
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ replaySlotID: 1, currentTime: Date.now() }));
    });
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.send!({ url: `https://127.0.0.1:${port}`, certificate: cert });
  });
}
