import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { generate } from 'selfsigned';
import { AllegroError, TransportError, type ByteStream } from '../../../client';
import type { ApplianceCredentials } from '../../../nodes/definitions/sign-in/fields';
import {
  createAxiosTransport,
  type ClosableTransport,
} from '../../../node-red/transport/axios-transport';
import { poll } from '../../support/fake-runtime';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const TOKEN = 'secret-token-4711';
let pem: { private: string; cert: string };
let handler: Handler = (_request, response) => response.end('ok');
const server = { close: (): void => undefined, url: '', sockets: 0 };
const transports: ClosableTransport[] = [];

beforeAll(async () => {
  pem = await generate([{ name: 'commonName', value: 'allegro-mm-test' }], { keySize: 2048 });
  const listener: RequestListener = (request, response) => handler(request, response);
  const https = createServer({ key: pem.private, cert: pem.cert }, listener);
  https.on('secureConnection', () => server.sockets++);
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  server.url = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;
  server.close = () => {
    https.closeAllConnections();
    https.close();
  };
});

afterAll(() => server.close());
afterEach(() => transports.splice(0).forEach((transport) => transport.destroy()));

function open(more: Partial<ApplianceCredentials> = {}): ClosableTransport {
  const transport = createAxiosTransport({
    baseUrl: server.url,
    token: TOKEN,
    ignoreCertificateErrors: true,
    ...more,
  });
  transports.push(transport);
  return transport;
}

function get(transport: ClosableTransport, path = '/API/x', signal = new AbortController().signal) {
  return transport.send({ method: 'GET', path, headers: {}, signal });
}

async function read(body: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('requests', () => {
  it.each([
    ['/allegro/', '/allegro/API/x'],
    ['/API/stats', '/API/x'],
    ['/index.html', '/API/x'],
  ])('go below the path of a reverse proxy, and of nothing else: %s', async (typed, expected) => {
    let seen: string | undefined;
    handler = ({ url }, response) => {
      seen = url;
      response.end();
    };
    const { body } = await get(open({ baseUrl: server.url + typed }));
    await read(body);
    expect(seen).toBe(expected);
  });

  it('leaves path and query as they were encoded', async () => {
    let seen: string | undefined;
    handler = ({ url }, response) => {
      seen = url;
      response.end();
    };
    const path = "/API/a%2Fb/fe80%3A%3A1?x=a%20b&y='(!)*&z=%26%3D%2B|";
    const { body } = await get(open(), path);
    await read(body);
    expect(seen).toBe(path);
  });

  it('keeps none waiting: how many may run at once is for the client to say', async () => {
    const most = 40;
    let seen = 0;
    const answers: Array<() => void> = [];
    handler = (_, response) => {
      answers.push(() => response.end());
      if (++seen === most) for (const answer of answers) answer();
    };
    const transport = open();
    const bodies = Array.from({ length: most }, async () => read((await get(transport)).body));
    expect(await Promise.all(bodies)).toHaveLength(most);
  });

  it('sends the token, Accept-Encoding as given, and nothing of its own', async () => {
    let headers: IncomingMessage['headers'] = {};
    handler = (request, response) => {
      ({ headers } = request);
      response.end();
    };
    const transport = open();
    const { body } = await transport.send({
      method: 'GET',
      path: '/API/x',
      headers: { 'Accept-Encoding': 'identity' },
      signal: new AbortController().signal,
    });
    await read(body);
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(headers['accept-encoding']).toBe('identity');
    expect(headers['content-type']).toBeUndefined();
    await read((await get(transport)).body);
    expect(headers['accept-encoding']).toBeUndefined();
  });

  it('sends user and password where there is no token, also beyond ASCII', async () => {
    let authorization: string | undefined;
    handler = ({ headers }, response) => {
      ({ authorization } = headers);
      response.end();
    };
    await read((await get(open({ token: '', user: 'jörg', password: 'a:b' }))).body);
    expect(authorization).toBe(`Basic ${Buffer.from('jörg:a:b').toString('base64')}`);
  });

  it('takes any status as an answer and follows no redirect', async () => {
    let requests = 0;
    handler = (_request, response) => {
      requests++;
      response.writeHead(302, { Location: 'https://elsewhere.example/' }).end('moved');
    };
    const { status, headers, body } = await get(open());
    expect([status, headers.location, (await read(body)).toString(), requests]).toEqual([
      302,
      'https://elsewhere.example/',
      'moved',
      1,
    ]);
  });

  it('does not decode a compressed body', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not really gzip');
    };
    const { headers, body } = await get(open());
    expect(headers['content-encoding']).toBe('gzip');
    expect((await read(body)).toString()).toBe('not really gzip');
  });

  it('reuses a connection for reads, and none for a POST', async () => {
    handler = (request, response) => {
      request.resume();
      response.end('ok');
    };
    const transport = open();
    const before = server.sockets;
    for (let i = 0; i < 3; i++) await read((await get(transport)).body);
    expect(server.sockets - before).toBe(1);
    const { body } = await transport.send({
      method: 'POST',
      path: '/API/x',
      headers: {},
      body: { kind: 'text', text: '{}', contentType: 'application/json' },
      signal: new AbortController().signal,
    });
    await read(body);
    expect(server.sockets - before).toBe(2);
  });
});

describe('bodies that are sent', () => {
  it('streams with the exact length, without holding it', async () => {
    const size = 40_000_000;
    const chunk = Buffer.alloc(100_000, 7);
    let ahead = 0;
    let received = 0;
    let length: string | undefined;
    const hash = createHash('sha256');
    handler = (request, response) => {
      length = request.headers['content-length'];
      request.on('data', (data: Buffer) => {
        received += data.length;
        hash.update(data);
      });
      request.on('end', () => response.end('thanks'));
    };
    async function* source() {
      for (let sent = 0; sent < size; sent += chunk.length) {
        ahead = Math.max(ahead, sent - received);
        yield chunk;
      }
    }
    const { status, body } = await open().send({
      method: 'POST',
      path: '/API/upload',
      headers: {},
      body: { kind: 'stream', stream: source(), length: size, contentType: 'multipart/x' },
      signal: new AbortController().signal,
    });
    await read(body);
    expect([status, length, received]).toEqual([200, String(size), size]);
    expect(hash.digest('hex')).toBe(
      createHash('sha256').update(Buffer.alloc(size, 7)).digest('hex'),
    );
    expect(ahead).toBeLessThan(10_000_000);
  });

  it("hands on what the body's source says when it fails", async () => {
    handler = (request) => request.resume();
    const failure = new AllegroError({ kind: 'incomplete', what: 'Changed.', advice: 'Wait.' });
    async function* source() {
      yield Buffer.alloc(10);
      throw failure;
    }
    const sending = open().send({
      method: 'POST',
      path: '/API/upload',
      headers: {},
      body: { kind: 'stream', stream: source(), length: 100, contentType: 'x/y' },
      signal: new AbortController().signal,
    });
    await expect(sending).rejects.toBe(failure);
  });

  it('takes an answer that comes before the body is through, and ends the source', async () => {
    handler = (_request, response) => {
      response.writeHead(401, { Connection: 'close' }).end('no');
    };
    let isEnded = false;
    async function* source() {
      try {
        for (;;) {
          yield Buffer.alloc(100);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } finally {
        isEnded = true;
      }
    }
    const { status, body } = await open().send({
      method: 'POST',
      path: '/API/upload',
      headers: {},
      body: { kind: 'stream', stream: source(), length: 1e9, contentType: 'x/y' },
      signal: new AbortController().signal,
    });
    expect([status, (await read(body)).toString()]).toEqual([401, 'no']);
    await poll(() => isEnded);
  });
});

describe('bodies that arrive', () => {
  const cut = (headers: Record<string, string>): Handler => {
    return (_request, response) => {
      response.writeHead(200, headers);
      response.write('half', () => setTimeout(() => response.destroy(), 20));
    };
  };

  it.each([
    ['shorter than its length', { 'Content-Length': '100' }],
    ['chunked and cut', {}],
  ])('fails for a body %s', async (_name, headers) => {
    handler = cut(headers);
    const { body } = await get(open());
    await expect(read(body)).rejects.toMatchObject({ name: 'TransportError', failure: 'reset' });
  });

  it('fails when the connection of a body without a length is reset', async () => {
    handler = (_request, response) => {
      response.shouldKeepAlive = false;
      response.useChunkedEncodingByDefault = false;
      response.removeHeader('Transfer-Encoding');
      response.writeHead(200, { Connection: 'close' });
      response.write('half', () => {
        const { socket } = response as unknown as {
          socket: { _parent?: { resetAndDestroy(): void } };
        };
        setTimeout(() => socket._parent?.resetAndDestroy(), 20);
      });
    };
    const { headers, body } = await get(open());
    expect(headers['content-length'] ?? headers['transfer-encoding']).toBeUndefined();
    await expect(read(body)).rejects.toBeInstanceOf(TransportError);
  });

  it('closes the connection when reading stops early', async () => {
    let isClosed = false;
    handler = (_request, response) => {
      response.on('close', () => (isClosed = true));
      const timer = setInterval(() => response.write(Buffer.alloc(1000)), 5);
      response.on('close', () => clearInterval(timer));
    };
    const { body } = await get(open());
    for await (const chunk of body) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await poll(() => isClosed);
  });

  it('ends where it stands when it is aborted, read or not', async () => {
    handler = (_request, response) => {
      response.write('begun');
    };
    for (const mustRead of [true, false]) {
      const controller = new AbortController();
      const { body } = await get(open(), '/API/x', controller.signal);
      const reading = mustRead ? read(body) : undefined;
      controller.abort();
      await (reading && expect(reading).rejects.toMatchObject({ failure: 'aborted' }));
      if (!reading) await expect(read(body)).rejects.toBeInstanceOf(TransportError);
    }
    const controller = new AbortController();
    handler = () => undefined;
    const waiting = get(open(), '/API/x', controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ failure: 'aborted' });
  });
});

describe('certificates', () => {
  beforeEach(() => (handler = (_request, response) => response.end('ok')));

  it('refuses a certificate that it does not know', async () => {
    const transport = open({ ignoreCertificateErrors: false });
    await expect(get(transport)).rejects.toMatchObject({ failure: 'certificate' });
  });

  it('accepts the very certificate that was entered, by whatever address', async () => {
    const transport = open({ ignoreCertificateErrors: false, caCertificate: pem.cert });
    expect((await read((await get(transport)).body)).toString()).toBe('ok');
  });
});

describe('settings and errors', () => {
  it('names the kind of failure and never the login', async () => {
    const transport = open({ baseUrl: 'https://127.0.0.1:9' });
    const error: unknown = await get(transport).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: 'unreachable', systemCode: 'ECONNREFUSED' });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(TOKEN);
  });

  it('ignores proxies of the environment', async () => {
    handler = (_request, response) => response.end('direct');
    process.env.HTTPS_PROXY = 'http://127.0.0.1:9';
    try {
      expect((await read((await get(open())).body)).toString()).toBe('direct');
    } finally {
      delete process.env.HTTPS_PROXY;
    }
  });

  it('closes its connections at the end', async () => {
    let isClosed = false;
    handler = (request, response) => {
      request.socket.on('close', () => (isClosed = true));
      response.end('ok');
    };
    const transport = open();
    await read((await get(transport)).body);
    transport.destroy();
    await poll(() => isClosed);
  });
});
