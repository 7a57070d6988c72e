import { AllegroClient, TransportError } from '../../../client';
import {
  FakeContext,
  fakeClient,
  FakeTransport,
  ManualContext,
  never,
} from '../../support/fake-transport';
import { errorOf } from '../../support/error-of';

const PATH = '/API/stats/modules/ip';

/** How statuses, redirects and jobs end is in the fault matrix; here is what it does not see. */
describe('requests', () => {
  it('writes blanks as %20, booleans in lower case, and leaves out what is not set', async () => {
    const { client, transport } = fakeClient(() => ({ json: {} }));
    await client.get(PATH, { filter: 'a b+c', reverse: true, page: 0, none: undefined }, never());
    expect(transport.paths).toEqual([`${PATH}?filter=a%20b%2Bc&reverse=true&page=0`]);
  });

  it('refuses JSON that is too deep, and no text with brackets', async () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const ask = (text: string) => fakeClient(() => ({ text })).client.get(PATH, {}, never());
    await expect(ask(deep(100_000))).rejects.toMatchObject({ kind: 'badAnswer' });
    await expect(ask(deep(100))).resolves.toBeInstanceOf(Array);
    await expect(ask(JSON.stringify('\\"[['.repeat(200)))).resolves.toContain('[[');
  });

  it('takes a part that nobody asked for to be no complete answer', async () => {
    const { client, transport } = fakeClient(() => ({ status: 206, json: {} }));
    await expect(client.get(PATH, {}, never())).rejects.toMatchObject({
      ...{ kind: 'incomplete', status: 206 },
      what: 'The response is only a part of what was requested (HTTP 206).',
    });
    expect(transport.paths).toHaveLength(1);
  });

  it('ends an error whose body does not end, and reports its status', async () => {
    const context = new ManualContext();
    async function* drip() {
      for (;;) {
        context.advance(1000);
        await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.from('x');
      }
    }
    const { client } = fakeClient(() => ({ status: 400, body: drip }), context);
    const work = client.get(PATH, {}, never());
    await expect(work).rejects.toMatchObject({ kind: 'refused', status: 400 });
    expect(context.sleeping).toBe(0);
  });

  it('asks nobody to check the spelling of a path that a node chose', async () => {
    const { client } = fakeClient(() => ({ status: 404 }));
    const error = await client.get(PATH, {}, never()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      kind: 'notFound',
      advice: expect.not.stringMatching(/spelling/),
    });
  });

  it('sends mm-id and group with every call', async () => {
    const { client, transport } = fakeClient(() => ({ json: {} }));
    await client.get(PATH, {}, { ...never(), address: { mmId: 'local:1', group: 0 } });
    expect(transport.paths).toEqual([`${PATH}?mm-id=local%3A1&group=0`]);
  });

  it.each([
    ['seconds', '7', 7000],
    ['a date', new Date(Date.UTC(2026, 10, 23, 15, 50, 9)).toUTCString(), 9000],
  ])('honours Retry-After as %s', async (_, header, wait) => {
    const { client, context } = fakeClient((__, index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': header } } : { json: {} },
    );
    const until = context.now() + wait;
    const onWait = jest.fn();
    await client.get(PATH, {}, { ...never(), onWait });
    expect(context.slept).toEqual([wait]);
    expect(onWait.mock.calls).toEqual([[until]]);
  });

  it('says of a POST only what is true of it', async () => {
    const { api } = fakeClient(() => ({ status: 429, text: '' }));
    const { what } = await errorOf(api.post(PATH, {}, never()));
    expect(what).toBe('The appliance received too many requests (HTTP 429).');
  });

  it('quotes the begin of an error page of any size', async () => {
    const { client } = fakeClient(() => ({ status: 400, text: `No such mode${' '.repeat(1e6)}` }));
    expect((await errorOf(client.get(PATH, {}, never()))).message).toContain('No such mode');
  });

  it('ends an answer that never comes to its end, however it keeps moving', async () => {
    const context = new ManualContext();
    async function* drip() {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        context.advance(50_000);
        yield new TextEncoder().encode(' ');
      }
    }
    const { client } = fakeClient(() => ({ body: drip }), context);
    const error = await errorOf(client.get(PATH, {}, never()));
    expect(error).toMatchObject({ kind: 'timeout', canRetry: true });
    expect(error.what).toBe('The response was not complete after 600 s.');
    expect(context.sleeping).toBe(0);
  });

  it('gives up after four tries and says that a retry may help', async () => {
    const { client, transport } = fakeClient(() => ({ status: 503, text: 'starting' }));
    const error = await errorOf(client.get(PATH, {}, never()));
    expect(error).toMatchObject({ kind: 'appliance', status: 503, canRetry: true });
    expect(error.message).toContain('starting');
    expect(transport.requests).toHaveLength(4);
  });

  it('tries a read again when the connection broke, but not when the certificate is wrong', async () => {
    const broken = fakeClient((_, index) =>
      index === 0
        ? { error: new TransportError('reset', 'reset', 'ECONNRESET') }
        : { json: { ok: true } },
    );
    await expect(broken.client.get(PATH, {}, never())).resolves.toEqual({ ok: true });
    const untrusted = fakeClient(() => ({
      error: new TransportError('certificate', 'no', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    }));
    const error = await errorOf(untrusted.client.get(PATH, {}, never()));
    expect(error.kind).toBe('certificate');
    expect(error.message).toContain('CA Certificate');
    expect(untrusted.transport.requests).toHaveLength(1);
  });

  it.each([
    [401, 'login'],
    [403, 'permission'],
    [404, 'notFound'],
    [409, 'busy'],
    [400, 'refused'],
    [500, 'appliance'],
  ])('explains status %d as %s, with the answer, and the request last', async (status, kind) => {
    const { client } = fakeClient(() => ({
      status,
      text: '<html><style>p{}</style><p>no\n&nbsp;luck</p></html>',
    }));
    const error = await errorOf(client.get(PATH, {}, never()));
    expect(error).toMatchObject({ kind, status, device: 'https://allegro-mm-test', path: PATH });
    expect(error.answer).toBe('no &nbsp;luck');
    expect(error.message).toMatch(
      new RegExp(`\\. Request: GET ${PATH} on https://allegro-mm-test$`),
    );
    expect(error.advice).not.toBe('');
  });

  it.each(['https://elsewhere/API', 'http://allegro-mm-test/API', '//elsewhere/API'])(
    'does not follow a redirect to %s',
    async (location) => {
      const { client, transport } = fakeClient(() => ({ status: 302, headers: { location } }));
      const error = await errorOf(client.get(PATH, {}, never()));
      expect(error).toMatchObject({ kind: 'refused', status: 302 });
      expect(transport.requests).toHaveLength(1);
    },
  );
});

describe('clients of one process', () => {
  /** How many requests run at once when two clients send ten each. */
  async function mostAtOnce(keys: [string | undefined, string | undefined]): Promise<number> {
    let running = 0;
    let most = 0;
    const transport = new FakeTransport(() => ({ json: {} }));
    const send = transport.send.bind(transport);
    transport.send = async (request) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return send(request);
    };
    const clients = keys.map(
      (limitKey) => new AllegroClient({ transport, context: new FakeContext(), limitKey }),
    );
    const { signal } = new AbortController();
    const reads = clients.flatMap((client) =>
      Array.from({ length: 10 }, () => client.get('/API/x', {}, { signal })),
    );
    await Promise.all(reads);
    return most;
  }

  it.each([
    ['share the limit for the same appliance and login', ['a', 'a'], 4],
    ['have limits of their own for another login', ['a', 'b'], 8],
    ['have limits of their own without a key', [undefined, undefined], 8],
  ] as const)('%s', async (_, [first, second], most) => {
    expect(await mostAtOnce([first, second])).toBe(most);
  });
});

describe('an appliance behind a path of a reverse proxy', () => {
  class Prefixed extends FakeTransport {
    override readonly baseUrl = 'https://proxy.example/allegro' as 'https://allegro-mm-test';
  }
  const redirected = (location: string) => {
    const transport = new Prefixed((_, index) =>
      index === 0 ? { status: 302, headers: { location } } : { json: {} },
    );
    const client = new AllegroClient({ transport, context: new FakeContext() });
    return { transport, work: client.get(PATH, {}, never()) };
  };

  it.each([
    '/allegro/API/other?a=1',
    'https://proxy.example/allegro/API/other?a=1',
    '../other?a=1',
  ])('is redirected without its path being doubled: %s', async (location) => {
    const { transport, work } = redirected(location);
    await work;
    expect(transport.paths[1]).toMatch(/^\/API\/(stats\/)?other\?a=1$/);
  });

  it('is not left for another path of the same proxy', async () => {
    const { work } = redirected('/login');
    expect((await errorOf(work)).what).toContain('redirects to "/login", which is not followed');
  });
});

describe('asynchronous jobs', () => {
  const job = { asyncID: 7, asyncUUID: 'u-1' };
  const DEEP = '['.repeat(200) + ']'.repeat(200);

  it.each([
    [200, 7],
    [202, '7'],
    [200, '\ud800', '%EF%BF%BD'],
  ])('polls after a first answer with status %d and id %p', async (status, asyncID, id = '7') => {
    const { client, transport } = fakeClient((_, index) => {
      if (index === 0) return { status, json: { ...job, asyncID } };
      if (index < 4) return { status: 202, text: '' };
      return { json: { errorCode: 0, asyncResult: { rows: 3 } } };
    });
    const options = { ...never(), address: { mmId: 'local:1' } };
    await expect(client.get(PATH, { mode: 'rtpStats' }, options)).resolves.toEqual({ rows: 3 });
    expect(transport.paths.slice(1)).toEqual(
      Array(4).fill(`/API/async/${id}?uuid=u-1&mm-id=local%3A1`),
    );
  });

  it('waits longer from poll to poll, up to 2 s', async () => {
    const { client, context } = fakeClient((_, index) => {
      if (index === 0) return { json: job };
      return index < 12 ? { status: 202 } : { json: { errorCode: 0, asyncResult: 1 } };
    });
    await client.get(PATH, {}, never());
    expect(context.slept[0]).toBe(100);
    expect(Math.max(...context.slept)).toBe(2000);
    expect([...context.slept].sort((a, b) => a - b)).toEqual(context.slept);
  });

  it.each([
    ['no result', { json: { other: 1 } }, 'badAnswer', 'without a result'],
    ['no JSON', { text: 'oops' }, 'badAnswer', 'without a result'],
    ['half of the JSON', { text: '{"errorCode":0,' }, 'incomplete', 'truncated'],
    ['too deep a result', { text: `{"asyncResult":${DEEP}}` }, 'badAnswer', '100 levels'],
  ])('explains %s', async (_, answer, kind, words) => {
    const { client } = fakeClient((__, index) => (index === 0 ? { json: job } : answer));
    const error = await errorOf(client.get(PATH, {}, never()));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(words);
  });
});
