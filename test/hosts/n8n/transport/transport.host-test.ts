import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { ByteStream, TransportError, TransportRequest } from '../../../../client';
import { realN8nTransport } from './real-helper';
import { WireServer } from '../support/wire-server';

/** Contract of the transport, over n8n's own request helper and real HTTPS. */
describe('N8nTransport', () => {
  const MEGABYTE = 1024 * 1024;
  const BIG = 400 * MEGABYTE;
  let server: WireServer;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    server = await WireServer.start((request, response) => answer(request, response));
  });
  afterAll(() => server.stop());

  const transport = (options = {}) =>
    realN8nTransport({
      baseUrl: server.baseUrl,
      token: 'top-secret',
      caCertificate: server.certificate,
      ...options,
    });
  const request = (over: Partial<TransportRequest> = {}): TransportRequest => ({
    method: 'GET',
    path: '/API/stats/time',
    headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
    signal: new AbortController().signal,
    ...over,
  });
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => {
        throw new Error('It did not fail.');
      },
      (error: unknown) => error as TransportError,
    );

  it('sends path, query, headers and the login as they are', async () => {
    answer = (_, response) => response.end('[]');
    const path = '/API/stats/modules/ip/ips/fe80%3A%3A1?expression=ip%20%3D%3D%2010.0.0.1&a=b+c';
    await read((await transport().send(request({ path }))).body);
    const { url, headers } = server.requests.at(-1)!;
    expect(url).toBe(path);
    expect(headers).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'identity',
      authorization: 'Bearer top-secret',
    });
  });

  it.each([200, 202, 204, 302, 401, 404, 500, 503])('hands on status %i', async (status) => {
    answer = (_, response) => {
      response.writeHead(status, { Location: '/elsewhere', 'X-Seen': 'yes' });
      response.end(status === 204 ? undefined : '{"a":1}');
    };
    const before = server.requests.length;
    const response = await transport().send(request());
    expect(response.status).toBe(status);
    expect(response.headers['x-seen']).toBe('yes');
    expect((await read(response.body)).toString()).toBe(status === 204 ? '' : '{"a":1}');
    expect(server.requests.length).toBe(before + 1);
  });

  it('knows OPTIONS', async () => {
    answer = ({ method }, response) => response.end(method);
    const { body } = await transport().send(request({ method: 'OPTIONS' }));
    expect((await read(body)).toString()).toBe('OPTIONS');
  });

  it('sends a text body byte by byte', async () => {
    const text = ' {"fileName": "ä.pcap"}  ';
    const sent = echo();
    await transport().send(
      request({ method: 'POST', body: { kind: 'text', text, contentType: 'application/json' } }),
    );
    const { headers, body } = await sent;
    expect(body.toString()).toBe(text);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('streams 400 MB up with the exact length and without holding them', async () => {
    const hash = createHash('sha256');
    let length: string | undefined;
    answer = (incoming, response) => {
      length = incoming.headers['content-length'];
      incoming.on('data', (chunk: Buffer) => hash.update(chunk));
      incoming.on('end', () => response.end('done'));
    };
    const { peak, result } = await peakOver(async () => {
      const { body } = await transport().send(
        request({
          method: 'POST',
          body: { kind: 'stream', stream: noise(BIG), length: BIG, contentType: 'multipart/x' },
        }),
      );
      return (await read(body)).toString();
    });
    expect(result).toBe('done');
    expect(length).toBe(String(BIG));
    expect(hash.digest('hex')).toBe(await hashOf(noise(BIG)));
    expect(peak / MEGABYTE).toBeLessThan(160);
  });

  it('streams 400 MB down without holding them', async () => {
    answer = async (_, response) => {
      response.writeHead(200, { 'Content-Length': BIG });
      for await (const chunk of noise(BIG)) {
        if (!response.write(chunk)) await new Promise((next) => response.once('drain', next));
      }
      response.end();
    };
    const { peak, result } = await peakOver(async () =>
      hashOf((await transport().send(request())).body),
    );
    expect(result).toBe(await hashOf(noise(BIG)));
    expect(peak / MEGABYTE).toBeLessThan(160);
  });

  it('fails when an upload yields less than announced', async () => {
    answer = (incoming, response) => incoming.on('end', () => response.end()).resume();
    const body = { kind: 'stream', stream: noise(10), length: 20, contentType: 'x/y' } as const;
    const error = await failure(transport().send(request({ method: 'POST', body })));
    expect(error.message).toBe('The file has less than the 20 bytes announced.');
  });

  it('fails when a body breaks off before its length', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Length': 1000 });
      response.write('abc', () => response.destroy());
    };
    const { body } = await transport().send(request());
    expect(await failure(read(body))).toMatchObject({ name: 'TransportError', failure: 'reset' });
  });

  it('decodes what comes compressed all the same, and does not take its length for that of the body', async () => {
    answer = (_, response) => {
      const packed = gzipSync('packets');
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': packed.length });
      response.end(packed);
    };
    const { headers, body } = await transport().send(request());
    expect((await read(body)).toString()).toBe('packets');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers['content-length']).toBe('unknown');
  });

  it('tells whether the end of a body is marked, by its length or by chunks', async () => {
    answer = ({ url }, response) => {
      if (url === '/length') response.setHeader('Content-Length', 7);
      if (url === '/close') response.useChunkedEncodingByDefault = false;
      response.write('packets');
      response.end();
    };
    const marks = async (path: string) => {
      const { headers, body } = await transport().send(request({ path }));
      await read(body);
      return [headers['content-length'], headers['transfer-encoding']];
    };
    expect(await marks('/length')).toEqual(['unknown', undefined]);
    expect(await marks('/chunked')).toEqual([undefined, 'chunked']);
    expect(await marks('/close')).toEqual([undefined, undefined]);
  });

  describe('ending early', () => {
    it('aborts before there is an answer', async () => {
      const abort = new AbortController();
      const closed = new Promise((resolve) => {
        answer = (incoming) => {
          incoming.socket.once('close', resolve);
          abort.abort();
        };
      });
      const sending = failure(transport().send(request({ signal: abort.signal })));
      expect(await sending).toMatchObject({ failure: 'aborted' });
      await closed;
    });

    it('aborts within the body', async () => {
      const closed = quietAfterFirstChunk();
      const abort = new AbortController();
      const { body } = await transport().send(request({ signal: abort.signal }));
      setTimeout(() => abort.abort(), 100);
      expect(await failure(read(body))).toMatchObject({ failure: 'aborted' });
      await closed;
    });

    it('closes the connection of a quiet stream when the reader has enough', async () => {
      const closed = quietAfterFirstChunk();
      const { body } = await transport().send(request());
      for await (const chunk of body) {
        expect(chunk.length).toBe(5);
        break;
      }
      await closed;
    });

    it('survives an abort of a body that nobody reads', async () => {
      const closed = quietAfterFirstChunk();
      const abort = new AbortController();
      await transport().send(request({ signal: abort.signal }));
      abort.abort();
      await closed;
    });

    function quietAfterFirstChunk(): Promise<unknown> {
      return new Promise((resolve) => {
        answer = (incoming, response) => {
          incoming.socket.once('close', resolve);
          response.write('first');
        };
      });
    }
  });

  describe('failing below HTTP', () => {
    it('refuses a certificate that nobody vouches for', async () => {
      const error = await failure(transport({ caCertificate: undefined }).send(request()));
      expect(error).toMatchObject({
        failure: 'certificate',
        systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
    });

    it('takes any certificate where a person wants that', async () => {
      answer = (_, response) => response.end('ok');
      const lenient = transport({ caCertificate: undefined, ignoreCertificateErrors: true });
      expect((await lenient.send(request())).status).toBe(200);
    });

    it('takes a certificate whose line breaks a form has eaten', async () => {
      answer = (_, response) => response.end('ok');
      const flat = transport({ caCertificate: server.certificate.replace(/\r?\n/g, ' ') });
      expect((await flat.send(request())).status).toBe(200);
    });

    it('tells a closed port', async () => {
      const error = await failure(transport({ baseUrl: 'https://127.0.0.1:1' }).send(request()));
      expect(error).toMatchObject({ failure: 'unreachable', systemCode: 'ECONNREFUSED' });
    });

    it('tells a name that nobody knows', async () => {
      const nowhere = transport({ baseUrl: 'https://no-such-appliance.invalid' });
      expect(await failure(nowhere.send(request()))).toMatchObject({ failure: 'dns' });
    });

    it('tells a connection that is closed without an answer', async () => {
      answer = (incoming) => incoming.socket.destroy();
      expect(await failure(transport().send(request()))).toMatchObject({ failure: 'reset' });
    });

    it('never lets the login into an error', async () => {
      answer = (incoming) => incoming.socket.destroy();
      const error = await failure(transport().send(request()));
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('top-secret');
    });
  });

  function echo(): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> {
    return new Promise((resolve) => {
      answer = async (incoming, response) => {
        const body = await read(incoming);
        response.end('{}');
        resolve({ headers: incoming.headers, body });
      };
    });
  }
});

async function read(stream: ByteStream): Promise<Buffer> {
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
    yield BLOCKS[(at / BLOCK) % BLOCKS.length].subarray(0, length - at);
  }
}

/** By how many bytes the memory of this process grows while something runs. */
async function peakOver<T>(work: () => Promise<T>): Promise<{ peak: number; result: T }> {
  const before = process.memoryUsage.rss();
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, 50);
  try {
    const result = await work();
    return { peak: highest - before, result };
  } finally {
    clearInterval(watch);
  }
}
