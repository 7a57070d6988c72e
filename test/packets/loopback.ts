import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { where } from '../support/required-tools';

/** dumpcap ends by itself after so many seconds, whatever happens. */
const LIMIT_SECONDS = 300;

/** Tests that need real traffic. */
export const itWithLoopback = where(mayCaptureLoopback(), it, 'dumpcap on the loopback');

function mayCaptureLoopback(): boolean {
  try {
    return /\blo\b/.test(execFileSync('dumpcap', ['-D'], { timeout: 300_000 }).toString());
  } catch {
    return false;
  }
}

/**
 * Has dumpcap write down real packets of the loopback interface: datagrams, and HTTP over TCP, that
 * go on until there are enough.
 *
 * @param options of dumpcap, such as `-P` for a classic pcap
 */
export async function captureLoopback(
  path: string,
  packets: number,
  options: string[] = [],
): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const server: Server = createServer((_, response) => response.end('x'.repeat(5000)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ports = [socket.address().port, (server.address() as AddressInfo).port];
  const dumpcap = spawn('dumpcap', [
    ...['-i', 'lo', '-q', '-f', `udp port ${ports[0]} or tcp port ${ports[1]}`],
    ...['-c', String(packets), '-a', `duration:${LIMIT_SECONDS}`, '-w', path, ...options],
  ]);
  const sending = setInterval(() => {
    socket.send(Buffer.alloc(200, 'x'), ports[0]!, '127.0.0.1');
    void fetch(`http://127.0.0.1:${ports[1]}/`).then(
      (answer) => answer.text(),
      () => undefined,
    );
  }, 20);
  const [code] = (await once(dumpcap, 'close')) as [number];
  clearInterval(sending);
  socket.close();
  server.closeAllConnections();
  server.close();
  if (code !== 0) throw new Error(`dumpcap ended with code ${code}.`);
}
