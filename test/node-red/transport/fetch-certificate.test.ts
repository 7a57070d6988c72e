import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fetchCertificate } from '../../../node-red/transport/fetch-certificate';
import { poll } from '../../support/fake-runtime';

describe('the certificate of an appliance that accepts connections but says nothing', () => {
  it.each(['before it is asked', 'while it is asked'])('is given up: %s', async (when) => {
    const ended = new AbortController();
    const timeUp = new Error('The time is up.');
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined).resume());
      ended.abort(timeUp);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      if (when.startsWith('before')) ended.abort(timeUp);
      const { port } = server.address() as AddressInfo;
      const asked = fetchCertificate(`https://127.0.0.1:${port}`, ended.signal);
      await expect(asked).rejects.toBe(timeUp);
      await poll(() => sockets.every(({ closed }) => closed));
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });
});
