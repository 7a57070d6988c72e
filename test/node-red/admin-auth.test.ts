import { hashSync } from 'bcryptjs';
import { NodeRedHost, until } from '../../scripts/demo/node-red-host';
import { startSimulator, type Simulator } from '../../simulator';
import { HostFlows } from './host-flows';

jest.setTimeout(90_000);

const TOKEN = 'demo-token';
const PASSWORD = 'only for this test';
/** The least work that bcrypt allows: these logins guard nothing. */
const ROUNDS = 4;

const USERS = { admin: '*', reader: 'read', writer: ['read', 'flows.write'] } as const;
type User = keyof typeof USERS;

const CHOICES = '/allegro-multimeter/a0/choices';
const TEST = '/allegro-multimeter/a0/test';

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
    host = await NodeRedHost.start({ settings: { adminAuth: { type: 'credentials', users } } });
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
    const response = await fetch(`${host.url}/auth/token`, {
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
    const response = await fetch(host.url + path, {
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
    expect((await ask('admin', 'POST', TEST)).status).toBe(200);
    simulator.clearRequests();
    for (const user of ['reader', 'writer'] as const) {
      expect([user, (await ask(user, 'POST', TEST)).status]).toEqual([user, 401]);
    }
    expect(simulator.requests).toEqual([]);
  });

  it.each(['nobody', 'forger'] as const)('lets %s ask for nothing', async (user) => {
    expect((await ask(user, 'GET', `${CHOICES}/devices`)).status).toBe(401);
    expect((await ask(user, 'POST', TEST)).status).toBe(401);
    expect(simulator.requests).toEqual([]);
  });

  it('shows nobody the token, not even who may do everything', async () => {
    for (const path of ['/flows', '/nodes', '/credentials/allegro-multimeter-appliance/a0']) {
      expect((await ask('admin', 'GET', path)).text).not.toContain(TOKEN);
    }
  });
});
