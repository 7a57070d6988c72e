import { createServer, type AddressInfo } from 'node:net';
import { AllegroError, TransportError } from '../../../client';
import {
  createAxiosTransport,
  type ClosableTransport,
} from '../../../node-red/transport/axios-transport';
import {
  read,
  TransportBench,
  transportContract,
} from '../../contract/connection/transport-contract';
import { poll } from '../../support/fake-runtime';
import { say } from '../../../client/values/sentence';

const transports: ClosableTransport[] = [];
const bench = new TransportBench((credentials) => {
  const transport = createAxiosTransport(credentials);
  transports.push(transport);
  return transport;
});
const send = bench.send.bind(bench);

afterEach(() => transports.splice(0).forEach((transport) => transport.destroy()));

// Starts the server for all of this file.
transportContract(bench, 40_000_000);

describe('requests', () => {
  it.each([
    ['/allegro/', '/allegro/API/x'],
    ['/API/stats', '/API/x'],
    ['/index.html', '/API/x'],
  ])('go below the path of a reverse proxy, and of nothing else: %s', async (typed, expected) => {
    bench.answer = ({ url }, response) => response.end(url);
    const proxied = bench.transport({ baseUrl: bench.server.baseUrl + typed });
    expect((await read((await send({ path: '/API/x' }, proxied)).body)).toString()).toBe(expected);
  });

  it('keeps none waiting: how many may run at once is for the client to say', async () => {
    const most = 40;
    const answers: Array<() => void> = [];
    bench.answer = (_, response) => {
      answers.push(() => response.end());
      if (answers.length === most) for (const answer of answers) answer();
    };
    const transport = bench.transport();
    const bodies = Array.from({ length: most }, async () => read((await send({}, transport)).body));
    expect(await Promise.all(bodies)).toHaveLength(most);
  });

  it('sends no Accept-Encoding of its own', async () => {
    bench.answer = ({ headers }, response) => response.end(headers['accept-encoding']);
    expect(await read((await send({ headers: {} })).body)).toHaveLength(0);
  });

  it('sends user and password where there is no token, also beyond ASCII', async () => {
    bench.answer = ({ headers }, response) => response.end(headers.authorization);
    const basic = bench.transport({ token: '', user: 'jörg', password: 'a:b' });
    expect((await read((await send({}, basic)).body)).toString()).toBe(
      `Basic ${Buffer.from('jörg:a:b').toString('base64')}`,
    );
  });

  it('does not decode a compressed body', async () => {
    bench.answer = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('not really gzip');
    };
    const { headers, body } = await send();
    expect(headers['content-encoding']).toBe('gzip');
    expect((await read(body)).toString()).toBe('not really gzip');
  });

  it('reuses a connection for reads, and none for a POST', async () => {
    bench.answer = (request, response) => {
      request.resume();
      response.end(String(request.socket.remotePort));
    };
    const transport = bench.transport();
    const ports = new Set<string>();
    const body = { kind: 'text', text: '{}', contentType: 'application/json' } as const;
    for (const over of [{}, {}, {}, { method: 'POST', body } as const]) {
      ports.add((await read((await send(over, transport)).body)).toString());
      expect(ports.size).toBe('body' in over ? 2 : 1);
    }
  });
});

describe('bodies', () => {
  const upload = (stream: AsyncIterable<Uint8Array>, length: number) =>
    send({ method: 'POST', body: { kind: 'stream', stream, length, contentType: 'x/y' } });

  it('hands on what the source of one says when it fails', async () => {
    bench.answer = (request) => request.resume();
    const failure = new AllegroError({
      kind: 'incomplete',
      what: say`Changed.`,
      advice: say`Wait.`,
    });
    async function* source() {
      yield Buffer.alloc(10);
      throw failure;
    }
    await expect(upload(source(), 100)).rejects.toBe(failure);
  });

  it('takes an answer that comes before one is through, and ends the source', async () => {
    bench.answer = (_request, response) => {
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
    const { status, body } = await upload(source(), 1e9);
    expect([status, (await read(body)).toString()]).toEqual([401, 'no']);
    await poll(() => isEnded);
  });

  it('fails when the connection of one without a length is reset', async () => {
    bench.answer = (_request, response) => {
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
    const { headers, body } = await send();
    expect(headers['content-length'] ?? headers['transfer-encoding']).toBeUndefined();
    await expect(read(body)).rejects.toBeInstanceOf(TransportError);
  });
});

describe('the tunnel of a proxy', () => {
  it('is given up with the request that waits for it', async () => {
    const abort = new AbortController();
    let isClosed = false;
    const mute = createServer((socket) => {
      socket.on('error', () => undefined).on('close', () => (isClosed = true));
      socket.on('data', () => abort.abort());
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const proxy = { url: `http://127.0.0.1:${port}`, exceptions: [] };
    const transport = createAxiosTransport({ baseUrl: 'https://192.0.2.1', token: 't' }, { proxy });
    transports.push(transport);
    const sending = send({ signal: abort.signal }, transport);
    await expect(sending).rejects.toMatchObject({ failure: 'aborted' });
    await poll(() => isClosed);
    mute.close();
  });
});

describe('settings', () => {
  it('ignores proxies of the environment', async () => {
    bench.answer = (_request, response) => response.end('direct');
    process.env.HTTPS_PROXY = 'http://127.0.0.1:9';
    try {
      expect((await read((await send()).body)).toString()).toBe('direct');
    } finally {
      delete process.env.HTTPS_PROXY;
    }
  });

  it('closes its connections at the end', async () => {
    let isClosed = false;
    bench.answer = (request, response) => {
      request.socket.on('close', () => (isClosed = true));
      response.end('ok');
    };
    await read((await send()).body);
    transports.splice(0).forEach((transport) => transport.destroy());
    await poll(() => isClosed);
  });
});
