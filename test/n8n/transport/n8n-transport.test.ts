import { Readable } from 'node:stream';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { authenticate } from '../../../n8n/transport/authenticate';
import { readCredentials, tlsOptions } from '../../../n8n/transport/credentials';
import { toReadable } from '../../../n8n/transport/node-streams';
import { N8nTransport, type RequestContext } from '../../../n8n/transport/n8n-transport';

describe('readCredentials', () => {
  it('takes numbers, as expressions may give them', () => {
    const data = { baseUrl: 'https://a', user: 4711, password: 12345 };
    expect(readCredentials(data)).toMatchObject({ user: '4711', password: '12345' });
  });

  it('keeps the blanks of a password', () => {
    const data = { baseUrl: 'https://a', user: 'u', password: ' x ' };
    expect(readCredentials(data).password).toBe(' x ');
  });

  it.each<Record<string, string>>([{}, { token: ' ' }, { user: '', password: 'x' }])(
    'refuses %j: no login',
    (login) => {
      expect(() => readCredentials({ baseUrl: 'https://a', ...login })).toThrow(
        'The login is missing. Enter the API token, or user and password, in the credential.',
      );
    },
  );
});

describe('N8nTransport', () => {
  it('sends requests below the path of a reverse proxy', async () => {
    const sent: IHttpRequestOptions[] = [];
    const helpers = {
      httpRequestWithAuthentication: async (_type: string, options: IHttpRequestOptions) => {
        sent.push(options);
        return { statusCode: 200, headers: {}, body: Readable.from([]) };
      },
    };
    const credentials = readCredentials({ baseUrl: 'proxy.example/allegro/', token: 't' });
    const host = { helpers } as unknown as RequestContext;
    const transport = new N8nTransport(host, 'allegroMultimeterTokenApi', credentials);
    const { signal } = new AbortController();
    await transport.send({ method: 'GET', path: '/API/stats/time', headers: {}, signal });
    expect(sent.map(({ url }) => url)).toEqual(['https://proxy.example/allegro/API/stats/time']);
    expect(transport.baseUrl).toBe('https://proxy.example/allegro');
  });
});

describe('the proxy of n8n', () => {
  async function failure(cause: object): Promise<unknown> {
    const wrapped = new Error('wrapped', { cause: Object.assign(new Error('x'), cause) });
    const host = {
      helpers: { httpRequestWithAuthentication: () => Promise.reject(wrapped) },
    } as unknown as RequestContext;
    const credentials = readCredentials({ baseUrl: 'https://allegro.example', token: 't' });
    const { signal } = new AbortController();
    return new N8nTransport(host, 'any', credentials)
      .send({ method: 'GET', path: '/API/stats/time', headers: {}, signal })
      .catch((error: unknown) => error);
  }

  it.each([
    [
      'is down',
      { code: 'ECONNREFUSED', address: '10.0.0.9', port: 3128 },
      /The proxy 10.0.0.9:3128,/,
    ],
    ['is unknown', { code: 'ENOTFOUND', hostname: 'proxy.example' }, /The proxy proxy.example,/],
  ])('is named when it %s', async (_, cause, what) => {
    expect(await failure(cause)).toMatchObject({
      kind: 'unreachable',
      what: expect.stringMatching(what),
      advice: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  it.each([
    { code: 'ECONNREFUSED', address: '10.0.0.1', port: 443 },
    { code: 'ENOTFOUND', hostname: 'allegro.example' },
  ])('is not blamed for the appliance: %j', async (cause) => {
    expect(await failure(cause)).toMatchObject({ name: 'TransportError', systemCode: cause.code });
  });
});

describe('tlsOptions', () => {
  it('refuses a text that is not a certificate', () => {
    const data = { baseUrl: 'https://a', caCertificate: 'hello' };
    expect(() => tlsOptions(data)).toThrow(/not a certificate in PEM form/);
  });

  it('checks certificates unless told otherwise', () => {
    expect(tlsOptions({ baseUrl: 'https://a' })).toEqual({
      agentOptions: undefined,
      ignore: false,
    });
  });
});

describe('authenticate', () => {
  it('adds the login and leaves the rest of the request alone', async () => {
    const options = { url: 'https://a/x', headers: { Accept: '*/*' }, qs: { a: 1 } };
    expect(await authenticate({ baseUrl: 'https://a', token: 't' }, options)).toMatchObject({
      ...options,
      headers: { Accept: '*/*', Authorization: 'Bearer t' },
      sendCredentialsOnCrossOriginRedirect: false,
    });
  });

  const credential = { baseUrl: 'https://allegro:8443/behind/', token: 'top-secret' };

  it.each([
    { url: 'https://allegro:8443/behind/API/stats' },
    { url: 'https://ALLEGRO:8443/elsewhere' },
    { uri: 'https://allegro:8443/API/stats' },
    { url: '/API/stats', baseURL: 'https://allegro:8443' },
    { url: '/API/stats' },
  ])('signs in to the appliance: %j', async (options) => {
    const signed = await authenticate(credential, options as IHttpRequestOptions);
    expect(signed.headers).toEqual({ Authorization: 'Bearer top-secret' });
  });

  it.each([
    { url: 'https://allegro.example:8443/API/stats' },
    { url: 'https://allegro/API/stats' },
    { url: 'http://allegro:8443/API/stats' },
    { url: 'https://allegro:8443@evil.example/API/stats' },
    { url: '//evil.example/API/stats' },
    { url: 'https:/evil.example/API/stats' },
    { uri: 'https://evil.example/' },
    { url: '/API/stats', baseURL: 'https://evil.example' },
    { url: 'not://' },
  ])('gives the login to nobody else: %j', async (options) => {
    const signing = authenticate(credential, options as IHttpRequestOptions);
    await expect(signing).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('The credential is for https://allegro:8443 only'),
    });
    await expect(signing).rejects.not.toMatchObject({
      message: expect.stringContaining('top-secret'),
    });
  });
});

describe('toReadable', () => {
  it('reads no further ahead than 512 KiB, and hands that on in one piece', async () => {
    let made = 0;
    async function* endless() {
      for (;;) {
        made++;
        yield Buffer.alloc(65536);
      }
    }
    const stream = toReadable(endless());
    for await (const chunk of stream) {
      expect(chunk).toHaveLength(512 * 1024);
      break;
    }
    expect(made).toBeLessThanOrEqual(2 * 8 + 1);
    expect(stream.destroyed).toBe(true);
  });

  it('ends its source when it is destroyed, and fails when the source does', async () => {
    let isEnded = false;
    async function* source() {
      try {
        yield Buffer.from('a');
        throw new Error('broken');
      } finally {
        isEnded = true;
      }
    }
    const reading = (async () => {
      for await (const chunk of toReadable(source())) expect(chunk.toString()).toBe('a');
    })();
    await expect(reading).rejects.toThrow('broken');
    expect(isEnded).toBe(true);
  });
});
