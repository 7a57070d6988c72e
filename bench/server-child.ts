/** The servers that the benchmarks ask: the simulator, long lists, or one that drops uploads. */
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator';
import { makeCertificate } from '../simulator/certificate';
import { answerCommands } from './child';

type Command =
  | { kind: 'simulator'; options: SimulatorOptions }
  /** Lists of thousands of IPs, each response after a delay; the simulator has some dozens of hosts. */
  | { kind: 'lists'; latencyMs: number; ips: number }
  /** Takes uploads and drops them, so that the sender is what is measured. */
  | { kind: 'sink' }
  /** Counts since the last time it was asked; TLS handshakes since the start. */
  | { kind: 'count' };

let simulator: Simulator | undefined;
let settings = { latencyMs: 0, ips: 0 };
let seen = { requests: 0, now: 0, atOnce: 0 };

answerCommands<Command>(async (command) => {
  switch (command.kind) {
    case 'simulator':
      simulator = await startSimulator(command.options);
      return { url: simulator.url, certificate: simulator.certificatePem };
    case 'lists':
      settings = command;
      return serve(answerList);
    case 'sink':
      return serve((request, response) => {
        request.resume().once('end', () => {
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify({ replaySlotID: 1, currentTime: Date.now() }));
        });
      });
    case 'count': {
      const counted = simulator
        ? { requests: simulator.requests.length, handshakes: simulator.connections.tlsHandshakes }
        : seen;
      simulator?.clearRequests();
      seen = { ...seen, requests: 0, atOnce: 0 };
      return counted;
    }
  }
});

async function serve(listener: RequestListener): Promise<object> {
  const { key, cert } = await makeCertificate();
  const server = createServer({ key, cert }, listener);
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, certificate: cert };
}

const answerList: RequestListener = (request, response) => {
  seen.requests++;
  seen.atOnce = Math.max(seen.atOnce, ++seen.now);
  setTimeout(() => {
    seen.now--;
    const { pathname, searchParams } = new URL(request.url!, 'https://x');
    const isCsv = pathname.endsWith('/peers_ports');
    response.setHeader('Content-Type', isCsv ? 'text/csv' : 'application/json');
    response.end(isCsv ? PORTS : JSON.stringify(listOf(pathname, searchParams)));
  }, settings.latencyMs);
};

const PORTS = `peer,port,l4,l7,packets,bytes,role\n${'10.0.0.9,443,TCP,HTTPS,1200,3400,client\n'.repeat(20)}`;
const ipOf = (index: number) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

function listOf(path: string, query: URLSearchParams): unknown {
  const { ips } = settings;
  if (path.endsWith('/ips')) return Array.from({ length: ips }, (_, index) => ipOf(index));
  if (!path.endsWith('/ips_paged')) return { currentTime: Date.now() };
  const count = Math.min(Number(query.get('count') ?? 100), 100);
  const first = Number(query.get('page') ?? 0) * count;
  const length = Math.max(0, Math.min(count, ips - first));
  return {
    numberOfItems: ips,
    numberOfPages: Math.ceil(ips / count),
    itemsPerPage: count,
    displayedItems: Array.from({ length }, (_, index) => ({
      ip: ipOf(first + index),
      interval: [10, 20_000 - first - index, 10, 20_000],
    })),
  };
}
