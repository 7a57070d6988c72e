import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WireServer } from '../../../contract/connection/wire-server';

const PACKET_BYTES = 1400;
const RECORD_BYTES = 16 + PACKET_BYTES;
/** For analysis; a further one does not answer. */
const SLOTS = 8;

/** What a test switches while workflows run. */
interface Behaviour {
  /** Packets in each capture. */
  packets: number;
  /** Bytes after which a capture's connection breaks. */
  cutAfter?: number;
}

interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** How many others were under way when it came in. */
  concurrent: number;
}

/**
 * As much of an appliance as the tests of the host need, with every byte that it sent or received
 * known. How a real one behaves in detail is the simulator's business.
 */
export class WireAppliance {
  static readonly TOKEN = 'good-token-4711';
  static readonly USER = 'workflow';
  static readonly PASSWORD = 'correct horse';

  readonly behaviour: Behaviour = { packets: 1000 };
  readonly seen: SeenRequest[] = [];
  /** SHA-256 of the capture that was sent last, and of the upload that came in last. */
  sentHash = '';
  uploaded: { length: string | undefined; body: Buffer } | undefined;
  private underWay = 0;

  private constructor(private server: WireServer) {}

  static async start(): Promise<WireAppliance> {
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      appliance.answer(request, response);
    const appliance: WireAppliance = new WireAppliance(await WireServer.start(answer));
    return appliance;
  }

  get baseUrl(): string {
    return this.server.baseUrl;
  }

  get certificate(): string {
    return this.server.certificate;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.baseUrl);
    const method = request.method ?? '';
    this.seen.push({ method, path: pathname, query: searchParams, concurrent: this.underWay });
    this.underWay++;
    response.once('close', () => this.underWay--);
    if (!isAuthorized(request)) return json(response, 401, { message: 'Unauthorized' });
    const [, slot = '0'] = (searchParams.get('mm-id') ?? '').split(':');
    if (Number(slot) > SLOTS) return json(response, 404, { message: 'No such slot' });
    if (method === 'OPTIONS') return json(response, 200, { subResources: subResources(pathname) });
    switch (pathname) {
      case '/API/data/modules/capture':
        return void this.sendCapture(response, searchParams);
      case '/API/system/analyze-pcap':
        return void this.takeUpload(request, response);
      case '/API/stats/time':
        return json(response, 200, { currentTime: Date.now() });
      case '/API/system/multidevice/devices':
        return json(response, 200, [{ id: 'dev-a', host: 'allegro-mm-2b3c', active: true }]);
      case '/API/stats/modules/ip/ips_paged':
        return json(response, 200, page(TALKERS));
      case '/API/stats/modules/mac_protocols/generic':
        return json(response, 200, { globalCounters: counters(9000, 1000) });
      default:
        request.resume();
        return json(response, 200, {});
    }
  }

  private async sendCapture(response: ServerResponse, query: URLSearchParams): Promise<void> {
    const { packets, cutAfter } = this.behaviour;
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    const hash = createHash('sha256');
    let sent = 0;
    for (const chunk of captureChunks(packets, Number(query.get('startTime')))) {
      if (cutAfter !== undefined && sent + chunk.length > cutAfter) {
        response.write(chunk.subarray(0, cutAfter - sent), () => response.destroy());
        return;
      }
      hash.update(chunk);
      sent += chunk.length;
      if (!response.write(chunk)) await roomToWrite(response);
      if (response.destroyed) return;
    }
    this.sentHash = hash.digest('hex');
    response.end();
  }

  private async takeUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const length = request.headers['content-length'];
    this.uploaded = { length, body: Buffer.concat(chunks) };
    json(response, 200, {});
  }
}

/** Resolves when the client has read on, or has gone away. */
function roomToWrite(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

const TALKERS = [
  { ip: '10.1.2.3', dnsName: 'fileserver.example', ...counters(6000, 2000) },
  { ip: '10.1.2.4', ...counters(300, 100) },
];

function isAuthorized({ headers }: IncomingMessage): boolean {
  const { TOKEN, USER, PASSWORD } = WireAppliance;
  const basic = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
  return [`Bearer ${TOKEN}`, `Basic ${basic}`].includes(headers.authorization ?? '');
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function subResources(path: string): string[] {
  return path === '/API/stats' ? ['modules', 'time'] : ['ip', 'mac', 'capture'];
}

function page(rows: object[]): object {
  return { displayedItems: rows, numberOfItems: rows.length, numberOfPages: 1, itemsPerPage: 100 };
}

function counters(rxBytes: number, txBytes: number): Record<string, number[]> {
  const array = [10, rxBytes, 5, txBytes];
  return { interval: array, allTime: array, lastSecond: array, intervalPerSecond: array };
}

function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65535, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/** A pcap of any size, one packet each millisecond, made while it is sent. */
function* captureChunks(packets: number, startUs: number): Generator<Buffer> {
  yield pcapHeader();
  const perChunk = 40;
  for (let first = 0; first < packets; first += perChunk) {
    const count = Math.min(perChunk, packets - first);
    const chunk = Buffer.alloc(count * RECORD_BYTES, first % 251);
    for (let index = 0; index < count; index++) {
      const time = startUs + (first + index) * 1000;
      const at = index * RECORD_BYTES;
      chunk.writeUInt32LE(Math.floor(time / 1e6), at);
      chunk.writeUInt32LE(time % 1e6, at + 4);
      chunk.writeUInt32LE(PACKET_BYTES, at + 8);
      chunk.writeUInt32LE(PACKET_BYTES, at + 12);
    }
    yield chunk;
  }
}
