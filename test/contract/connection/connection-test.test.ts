import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ICredentialsDecrypted, ICredentialTestFunctions } from 'n8n-workflow';
import { testAppliance } from '../../../n8n/transport/credential-test';
import { testDraft } from '../../../node-red/runtime/config-node/appliance-draft';
import { startSimulator, type Simulator } from '../../../simulator';
import { fakeRuntime } from '../../support/fake-runtime';

type Login = { token?: string; user?: string; password?: string };

/** What each host says when a person tests a login. */
const TESTS: Record<string, (baseUrl: string, login: Login) => Promise<string>> = {
  async n8n(baseUrl, login) {
    const host = { helpers: { request: legacyRequest } } as unknown as ICredentialTestFunctions;
    const data = { baseUrl, ...login } as ICredentialsDecrypted['data'];
    const { status, message } = await testAppliance.call(host, {
      id: '1',
      name: 'x',
      type: 'y',
      data,
    });
    return `${status}: ${message}`;
  },
  'Node-RED': (baseUrl, login) => {
    const authentication = login.token === undefined ? 'password' : 'token';
    const draft = { settings: { baseUrl, authentication }, login };
    const { signal } = new AbortController();
    return testDraft(fakeRuntime(), draft, undefined, signal).then(
      (result) => `OK: ${String(result.message)}`,
      (error: Error) => `Error: ${error.message}`,
    );
  },
};

/** As much of n8n's older request helper as the test uses. */
function legacyRequest({ uri, method, headers }: Record<string, never>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    httpRequest(uri, { method, headers, agent: false }, (body) =>
      resolve({ statusCode: body.statusCode, headers: body.headers, body }),
    )
      .on('error', reject)
      .end();
  });
}

describe('what a login may do', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 10, http: true });
  });
  afterAll(() => simulator.close());

  const access = async (token: string) => {
    const draft = {
      settings: { baseUrl: simulator.url, authentication: 'token' },
      login: { token },
    };
    const test = await testDraft(fakeRuntime(), draft, undefined, new AbortController().signal);
    return Object.values(test.access).join(' ');
  };

  it.each([
    // Statistics, captures, VoIP, ring buffer, uploads.
    ['demo-token', 'yes yes yes unknown unknown'],
    ['operator-token', 'yes no yes unknown unknown'],
    ['stats-token', 'yes no no unknown unknown'],
    ['pcap-token', 'no yes no no unknown'],
    ['voip-token', 'no no yes no unknown'],
  ])('is found by reading only, with %s', async (token, expected) => {
    simulator.clearRequests();
    expect(await access(token)).toBe(expected);
    expect(simulator.requests.filter(({ method }) => !/^(GET|OPTIONS)$/.test(method))).toEqual([]);
  });

  it.each([
    ['a module that is off', { missingModules: ['sip'] }, 'yes yes unknown unknown unknown'],
    ['captures that a second person allows', { fourEyes: true }, 'yes no yes unknown unknown'],
  ])('is not known, or refused, with %s', async (_what, switches, expected) => {
    const before = { ...simulator.switches };
    Object.assign(simulator.switches, switches);
    expect(await access('demo-token')).toBe(expected);
    Object.assign(simulator.switches, before);
  });
});

describe.each(Object.entries(TESTS))('the connection test of %s', (_host, test) => {
  describe('with a login of the appliance', () => {
    let simulator: Simulator;
    beforeAll(async () => {
      simulator = await startSimulator({ historySeconds: 10, http: true });
    });
    afterAll(() => simulator.close());

    it.each(['demo-token', 'stats-token', 'pcap-token', 'voip-token'])(
      'passes with %s',
      async (token) => {
        expect(await test(simulator.url, { token })).toMatch(/^OK: Connected/);
      },
    );

    it('fails without any permission, and names those there are', async () => {
      expect(await test(simulator.url, { token: 'bare-token' })).toMatch(
        /^Error: .*neither read statistics nor capture packets .*"other".*"pcap".*"voip"/,
      );
    });
  });

  describe('never shows the login', () => {
    const PASSWORD = 'hidden/s3cret&<word>';
    const TOKEN = 'hidden-s3cret-token';
    let respond: (headers: IncomingHttpHeaders) => { status: number; body: string };
    let count: number;
    const server = createServer(({ headers }, response) => {
      count++;
      const { status, body } = respond(headers);
      response.writeHead(status, { 'Content-Type': 'text/html' }).end(body);
    });
    let url: string;
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    beforeEach(() => (count = 0));

    it.each([200, 400, 401, 403, 404, 500])('that a page of status %d repeats', async (status) => {
      for (const login of [{ token: TOKEN }, { user: 'admin', password: PASSWORD }]) {
        const secrets = Object.values(login).filter((text) => text !== 'admin');
        respond = ({ authorization = '' }) => {
          secrets.push(authorization.split(' ')[1]!);
          return { status, body: `<html><h1>No</h1><pre>${secrets.join(' ')}</pre></html>` };
        };
        const said = await test(url, login);
        expect(said).toMatch(/^Error: /);
        expect(said).not.toMatch(/s3cret/);
        for (const secret of secrets) expect(said).not.toContain(secret);
        expect(count).toBeGreaterThan(0);
      }
    });

    it.each([
      ['the URL', { token: 't' }, 'https://admin:s3cret@allegro'],
      ['the URL with another scheme', { token: 't' }, 'ftp://admin:s3cret@allegro'],
      ['the URL without a scheme', { token: 't' }, 'admin:s3cret@allegro'],
      ['the URL after a line break', { token: 't' }, 'https://allegro\nadmin:s3cret'],
      ['a token with a blank', { token: 's3cret token' }],
      ['a token with a line break', { token: 's3cret\r\nX-Other: 1' }],
      ['a user with the password', { user: 'admin:s3cret', password: '' }],
      ['a password with a line break', { user: 'admin', password: 's3cret\n2' }],
    ])('in %s, and sends nothing', async (_what, login, baseUrl = url) => {
      const said = await test(baseUrl, login);
      expect(said).toMatch(/^Error: The (appliance URL|API token|user|password) /);
      expect(said).not.toMatch(/s3cret/);
      expect(count).toBe(0);
    });
  });
});
