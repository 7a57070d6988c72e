import type { IncomingMessage, ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import {
  TransportError,
  type ByteStream,
  type Transport,
  type TransportRequest,
} from '../../../client';
import type { ApplianceCredentials } from '../../../nodes/definitions/sign-in/fields';
import { WireServer } from './wire-server';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const TOKEN = 'top-secret';
/** What the sockets, TLS and streams of both ends hold together is less; a whole body is more. */
const MOST_ON_THE_WAY = 16 * 1024 * 1024;

/** A server whose answers a test gives, and the transport that asks it. */
export class TransportBench {
  answer: Answer = (_, response) => response.end('ok');
  server!: WireServer;

  constructor(private readonly make: (credentials: ApplianceCredentials) => Transport) {}

  async start(): Promise<void> {
    this.server = await WireServer.start((request, response) => this.answer(request, response));
  }

  transport(more: Partial<ApplianceCredentials> = {}): Transport {
    const { baseUrl, certificate } = this.server;
    return this.make({ baseUrl, token: TOKEN, caCertificate: certificate, ...more });
  }

  send(over: Partial<TransportRequest> = {}, transport = this.transport()) {
    return transport.send({
      method: 'GET',
      path: '/API/stats/time',
      headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
      signal: new AbortController().signal,
      ...over,
    });
  }

  /** Answers with what it received, once; resolves when it has come. */
  received(
    onTheWay?: OnTheWay,
  ): Promise<{ headers: IncomingMessage['headers']; bytes: number; sha256: string }> {
    return new Promise((resolve) => {
      this.answer = async (incoming, response) => {
        const hash = createHash('sha256');
        let bytes = 0;
        for await (const chunk of incoming as AsyncIterable<Buffer>) {
          hash.update(chunk);
          bytes += chunk.length;
          onTheWay?.arrived(chunk.length);
        }
        response.end('done');
        resolve({ headers: incoming.headers, bytes, sha256: hash.digest('hex') });
      };
    });
  }

  /** Sends one chunk and is quiet then; resolves when the connection is closed. */
  quietAfterFirstChunk(): Promise<unknown> {
    return new Promise((resolve) => {
      this.answer = (incoming, response) => {
        incoming.socket.once('close', resolve);
        response.write('first');
      };
    });
  }
}

/**
 * What the client expects of the transport of each host, over real HTTPS.
 *
 * @param streamBytes how much is streamed up and down, more than may be on the way at a time
 */
export function transportContract(bench: TransportBench, streamBytes: number): void {
  beforeAll(() => bench.start());
  afterAll(() => bench.server.stop());

  it('sends path, query, headers and the login as they are', async () => {
    bench.answer = (_, response) => response.end('[]');
    const path = '/API/a%2Fb/fe80%3A%3A1?x=a%20b&y=(!)*&z=%26%3D%2B|&a=b+c';
    await read((await bench.send({ path })).body);
    const { url, headers } = bench.server.requests.at(-1)!;
    expect(url).toBe(path);
    expect(headers).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'identity',
      authorization: `Bearer ${TOKEN}`,
    });
    expect(headers['content-type']).toBeUndefined();
  });

  it.each([200, 202, 204, 302, 401, 404, 500, 503])('hands on status %i', async (status) => {
    bench.answer = (_, response) => {
      response.writeHead(status, { Location: '/elsewhere', 'X-Seen': 'yes' });
      response.end(status === 204 ? undefined : '{"a":1}');
    };
    const before = bench.server.requests.length;
    const response = await bench.send();
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject({ 'x-seen': 'yes', location: '/elsewhere' });
    expect((await read(response.body)).toString()).toBe(status === 204 ? '' : '{"a":1}');
    expect(bench.server.requests.length).toBe(before + 1);
  });

  it('knows OPTIONS', async () => {
    bench.answer = ({ method }, response) => response.end(method);
    expect((await read((await bench.send({ method: 'OPTIONS' })).body)).toString()).toBe('OPTIONS');
  });

  it('sends a text body byte by byte', async () => {
    const text = ' {"fileName": "ä.pcap"}  ';
    const received = bench.received();
    await bench.send({
      method: 'POST',
      body: { kind: 'text', text, contentType: 'application/json' },
    });
    const { headers, sha256 } = await received;
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
    expect(headers['content-type']).toBe('application/json');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('streams up with the exact length and without holding the body', async () => {
    const onTheWay = new OnTheWay();
    const received = bench.received(onTheWay);
    const stream = onTheWay.departing(noise(streamBytes));
    const body = {
      kind: 'stream',
      stream,
      length: streamBytes,
      contentType: 'multipart/x',
    } as const;
    const answer = await bench.send({ method: 'POST', body });
    expect((await read(answer.body)).toString()).toBe('done');
    const { headers, bytes, sha256 } = await received;
    expect([headers['content-length'], bytes]).toEqual([String(streamBytes), streamBytes]);
    expect(sha256).toBe(await hashOf(noise(streamBytes)));
    expect(onTheWay.most).toBeLessThan(MOST_ON_THE_WAY);
  });

  it('streams down without holding the body', async () => {
    const onTheWay = new OnTheWay();
    bench.answer = async (_, response) => {
      response.writeHead(200, { 'Content-Length': streamBytes });
      for await (const chunk of onTheWay.departing(noise(streamBytes))) {
        if (!response.write(chunk)) await new Promise((next) => response.once('drain', next));
      }
      response.end();
    };
    const { body } = await bench.send();
    expect(await hashOf(onTheWay.arriving(body))).toBe(await hashOf(noise(streamBytes)));
    expect(onTheWay.most).toBeLessThan(MOST_ON_THE_WAY);
  });

  it.each([
    ['shorter than its length', { 'Content-Length': '1000' }],
    ['in chunks without the last one', {}],
  ])('fails for a body that is %s', async (_, headers) => {
    bench.answer = (_request, response) => {
      response.writeHead(200, headers);
      response.write('abc', () => response.destroy());
    };
    const { body } = await bench.send();
    expect(await failure(read(body))).toMatchObject({ name: 'TransportError', failure: 'reset' });
  });

  describe('ending early', () => {
    it('aborts before there is an answer', async () => {
      const abort = new AbortController();
      const closed = new Promise((resolve) => {
        bench.answer = (incoming) => {
          incoming.socket.once('close', resolve);
          abort.abort();
        };
      });
      const sending = failure(bench.send({ signal: abort.signal }));
      expect(await sending).toMatchObject({ failure: 'aborted' });
      await closed;
    });

    it('aborts within the body', async () => {
      const closed = bench.quietAfterFirstChunk();
      const abort = new AbortController();
      const { body } = await bench.send({ signal: abort.signal });
      setTimeout(() => abort.abort(), 100);
      expect(await failure(read(body))).toMatchObject({ failure: 'aborted' });
      await closed;
    });

    it('closes the connection of a quiet stream when the reader has enough', async () => {
      const closed = bench.quietAfterFirstChunk();
      const { body } = await bench.send();
      for await (const chunk of body) {
        expect(chunk.length).toBe(5);
        break;
      }
      await closed;
    });

    it('survives an abort of a body that nobody reads', async () => {
      const closed = bench.quietAfterFirstChunk();
      const abort = new AbortController();
      const { body } = await bench.send({ signal: abort.signal });
      abort.abort();
      await closed;
      await expect(read(body)).rejects.toBeInstanceOf(TransportError);
    });
  });

  describe('failing below HTTP', () => {
    it('refuses a certificate that nobody vouches for', async () => {
      const strict = bench.transport({ caCertificate: undefined });
      expect(await failure(bench.send({}, strict))).toMatchObject({
        failure: 'certificate',
        systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
    });

    it.each([
      [
        'any certificate where a person wants that',
        () => ({ caCertificate: undefined, ignoreCertificateErrors: true }),
      ],
      [
        'a certificate whose line breaks a form has eaten',
        () => ({ caCertificate: bench.server.certificate.replace(/\r?\n/g, ' ') }),
      ],
    ])('takes %s', async (_, credentials) => {
      bench.answer = (_request, response) => response.end('ok');
      expect((await bench.send({}, bench.transport(credentials()))).status).toBe(200);
    });

    it('tells a closed port', async () => {
      const closed = bench.transport({ baseUrl: 'https://127.0.0.1:1' });
      const expected = { failure: 'unreachable', systemCode: 'ECONNREFUSED' };
      expect(await failure(bench.send({}, closed))).toMatchObject(expected);
    });

    it('tells a name that nobody knows', async () => {
      const nowhere = bench.transport({ baseUrl: 'https://no-such-appliance.invalid' });
      expect(await failure(bench.send({}, nowhere))).toMatchObject({ failure: 'dns' });
    });

    it('tells a connection that is closed without an answer, and never the login', async () => {
      bench.answer = (incoming) => incoming.socket.destroy();
      const error = await failure(bench.send());
      expect(error).toMatchObject({ failure: 'reset' });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
    });
  });
}

function failure(promise: Promise<unknown>): Promise<TransportError> {
  return promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: unknown) => error as TransportError,
  );
}

export async function read(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function hashOf(stream: ByteStream): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}

const BLOCK = 65536;
const BLOCKS = Array.from({ length: 61 }, (_, index) => Buffer.alloc(BLOCK, index));

/** Bytes that differ from block to block, so that a lost or doubled one shows in the hash. */
async function* noise(length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += BLOCK) {
    yield BLOCKS[(at / BLOCK) % BLOCKS.length]!.subarray(0, length - at);
  }
}

/** Counts the bytes between two ends, because memory also holds what is not collected yet. */
class OnTheWay {
  most = 0;
  private now = 0;

  async *departing(stream: ByteStream): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.now += chunk.length;
      this.most = Math.max(this.most, this.now);
      yield chunk;
    }
  }

  async *arriving(stream: ByteStream): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      this.arrived(chunk.length);
      yield chunk;
    }
  }

  arrived(bytes: number): void {
    this.now -= bytes;
  }
}
