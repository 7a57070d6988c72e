import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AllegroClient } from '../../../client';
import type { UploadRequest } from '../../../client/upload/upload';
import {
  createAxiosTransport,
  type ClosableTransport,
} from '../../../node-red/transport/axios-transport';
import { ManualContext } from '../../support/fake-transport';
import { classicFile } from '../../support/pcap-fixtures';
import { errorOf } from '../../support/error-of';

const { bytes: FILE, borders } = classicFile([
  { ns: 1_000_000_000n, captured: 60 },
  { ns: 2_000_000_000n, captured: 1500 },
]);

interface Seen {
  line: string;
  type: string;
  length: number;
  body: Buffer;
}

/** What the appliance got, request by request, and what it answers to each path. */
let seen: Seen[];
let answers: Record<string, string>;
let statuses: Record<string, number>;
let server: Server;
let transport: ClosableTransport;

beforeEach(async () => {
  seen = [];
  answers = { '/API/stats/time': '{"currentTime": 1795708200000}' };
  statuses = {};
  server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url!.split('?')[0];
    seen.push({
      line: `${request.method} ${request.url}`,
      type: request.headers['content-type'] ?? '',
      length: Number(request.headers['content-length']),
      body: Buffer.concat(chunks),
    });
    response.writeHead(statuses[request.url!] ?? statuses[path] ?? 200).end(answers[path] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  transport = createAxiosTransport({ baseUrl: `http://127.0.0.1:${port}`, token: 'token' });
});

afterEach(async () => {
  transport.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function upload(more: Partial<UploadRequest> = {}, mmId?: string) {
  const client = new AllegroClient({ transport, context: new ManualContext() });
  const request: UploadRequest = {
    file: { name: 'incident "1".pcap', size: FILE.length, open: () => pieces(FILE) },
    slot: 1,
    replaceSlot: false,
    keepPackets: true,
    allowReplacingLiveData: true,
    onProgress: () => undefined,
    ...more,
  };
  return client.upload(request, { signal: new AbortController().signal, address: { mmId } });
}

async function* pieces(bytes: Buffer, size = 500): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('the three steps of an upload', () => {
  it.each([
    ['the appliance itself', undefined, '', '?mm-id=%3A1', '', ':1'],
    ['the slot of the appliance that was read before', ':4', '', '?mm-id=%3A1', '', ':1'],
    [
      'another device',
      'mm-2b3c',
      '?mm-id=mm-2b3c',
      '?mm-id=mm-2b3c%3A1',
      '&mm-id=mm-2b3c',
      'mm-2b3c:1',
    ],
    [
      'a slot of another device',
      'mm-2b3c:4',
      '?mm-id=mm-2b3c',
      '?mm-id=mm-2b3c%3A1',
      '&mm-id=mm-2b3c',
      'mm-2b3c:1',
    ],
  ])('all go to %s', async (_, device, first, second, third, mmId) => {
    expect((await upload({}, device)).mmId).toBe(mmId);
    expect(seen.map(({ line }) => line)).toEqual([
      `POST /API/system/replay/upload${first}`,
      `POST /API/data/pcap${second}`,
      `POST /API/system/analyze-pcap?replaySlotID=1${third}`,
    ]);
  });

  it('say what the API page wants them to say', async () => {
    const result = await upload({ slot: 2, replaceSlot: true, keepPackets: false });
    const [first, second, third] = seen;
    expect(first.type).toBe('application/json');
    expect(JSON.parse(first.body.toString())).toEqual({
      fileName: 'incident "1".pcap',
      fileSize: FILE.length,
      replaySlotID: 2,
      forceSlotID: true,
      useReplayBuffer: false,
    });
    expect(second.line).toBe('POST /API/data/pcap?mm-id=%3A2');
    expect(JSON.parse(second.body.toString())).toEqual({ command: 'start' });
    expect(third.length).toBe(third.body.length);
    expect(partsOf(third)).toEqual([
      ['form-data; name="name"', 'file'],
      ['form-data; name="filename"', 'incident "1".pcap'],
      ['form-data; name="file"; filename="incident %221%22.pcap"', FILE.toString('latin1')],
    ]);
    expect(result).toMatchObject({
      mmId: ':2',
      slot: 2,
      file: { packets: 2, complete: true },
      warnings: [],
    });
  });

  /** Statuses of the live traffic, the slot and a slot that cannot exist, for the two probes. */
  it.each<[string, number[], number[], boolean, string?]>([
    ['the slot exists', [200, 200, 404], [200, 200, 200], true],
    ['only the clock ignores mm-id', [200, 200, 200], [200, 200, 404], true],
    ['nobody may read the clock', [403, 403, 403], [200, 200, 404], true],
    ['the slot does not exist', [200, 404, 404], [200, 200, 404], false],
    ['the appliance answers for any slot', [200, 200, 200], [200, 200, 200], false],
    ['nothing can be read', [403, 403, 403], [404, 404, 404], false],
    ['the login may read nothing', [403, 403, 403], [403, 403, 403], false, 'permission'],
  ])('keep live data safe where %s', async (_, clock, interfaces, isSafe, kind = 'refused') => {
    const table: Record<string, number[]> = {
      '/API/stats/time': clock,
      '/API/stats/interfaces': interfaces,
    };
    for (const [path, codes] of Object.entries(table)) {
      ['mm-2b3c', 'mm-2b3c:1', 'mm-2b3c:9999'].forEach((mmId, index) => {
        statuses[`${path}?mm-id=${encodeURIComponent(mmId)}`] = codes[index];
        answers[path] = '{}';
      });
    }
    const work = upload({ allowReplacingLiveData: false }, 'mm-2b3c');
    if (isSafe) expect((await work).slot).toBe(1);
    else expect(await errorOf(work)).toMatchObject({ kind });
    const posts = seen.filter(({ line }) => line.startsWith('POST'));
    expect(posts).toHaveLength(isSafe ? 3 : 0);
  });

  it.each(['{"replaySlotID": 3}', '{"replaySlotID": "3"}'])(
    'go on with the slot that the appliance gives: %s',
    async (answer) => {
      answers['/API/system/replay/upload'] = answer;
      const { mmId, slot, warnings } = await upload();
      expect({ mmId, slot }).toEqual({ mmId: ':3', slot: 3 });
      expect(warnings).toEqual([expect.stringContaining('slot 3 instead of slot 1')]);
      expect(seen.map(({ line }) => line).slice(1)).toEqual([
        'POST /API/data/pcap?mm-id=%3A3',
        'POST /API/system/analyze-pcap?replaySlotID=3',
      ]);
    },
  );

  it('do not go on with the slot of the live traffic', async () => {
    statuses['/API/stats/time?mm-id=%3A9999'] = 404;
    answers['/API/system/replay/upload'] = '{"replaySlotID": 0}';
    expect((await errorOf(upload({ allowReplacingLiveData: false }))).kind).toBe('refused');
    expect(seen.at(-1)!.line).toBe('POST /API/system/replay/upload');
  });

  it.each(['/API/system/replay/upload', '/API/data/pcap', '/API/system/analyze-pcap'])(
    'end with an error that comes as status 200: %s',
    async (path) => {
      answers[path] = '{"error": "no space left"}';
      const error = await errorOf(upload());
      expect(error).toMatchObject({ kind: 'refused', status: 200, answer: 'no space left' });
      expect(error.message.includes('slot 1 may stay reserved')).toBe(!path.includes('replay'));
      expect(seen.at(-1)!.line).toContain(path);
    },
  );
});

describe('the answer to an upload', () => {
  it.each([
    ['JSON', '{"queued": true}', { queued: true }],
    ['text', 'OK, queued', 'OK, queued'],
    ['nothing', '', ''],
  ])('is passed on as what it is: %s', async (_, text, answer) => {
    answers['/API/system/analyze-pcap'] = text;
    expect((await upload()).answer).toEqual(answer);
  });
});

describe('a file', () => {
  it('that was answered before all of it had come is not taken for done', async () => {
    // Node.js closes a connection that long after the answer, read or not.
    server.keepAliveTimeout = 100;
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url!.startsWith('/API/system/analyze-pcap')) {
        // Reads nothing of it.
        response.writeHead(200).end('{}');
        return;
      }
      request.resume().on('end', () => response.end('{}'));
    });
    const packets = Array.from({ length: 20_000 }, (_, index) => ({
      ns: BigInt(index) * 1_000_000n,
      captured: 1500,
    }));
    const { bytes } = classicFile(packets);
    const file = { name: 'large.pcap', size: bytes.length, open: () => pieces(bytes, 65_536) };
    const error = await errorOf(upload({ file }));
    expect(error).toMatchObject({ kind: 'incomplete', canRetry: true });
    expect(error.what).toMatch(/answered when only \d+ of the \d+ bytes/);
  });

  it('that ends within a packet is sent, with a warning', async () => {
    const part = FILE.subarray(0, borders[1] + 20);
    const result = await upload({
      file: { name: 'x.pcap', size: part.length, open: () => pieces(part) },
    });
    expect(result.file).toMatchObject({ packets: 1, complete: false });
    expect(result.warnings).toEqual([expect.stringContaining('incomplete')]);
  });
});

/** A reading of multipart bodies of our own: disposition and content of each part, in order. */
function partsOf({ type, body }: Seen): Array<[disposition: string, content: string]> {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type)![1];
  const text = body.toString('latin1');
  const [before, ...parts] = `\r\n${text}`.split(`\r\n--${boundary}`);
  expect(before).toBe('');
  expect(parts.pop()).toBe('--\r\n');
  return parts.map((part) => {
    const end = part.indexOf('\r\n\r\n');
    const disposition = /content-disposition: ([^\r]*)/i.exec(part.slice(0, end))![1];
    return [disposition, part.slice(end + 4)];
  });
}
