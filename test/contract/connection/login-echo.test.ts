import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import type { IHttpRequestOptions } from 'n8n-workflow';
import type { AllegroError } from '../../../client';
import { AllegroClient, type Transport } from '../../../client';
import { authenticate } from '../../../n8n/transport/authenticate';
import { readCredentials } from '../../../n8n/transport/credentials';
import { N8nTransport, type RequestContext } from '../../../n8n/transport/n8n-transport';
import { createAxiosTransport } from '../../../node-red/transport/axios-transport';
import { FakeContext } from '../../support/fake-transport';
import { errorOf } from '../../support/error-of';

const LOGINS = {
  token: { token: 'tok/en&"<secret>' },
  password: { user: 'alice', password: 'pass  <b>word' },
};
type Login = { token?: string; user?: string; password?: string };

const TRANSPORTS: Record<string, (baseUrl: string, login: Login) => Transport> = {
  axios: (baseUrl, login) =>
    createAxiosTransport({ baseUrl, ...login, ignoreCertificateErrors: false }),
  n8n: (baseUrl, login) => {
    const data = { baseUrl, ...login };
    const httpRequestWithAuthentication = async (_type: string, options: IHttpRequestOptions) => {
      const { url, headers } = await authenticate(data, options);
      const {
        status,
        headers: given,
        body,
      } = await fetch(url, {
        headers: headers as Record<string, string>,
        redirect: 'manual',
      });
      return {
        statusCode: status,
        headers: Object.fromEntries(given),
        body: Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
      };
    };
    const host = { helpers: { httpRequestWithAuthentication } } as unknown as RequestContext;
    return new N8nTransport(host, 'any', readCredentials(data));
  },
};

/** What is in a request that must not be in an error. */
function secretsOf({ token = '', password = '' }: Login, authorization: string): string[] {
  const plain = [token, password, authorization.split(' ')[1]].filter(Boolean);
  const base64 = plain.map((one) => Buffer.from(one).toString('base64'));
  return [...plain, ...base64];
}

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** How an appliance, or a proxy, repeats what it was sent. */
const ECHOES: Record<string, (secrets: string[]) => { status: number; body: string }> = {
  'a web page': (secrets) => ({
    status: 502,
    body: `<html><h1>Bad</h1><pre>${secrets.map(escapeHtml).join('</pre><pre>')}</pre></html>`,
  }),
  'a page that shows it as it is': (secrets) => ({ status: 400, body: `<p>${secrets.join(' ')}` }),
  'a JSON error': (secrets) => ({
    status: 401,
    body: JSON.stringify({ error: `No login: ${secrets.join()}` }),
  }),
  'an error with status 200': (secrets) => ({
    status: 200,
    body: JSON.stringify({ error: { said: secrets } }),
  }),
  'text where JSON is expected': (secrets) => ({ status: 200, body: `Hello ${secrets.join()}` }),
  'truncated JSON': (secrets) => ({ status: 200, body: `{"a": ["${secrets.join()}"` }),
  'an answer that is cut in the middle': ([secret]) => ({
    status: 200,
    body: `x${' '.repeat(65_535 - secret.length + 2)}${secret}`,
  }),
  'a quote that is cut in the middle': ([secret]) => ({
    status: 200,
    body: `${'x'.repeat(300 - secret.length + 2)}${secret}`,
  }),
};

const END = 1_700_000_000;
const OPERATIONS: Record<string, (client: AllegroClient, signal: AbortSignal) => Promise<unknown>> =
  {
    statistics: (client, signal) => client.get('/API/stats/modules/ip', {}, { signal }),
    capture: (client, signal) =>
      client.capture(
        {
          source: 'ringBuffer',
          window: { startUs: (END - 10) * 1e6, endUs: END * 1e6, clockOffsetSeconds: null },
          ...{ expression: '', limits: {}, snapLength: 65535, ringBuffer: 0, fileNamePrefix: '' },
          onProgress: () => undefined,
        },
        { signal },
      ),
    CSV: async (client, signal) => {
      const options = { signal, onBytes: () => undefined };
      const csv = await client.tableCsv('/API/stats/modules/ip/ips_paged', {}, options);
      for await (const _ of csv.stream);
      return csv.finished;
    },
  };

describe('an answer that repeats the login', () => {
  let respond: (request: IncomingMessage) => { status: number; body: string; location?: string };
  const server = createServer((request, response) => {
    const { status, body, location } = respond(request);
    if (location) response.setHeader('Location', location);
    response.writeHead(status).end(body);
  });
  // An idle connection that is just being closed could be used once more.
  server.keepAliveTimeout = 0;
  let baseUrl: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  describe.each(Object.keys(TRANSPORTS))('over %s', (transport) => {
    const clientFor = (login: Login) =>
      new AllegroClient({
        transport: TRANSPORTS[transport](baseUrl, login),
        context: new FakeContext(),
      });
    async function expectMasked(
      login: Login,
      run: (client: AllegroClient, signal: AbortSignal) => Promise<unknown>,
      answerTo: (secrets: string[]) => ReturnType<typeof respond>,
    ): Promise<AllegroError> {
      let secrets: string[] = [];
      respond = ({ headers }) => {
        secrets = secretsOf(login, headers.authorization!);
        return answerTo(secrets);
      };
      const error = await errorOf(run(clientFor(login), AbortSignal.timeout(100_000)));
      expect(error.answer ?? error.what).toContain('***');
      const shown = inspect(error, { depth: 9 }) + JSON.stringify(error) + error.message;
      for (const secret of secrets.flatMap((one) => [one, escapeHtml(one), one.slice(0, -3)])) {
        expect(shown).not.toContain(secret);
        expect(shown).not.toContain(JSON.stringify(secret).slice(1, -1));
      }
      return error;
    }

    describe.each(Object.keys(LOGINS) as Array<keyof typeof LOGINS>)('with a %s', (login) => {
      it.each(
        Object.keys(ECHOES).flatMap((echo) =>
          Object.keys(OPERATIONS)
            .filter((operation) => operation === 'statistics' || !/JSON is|answer that/.test(echo))
            .map((operation) => [echo, operation] as const),
        ),
      )('shows none of it: %s, %s', async (echo, operation) => {
        await expectMasked(LOGINS[login], OPERATIONS[operation], ECHOES[echo]);
      });

      it('shows none of it: a redirect', async () => {
        await expectMasked(LOGINS[login], OPERATIONS.statistics, ([secret]) => ({
          status: 302,
          body: '',
          location: `https://else.example/${encodeURIComponent(secret)}/x`,
        }));
      });
    });
  });
});
