import { connect, type AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { NodeRedHost, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { startSimulator, type Simulator } from '../../../../simulator';
import { certificate, type Pair } from '../../../contract/support/certificates';
import { ConnectProxy } from '../support/connect-proxy';
import { HostFlows } from '../support/host-flows';

const TOKEN = 'demo-token';
const SERVER_NAME = 'allegro.example';
const PROXY_LOGIN = { user: 'jörg', password: 'p@ss:word/4711' };
const STATS = { path: 'API/stats/time', timeMode: 'none' };

interface Reply {
  payload: Record<string, unknown>;
  error?: { message: string; code: string };
}

/**
 * An appliance that asks for a client certificate and has a name that only TLS knows, behind a proxy
 * that asks for a login: what the `tls-config` and `http proxy` nodes of Node-RED are for.
 */
describe('the config nodes tls-config and http proxy', () => {
  let host: NodeRedHost;
  let simulator: Simulator;
  let front: Server;
  let url: string;
  let proxy: ConnectProxy;
  let authority: Pair;
  let client: Pair;

  beforeAll(async () => {
    [authority, simulator, proxy] = await Promise.all([
      certificate('authority'),
      startSimulator({ historySeconds: 60, http: true }),
      ConnectProxy.start(PROXY_LOGIN),
    ]);
    client = await certificate('workflow', { ca: authority });
    const altNames = [{ type: 2 as const, value: SERVER_NAME }];
    front = await mutualTls(
      simulator,
      authority,
      await certificate('a', { ca: authority, altNames }),
    );
    url = `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
    host = await NodeRedHost.start({ preload: require.resolve('../support/patient-editor') });
  });
  afterAll(async () => {
    await host?.stop();
    await proxy?.stop();
    front?.close();
    await simulator?.close();
  });
  beforeEach(() => proxy.targets.splice(0));
  afterEach(() => {
    expect(host.isRunning).toBe(true);
    const secrets = [TOKEN, PROXY_LOGIN.password, encodeURIComponent(PROXY_LOGIN.password)];
    for (const secret of secrets) expect(host.log).not.toContain(secret);
  });

  const tlsNode = (more: Record<string, unknown> = {}, credentials = {}): FlowNode => ({
    id: nextId(),
    type: 'tls-config',
    name: 'Ours',
    certType: 'files',
    servername: SERVER_NAME,
    verifyservercert: true,
    credentials: {
      certdata: client.cert,
      keydata: client.key,
      cadata: authority.cert,
      ...credentials,
    },
    ...more,
  });
  const proxyNode = (more: Record<string, unknown> = {}, password = PROXY_LOGIN.password) => ({
    id: nextId(),
    type: 'http proxy',
    url: proxy.url,
    noproxy: [],
    credentials: { username: PROXY_LOGIN.user, password },
    ...more,
  });

  async function run(
    nodes: { tls?: FlowNode; proxy?: FlowNode },
    appliance: Record<string, unknown> = {},
    [name, config]: [string, Record<string, unknown>] = ['getStats', STATS],
  ): Promise<Reply> {
    const make = new HostFlows({ url, certificate: '', token: TOKEN });
    const flows = make.flowFor(name, config).map((node) =>
      node.id === 'a0'
        ? make.applianceNode('a0', {
            tls: nodes.tls?.id ?? '',
            proxy: nodes.proxy?.id ?? '',
            ...appliance,
          })
        : node,
    );
    await host.deploy([...flows, ...Object.values(nodes)]);
    const response = await fetchOnce(`${host.url}/run`, {
      method: 'POST',
    });
    const text = await response.text();
    expect(text).not.toContain(PROXY_LOGIN.password);
    return JSON.parse(text) as Reply;
  }

  it('bring client certificate, authority, server name, proxy and its login', async () => {
    const { error, payload } = await run({ tls: tlsNode(), proxy: proxyNode() });
    expect([error, payload]).toEqual([undefined, expect.objectContaining({})]);
    expect(proxy.targets).toContain(new URL(url).host);
    const test = await fetchOnce(`${host.url}/allegro-multimeter/a0/test`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(await test.text()).toContain('"message":"Connected.');
  });

  it('carry captures, whole and of the same bytes', async () => {
    const config = { captureScope: 'all', timeMode: 'last', lastAmount: '30' };
    const { error, payload } = await run({ tls: tlsNode(), proxy: proxyNode() }, {}, [
      'capturePcap',
      config,
    ]);
    expect(error).toBeUndefined();
    expect(payload).toMatchObject({ complete: true });
    expect(payload.packets).toBeGreaterThan(0);
  });

  it.each([['127.0.0.1'], ['*.0.0.1'], ['other.example, 127.0.0.1'], ['*']])(
    'leave the proxy out for %s',
    async (list) => {
      const noproxy = list.split(', ');
      const { error } = await run({ tls: tlsNode(), proxy: proxyNode({ noproxy }) });
      expect([error, proxy.targets]).toEqual([undefined, []]);
    },
  );

  it.each([['127.0.0.1:1'], ['0.0.1'], ['example'], ['']])(
    'use the proxy although "%s" is reached without it',
    async (noproxy) => {
      const { error } = await run({ tls: tlsNode(), proxy: proxyNode({ noproxy: [noproxy] }) });
      expect([error, proxy.targets.length]).toEqual([undefined, 1]);
    },
  );

  it('say that the proxy refuses the login', async () => {
    const { error } = await run({ tls: tlsNode(), proxy: proxyNode({}, 'wrong') });
    expect(error).toMatchObject({ code: 'ALLEGRO_UNREACHABLE' });
    expect(error!.message).toMatch(/proxy 127.*status 407.*password in the http proxy node/s);
  });

  it('say that the proxy is not there, and what is no URL of one', async () => {
    const dead = await run({ tls: tlsNode(), proxy: proxyNode({ url: 'http://127.0.0.1:9' }) });
    expect(dead.error!.message).toMatch(/proxy 127.0.0.1:9 cannot be reached \(ECONNREFUSED\)/);
    const wrong = await run({ tls: tlsNode(), proxy: proxyNode({ url: 'socks://127.0.0.1:9' }) });
    expect(wrong.error).toMatchObject({
      code: 'ALLEGRO_INPUT',
      message: expect.stringContaining('http://proxy.example:3128') as string,
    });
  });

  it('say that the appliance asks for a client certificate', async () => {
    const tls = tlsNode({}, { certdata: '', keydata: '' });
    const { error } = await run({ tls });
    expect(error).toMatchObject({ code: 'ALLEGRO_CERTIFICATE' });
    expect(error!.message).toMatch(/client certificate/);
  });

  it('check the server name, and the authority', async () => {
    const named = await run({ tls: tlsNode({ servername: 'elsewhere.example' }) });
    expect(named.error!.message).toMatch(/issued for a different name/);
    const unknown = await run({ tls: tlsNode({}, { cadata: '' }) });
    expect(unknown.error).toMatchObject({ code: 'ALLEGRO_CERTIFICATE' });
    expect(unknown.error!.message).toContain('to the TLS configuration');
  });

  it('leave out the check only where the TLS configuration says so', async () => {
    const tls = tlsNode({ verifyservercert: false }, { cadata: '' });
    expect((await run({ tls })).error).toBeUndefined();
    // What the appliance node says of certificates counts no more, in either direction.
    const own = { ignoreCertificateErrors: true, caCertificate: 'no certificate at all' };
    const strict = await run({ tls: tlsNode({}, { cadata: '' }) }, own);
    expect(strict.error).toMatchObject({ code: 'ALLEGRO_CERTIFICATE' });
  });

  it('are not passed over when they are missing, disabled or unreadable', async () => {
    const missing = await run({}, { tls: 'nowhere' });
    expect(missing.error!.message).toMatch(/tls-config node .* missing or disabled/);
    const disabled = await run({ tls: tlsNode(), proxy: proxyNode({ d: true }) });
    expect(disabled.error!.message).toMatch(/http proxy node .* missing or disabled/);
    const unreadable = await run({ tls: tlsNode({ ca: '/no/such/file.pem' }) });
    expect(unreadable.error!.message).toMatch(/TLS configuration "Ours" cannot be read/);
  });
});

let count = 0;

/** Ever another one, because Node-RED keeps the credentials of an ID that it knows. */
function nextId(): string {
  return `c${++count}`;
}

/** TLS that asks for a client certificate, in front of a simulator that speaks plain HTTP. */
async function mutualTls(
  { url }: Simulator,
  authority: Pair,
  { key, cert }: Pair,
): Promise<Server> {
  const options = { key, cert, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (socket: TLSSocket) => {
    const behind = connect(Number(new URL(url).port), '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const one of [socket, behind]) one.on('error', () => undefined);
    socket.on('close', () => behind.destroy());
    behind.on('close', () => socket.destroy());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
