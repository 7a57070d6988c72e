import { X509Certificate } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { NodeRedHost, until } from '../../../../scripts/hosts/node-red-host';
import { startSimulator, type Simulator } from '../../../../simulator';
import { HostFlows } from '../support/host-flows';

const TOKEN = 'demo-token';
const PASSWORD = 'only for this test';
/** The least work that bcrypt allows: these logins guard nothing. */
const ROUNDS = 4;

const USERS = { admin: '*', reader: 'read', writer: ['read', 'flows.write'] } as const;
type User = keyof typeof USERS;

const CHOICES = '/allegro-multimeter/a0/choices';
const TEST = '/allegro-multimeter/a0/test';
const CERTIFICATE = '/allegro-multimeter/a0/certificate';

/** What people with different rights may ask of an appliance through the editor. */
describe('with logins to the editor', () => {
  let host: NodeRedHost;
  let simulator: Simulator;
  const tokens = new Map<User, string>();

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 30 });
    const users = Object.entries(USERS).map(([username, permissions]) => ({
      username,
      password: hashSync(PASSWORD, ROUNDS),
      permissions,
    }));
    host = await NodeRedHost.start({
      settings: { adminAuth: { type: 'credentials', users } },
      preload: require.resolve('../support/patient-editor'),
    });
    for (const user of Object.keys(USERS) as User[]) tokens.set(user, await signIn(user));
    const { url, certificatePem: certificate } = simulator;
    const flows = new HostFlows({ url, certificate, token: TOKEN });
    const response = await ask('admin', 'POST', '/flows', flows.flowFor('getStats', {}));
    expect(response.status).toBe(204);
    // It answers before the nodes are there.
    await until('the appliance node', async () => {
      const { status } = await ask('admin', 'GET', `${CHOICES}/devices`);
      return status !== 409;
    });
  });
  afterAll(async () => {
    await host?.stop();
    await simulator?.close();
  });
  beforeEach(() => simulator.clearRequests());

  async function signIn(username: User): Promise<string> {
    const response = await fetchOnce(`${host.url}/auth/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_id: 'node-red-admin',
        grant_type: 'password',
        scope: '',
        username,
        password: PASSWORD,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }

  async function ask(
    user: User | 'nobody' | 'forger',
    method: 'GET' | 'POST',
    path: string,
    body: unknown = {},
  ): Promise<{ status: number; text: string }> {
    const token = user === 'forger' ? 'made-up' : tokens.get(user as User);
    const response = await fetchOnce(host.url + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, text: await response.text() };
  }

  it.each<User>(['admin', 'reader', 'writer'])('lets the %s see choices', async (user) => {
    for (const source of ['statisticsPaths', 'devices', 'linkGroups']) {
      const { status, text } = await ask(user, 'GET', `${CHOICES}/${source}`);
      expect([source, status]).toEqual([source, 200]);
      expect(Array.isArray(JSON.parse(text))).toBe(true);
      expect(text).not.toContain(TOKEN);
    }
  });

  it('lets only who may change things use the login for a test', async () => {
    expect((await ask('admin', 'POST', TEST, {})).status).toBe(200);
    simulator.clearRequests();
    const draft = { baseUrl: simulator.url, token: TOKEN };
    for (const user of ['reader', 'writer'] as const) {
      for (const [path, body] of [
        [TEST, {}],
        [TEST, draft],
        [CERTIFICATE, draft],
      ] as const) {
        expect([user, path, (await ask(user, 'POST', path, body)).status]).toEqual([
          user,
          path,
          401,
        ]);
      }
    }
    expect(simulator.requests).toEqual([]);
  });

  it.each(['nobody', 'forger'] as const)('lets %s ask for nothing', async (user) => {
    expect((await ask(user, 'GET', `${CHOICES}/devices`)).status).toBe(401);
    expect((await ask(user, 'POST', TEST, {})).status).toBe(401);
    expect((await ask(user, 'POST', CERTIFICATE, { baseUrl: simulator.url })).status).toBe(401);
    expect(simulator.requests).toEqual([]);
  });

  it('sends the stored login to no other address, and reads no environment for a form', async () => {
    const other = await startSimulator({ historySeconds: 10 });
    try {
      const form = {
        authentication: 'token',
        baseUrl: other.url,
        caCertificate: other.certificatePem,
      };
      const elsewhere = await ask('admin', 'POST', TEST, form);
      expect([elsewhere.status, elsewhere.text]).toEqual([
        409,
        expect.stringContaining('(URL, CA Certificate)'),
      ]);
      // A variable in the form: only what was deployed is tested, at its own address.
      const named = await ask('admin', 'POST', TEST, { ...form, token: '${PATH}' });
      expect([named.status, named.text]).toEqual([
        409,
        expect.stringContaining('(URL, CA Certificate)'),
      ]);
      const deployed = { baseUrl: simulator.url, caCertificate: simulator.certificatePem };
      const same = await ask('admin', 'POST', TEST, { ...deployed, token: '${PATH}' });
      expect(same.status).toBe(200);
      expect(other.requests).toEqual([]);
      expect(simulator.requests.length).toBeGreaterThan(0);
    } finally {
      await other.close();
    }
  });

  it('tests a form with the login that is stored for its address', async () => {
    const form = {
      authentication: 'token',
      baseUrl: `${simulator.url}/`,
      caCertificate: simulator.certificatePem,
    };
    expect((await ask('admin', 'POST', TEST, form)).status).toBe(200);
    const typed = await ask('admin', 'POST', TEST, { ...form, token: 'wrong-token' });
    expect(typed.status).toBe(502);
    expect(typed.text).not.toContain('wrong-token');
  });

  it('fetches a certificate, and says why where there is none', async () => {
    const { status, text } = await ask('admin', 'POST', CERTIFICATE, { baseUrl: simulator.url });
    const answer = JSON.parse(text) as { pem: string; fingerprint: string };
    const expected = new X509Certificate(simulator.certificatePem).fingerprint256;
    expect([status, answer.fingerprint]).toEqual([200, expected]);
    expect(new X509Certificate(answer.pem).fingerprint256).toBe(expected);
    // Nothing was asked over that connection.
    expect(simulator.requests).toEqual([]);
    for (const [body, said] of [
      [{ baseUrl: 'http://127.0.0.1:9' }, 'There is no certificate for an http'],
      [{ baseUrl: 'https://127.0.0.1:9' }, 'ECONNREFUSED'],
      [{ baseUrl: simulator.url, proxy: 'p1' }, 'through a proxy'],
    ] as const) {
      const refused = await ask('admin', 'POST', CERTIFICATE, body);
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.text).toContain(said);
    }
  });

  it('shows nobody the token, not even who may do everything', async () => {
    for (const path of ['/flows', '/nodes', '/credentials/allegro-multimeter-appliance/a0']) {
      expect((await ask('admin', 'GET', path)).text).not.toContain(TOKEN);
    }
  });
});
