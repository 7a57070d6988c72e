/**
 * Answers lists of thousands of IPs after a delay. A server of its own, because the simulated
 * traffic has only some dozens of hosts.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../simulator/certificate';

type Command =
  { kind: 'start' } | { kind: 'set'; latencyMs: number; ips: number } | { kind: 'clear' };

const settings = { latencyMs: 0, ips: 0 };
const seen = { requests: 0, now: 0, atOnce: 0 };

// Never outlives the one who asks.
process.once('disconnect', () => process.exit());
process.on('message', (command: Command) => void answer(command));

async function answer(command: Command): Promise<void> {
  if (command.kind === 'start') {
    const { key, cert } = await makeCertificate();
    const server = createServer({ key, cert }, (request, response) => {
      seen.requests++;
      seen.now++;
      seen.atOnce = Math.max(seen.atOnce, seen.now);
      setTimeout(() => {
        seen.now--;
        const { pathname, searchParams } = new URL(request.url!, 'https://x');
        const isCsv = pathname.endsWith('/peers_ports');
        response.setHeader('Content-Type', isCsv ? 'text/csv' : 'application/json');
        response.end(bodyOf(pathname, searchParams));
      }, settings.latencyMs);
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      process.send!({ url: `https://127.0.0.1:${port}`, certificate: cert });
    });
    return;
  }
  if (command.kind === 'set') Object.assign(settings, command);
  process.send!({ ...seen });
  Object.assign(seen, { requests: 0, atOnce: 0 });
}

const ipOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

function bodyOf(path: string, query: URLSearchParams): string {
  if (path.endsWith('/ips')) {
    return JSON.stringify(Array.from({ length: settings.ips }, (_, index) => ipOf(index)));
  }
  if (path.endsWith('/peers_ports')) {
    const line = '10.0.0.9,443,TCP,HTTPS,1200,3400,client';
    return `peer,port,l4,l7,packets,bytes,role\n${`${line}\n`.repeat(20)}`;
  }
  if (!path.endsWith('/ips_paged')) return JSON.stringify({ currentTime: Date.now() });
  const count = Math.min(Number(query.get('count') ?? 100), 100);
  const first = Number(query.get('page') ?? 0) * count;
  const items = Array.from({ length: Math.max(0, Math.min(count, settings.ips - first)) });
  return JSON.stringify({
    numberOfItems: settings.ips,
    numberOfPages: Math.ceil(settings.ips / count),
    itemsPerPage: count,
    displayedItems: items.map((_, index) => ({
      ip: ipOf(first + index),
      interval: [10, 20_000 - first - index, 10, 20_000],
    })),
  });
}
