import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

export const TOKEN = 'stub-token';

/** Hosts in the filter that make a capture go wrong. */
export const STALLING_HOST = '10.9.9.1';
export const ENDLESS_HOST = '10.9.9.3';

/**
 * As much of an appliance as these tests need, with captures whose bytes they know. What a real one
 * does is the simulator's matter; here the question is what Node-RED makes of its answers.
 */
export class StubAppliance {
  /** Method, path and query of every request. */
  readonly requests: string[] = [];
  /** SHA-256 of the last capture that was sent whole. */
  lastSha256 = '';
  openCaptures = 0;

  private constructor(
    private readonly server: Server,
    readonly certificate: string,
    readonly token: string,
  ) {}

  static async start({ port = 0, token = TOKEN } = {}): Promise<StubAppliance> {
    const pem = await generate([{ name: 'commonName', value: 'allegro-mm-stub' }], {
      keySize: 2048,
    });
    const server = createServer({ key: pem.private, cert: pem.cert });
    const stub = new StubAppliance(server, pem.cert, token);
    server.on('request', (request, response) => void stub.answer(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    this.requests.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      request.resume();
      response.writeHead(401).end('{"error": "unauthorized"}');
      return;
    }
    const body = await readAll(request);
    const path = url.pathname;
    const hasOneSlot = ['', ':1'].includes(url.searchParams.get('mm-id') ?? '');
    if (path === '/API/stats/time' && hasOneSlot) {
      return json(response, { currentTime: Date.now() });
    }
    if (path === '/API/data/modules/capture') return this.capture(url.searchParams, response);
    if (path.startsWith('/API/data/modules/capture/buffer/')) {
      const { config } = JSON.parse(body.toString()) as { config: { isSuspended: boolean } };
      return json(response, config);
    }
    if (path === '/API/system/replay/upload') return json(response, { replaySlotID: 1 });
    if (path === '/API/data/pcap') return json(response, {});
    if (path === '/API/system/analyze-pcap') return json(response, {});
    if (path === '/API/stats/modules/mac_protocols/generic') {
      return json(response, {
        globalCounters: { allTime: [9, 900, 6, 600], interval: [9, 900, 6, 600] },
      });
    }
    if (path === '/API/stats/modules/ip/ips_paged') return json(response, ipsPage());
    if (path === '/API/system/multidevice/devices') {
      return json(response, [{ id: 'dev-1', host: 'allegro-mm-2b3c', active: true }]);
    }
    if (request.method === 'OPTIONS' && path === '/API/stats/modules') {
      return json(response, { subResources: ['ip', '<b>x</b>'] });
    }
    response.writeHead(404).end('{"error": "not found"}');
  }

  private capture(query: URLSearchParams, response: ServerResponse): void {
    const expression = query.get('expression') ?? '';
    const start = Number(query.get('startTime') ?? Date.now() * 1000);
    response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
    if (expression.includes(ENDLESS_HOST)) return this.endless(start, response);
    const file = pcap(start, expression.includes('10.0.0.0') ? 0 : 200);
    if (expression.includes(STALLING_HOST)) {
      this.openCaptures++;
      response.on('close', () => this.openCaptures--);
      response.write(file.subarray(0, 5000));
      return;
    }
    this.lastSha256 = createHash('sha256').update(file).digest('hex');
    response.end(file);
  }

  private endless(start: number, response: ServerResponse): void {
    this.openCaptures++;
    response.write(pcap(start, 0));
    let sent = 0;
    const timer = setInterval(() => response.write(record(start + sent++)), 5);
    response.on('close', () => {
      clearInterval(timer);
      this.openCaptures--;
    });
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

function ipsPage(): Record<string, unknown> {
  const displayedItems = ['10.1.2.3', '10.1.2.4'].map((ip, index) => ({
    ip,
    dnsName: `host-${index}.example`,
    interval: [10 - index, 1000 - index, 5, 500],
    allTime: [100, 10000, 50, 5000],
  }));
  return { displayedItems, numberOfItems: 2, numberOfPages: 1, itemsPerPage: 10 };
}

/** A classic pcap in microseconds with Ethernet frames, one a millisecond from `startUs` on. */
function pcap(startUs: number, packets: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  const records = Array.from({ length: packets }, (_, index) => record(startUs + index * 1000));
  return Buffer.concat([header, ...records]);
}

function record(timeUs: number): Buffer {
  const length = 100;
  const bytes = Buffer.alloc(16 + length, 0x42);
  bytes.writeUInt32LE(Math.floor(timeUs / 1e6), 0);
  bytes.writeUInt32LE(timeUs % 1e6, 4);
  bytes.writeUInt32LE(length, 8);
  bytes.writeUInt32LE(length, 12);
  return bytes;
}
