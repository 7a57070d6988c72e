import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WireServer } from '../contract/connection/wire-server';
import { CAPTURE_PATH } from '../contract/support/capture-faults';

/** Hosts in the filter that make a capture go wrong, or empty. */
export const STALLING_HOST = '10.9.9.1';
export const ENDLESS_HOST = '10.9.9.3';
const EMPTY_NETWORK = '10.0.0.0';
/** Of a packet's record, in bytes. */
const RECORD_HEADER = 16;
/** For analysis; a further one does not answer. */
const SLOTS = 8;

/** What a test switches while workflows run. */
interface Behaviour {
  /** Packets in each capture, and bytes in each packet. */
  packets: number;
  packetBytes: number;
  /** Bytes after which a capture's connection breaks. */
  cutAfter?: number;
  /** Bytes after which a capture comes no further until a promise resolves. */
  held?: { after: number; until: Promise<void> };
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
export class StubAppliance {
  static readonly TOKEN = 'good-token-4711';
  static readonly USER = 'workflow';
  static readonly PASSWORD = 'correct horse';

  readonly token = StubAppliance.TOKEN;
  readonly behaviour: Behaviour;
  readonly seen: SeenRequest[] = [];
  /** SHA-256 of the capture that was sent last, and of the upload that came in last. */
  sentSha256 = '';
  openCaptures = 0;
  uploaded: { length: string | undefined; body: Buffer } | undefined;
  private underWay = 0;

  private constructor(
    private readonly server: WireServer,
    behaviour: Partial<Behaviour>,
  ) {
    this.behaviour = { packets: 1000, packetBytes: 1400, ...behaviour };
  }

  static async start(behaviour: Partial<Behaviour> = {}): Promise<StubAppliance> {
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      appliance.answer(request, response);
    const appliance: StubAppliance = new StubAppliance(await WireServer.start(answer), behaviour);
    return appliance;
  }

  get url(): string {
    return this.server.baseUrl;
  }

  get certificate(): string {
    return this.server.certificate;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const method = request.method ?? '';
    this.seen.push({ method, path: pathname, query: searchParams, concurrent: this.underWay });
    this.underWay++;
    response.once('close', () => this.underWay--);
    if (!isAuthorized(request)) return json(response, 401, { message: 'Unauthorized' });
    const [, slot = '0'] = (searchParams.get('mm-id') ?? '').split(':');
    if (Number(slot) > SLOTS) return json(response, 404, { message: 'No such slot' });
    if (method === 'OPTIONS') return json(response, 200, { subResources: subResources(pathname) });
    if (method === 'POST' && pathname.startsWith(`${CAPTURE_PATH}/buffer/`))
      return void readBack(request, response);
    switch (pathname) {
      case CAPTURE_PATH:
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
    const { packets, packetBytes, cutAfter = Infinity, held } = this.behaviour;
    const expression = query.get('expression') ?? '';
    const startUs = Number(query.get('startTime') ?? Date.now() * 1000);
    this.openCaptures++;
    response.once('close', () => this.openCaptures--);
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    if (expression.includes(ENDLESS_HOST)) return sendEndlessly(response, startUs);
    const count = expression.includes(EMPTY_NETWORK) ? 0 : packets;
    const limit = expression.includes(STALLING_HOST) ? 5000 : cutAfter;
    const hash = createHash('sha256');
    let sent = 0;
    for (const chunk of captureChunks(count, packetBytes, startUs)) {
      if (sent + chunk.length > limit) {
        const isStalling = limit !== cutAfter;
        response.write(chunk.subarray(0, limit - sent), () => isStalling || response.destroy());
        return;
      }
      if (held && sent >= held.after) await held.until;
      hash.update(chunk);
      sent += chunk.length;
      if (!response.write(chunk)) await roomToWrite(response);
      if (response.destroyed) return;
    }
    this.sentSha256 = hash.digest('hex');
    response.end();
  }

  private async takeUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    this.uploaded = { length: request.headers['content-length'], body };
    json(response, 200, {});
  }
}

function sendEndlessly(response: ServerResponse, startUs: number): void {
  response.write(pcapHeader());
  let sent = 0;
  const timer = setInterval(() => response.write(records(1, 100, startUs + 1000 * sent++)), 5);
  response.once('close', () => clearInterval(timer));
}

/** As an appliance tells the state of a ring buffer that was just set. */
async function readBack(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { config } = JSON.parse((await readAll(request)).toString()) as { config: object };
  json(response, 200, config);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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
  const { TOKEN, USER, PASSWORD } = StubAppliance;
  const basic = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
  return [`Bearer ${TOKEN}`, `Basic ${basic}`].includes(headers.authorization ?? '');
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function subResources(path: string): string[] {
  return path === '/API/stats' ? ['modules', 'time'] : ['ip', 'mac', 'capture', '<b>x</b>'];
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
function* captureChunks(packets: number, bytes: number, startUs: number): Generator<Buffer> {
  yield pcapHeader();
  const perChunk = 40;
  for (let first = 0; first < packets; first += perChunk) {
    yield records(Math.min(perChunk, packets - first), bytes, startUs + first * 1000, first % 251);
  }
}

function records(count: number, bytes: number, startUs: number, fill = 0x42): Buffer {
  const chunk = Buffer.alloc(count * (RECORD_HEADER + bytes), fill);
  for (let index = 0; index < count; index++) {
    const time = startUs + index * 1000;
    const at = index * (RECORD_HEADER + bytes);
    chunk.writeUInt32LE(Math.floor(time / 1e6), at);
    chunk.writeUInt32LE(time % 1e6, at + 4);
    chunk.writeUInt32LE(bytes, at + 8);
    chunk.writeUInt32LE(bytes, at + 12);
  }
  return chunk;
}
