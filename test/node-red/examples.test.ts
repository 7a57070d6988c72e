import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeNode } from '../../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../../node-red/runtime/names';
import { NodeRedHost, type FlowNode } from '../../scripts/demo/node-red-host';
import { ROOT } from '../../scripts/demo/pack';
import { startSimulator, STEADY_HOST, type Simulator } from '../../simulator';
import { ask } from '../simulator/support';

jest.setTimeout(120_000);

const EXAMPLES = join(ROOT, 'examples/node-red');
const TOKEN = 'demo-token';
const CAPTURE = '/API/data/modules/capture';

/** Every example, imported as it is, in a real Node-RED with the simulated appliance behind it. */
describe('the examples in a real Node-RED', () => {
  let simulator: Simulator;
  let host: NodeRedHost;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 900 });
    host = await NodeRedHost.start();
  });
  afterAll(async () => {
    await host?.stop();
    await simulator?.close();
  });
  beforeEach(() => {
    simulator.faults.clear();
    simulator.clearRequests();
  });
  afterEach(() => {
    expect(host.isRunning).toBe(true);
    expect(host.log).not.toMatch(/uncaught|unhandled/i);
    expect(host.log).not.toContain(TOKEN);
  });

  /** Only the appliance is filled in. */
  async function deploy(name: string, token = TOKEN): Promise<void> {
    const nodes = JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as FlowNode[];
    const filledIn = {
      baseUrl: simulator.url,
      caCertificate: simulator.certificatePem,
      credentials: { token },
    };
    await host.deploy(
      nodes.map((node) =>
        node.type === APPLIANCE_TYPE ? completeNode({ ...node, ...filledIn }) : node,
      ),
    );
  }

  async function post(path: string, body: unknown) {
    const response = await fetch(host.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the flow answers
    return { status: response.status, body: (await response.json()) as any };
  }

  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const microseconds = (iso: string) => Date.parse(iso) * 1000;
  const files = () =>
    readdirSync(host.userDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(pcap|pcapng|part|tmp)/.test(name),
    );
  const alert = () => ({
    host: STEADY_HOST,
    time: new Date(Date.now() - 120_000).toISOString(),
  });

  it('are all run here', () => {
    expect(readdirSync(EXAMPLES).sort()).toEqual([
      'alert-to-pcap.json',
      'analyse-a-pcap.json',
      'freeze-capture-resume.json',
      'top-talkers-report.json',
    ]);
  });

  describe('alert to pcap', () => {
    beforeAll(() => deploy('alert-to-pcap'));

    it('writes the packets around the alert, byte by byte those of the appliance', async () => {
      const { status, body } = await post('/allegro/alert', alert());
      expect(status).toBe(200);
      const { requestedWindow, filename, packets } = body;
      const expected = await simulator.fileOf(
        `ip==${STEADY_HOST}`,
        microseconds(requestedWindow.from),
        microseconds(requestedWindow.to),
      );
      expect(packets).toBeGreaterThan(0);
      expect(body).toMatchObject({ complete: true, sha256: sha256(expected) });
      expect(readFileSync(filename).equals(expected)).toBe(true);
      expect(files().filter((name) => !name.endsWith('.pcap'))).toEqual([]);
    });

    it.each([
      ['a cut body', { kind: 'cut', afterBytes: 5000, framing: 'chunked' }, /broke off|not whole/],
      [
        'a page instead of packets',
        { kind: 'answer', status: 200, body: '<html>Login</html>' },
        /no capture/,
      ],
      ['a refusal', { kind: 'answer', status: 403, body: '{"error":"no"}' }, /may not do this/],
      ['a wrong login', { kind: 'answer', status: 401 }, /login/],
      ['an unknown path', { kind: 'answer', status: 404 }, /does not know this path/],
    ] as const)('says so and keeps nothing of %s', async (_what, fault, says) => {
      const before = files();
      simulator.faults.add({ path: CAPTURE, ...fault });
      const { status, body } = await post('/allegro/alert', alert());
      expect(status).toBe(502);
      expect(body.error).toMatch(says);
      expect(body.error).toContain(simulator.url);
      expect(files()).toEqual(before);
      expect(simulator.openCaptures()).toBe(0);
    });

    it.each([
      ['an address that is none', { host: '10.1.2.300' }],
      ['a time that is none', { time: 'yesterday' }],
    ])('refuses %s without a request', async (_what, wrong) => {
      const { status, body } = await post('/allegro/alert', { ...alert(), ...wrong });
      expect(status).toBe(400);
      expect(body.code).toBe('ALLEGRO_INPUT');
      expect(simulator.requests).toEqual([]);
    });

    it('says which permission is missing', async () => {
      await deploy('alert-to-pcap', 'stats-token');
      const { status, body } = await post('/allegro/alert', alert());
      expect(status).toBe(502);
      expect(body.error).toMatch(/permission/);
      expect(body.error).not.toContain('stats-token');
    });
  });

  describe('top talkers report', () => {
    it('names the talkers that the appliance counts, the busiest first', async () => {
      await deploy('top-talkers-report');
      const response = await fetch(`${host.url}/allegro/top-talkers`);
      const lines = (await response.text())
        .trim()
        .split('\n')
        .filter((line) => /^\s*\d+ {2}/.test(line));
      expect(response.status).toBe(200);
      expect(lines).toHaveLength(10);
      const numbers = lines.map((line) => Number(/([\d.]+) MB/.exec(line)![1]));
      expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
      const list = simulator.requests.find(({ path }) => path.endsWith('/ips_paged'))!;
      const { json } = await ask(simulator, list.url);
      expect(lines[0]).toContain(json.displayedItems[0].ip);
    });
  });

  describe('analyse a pcap', () => {
    it('uploads the file and tells the hosts in it', async () => {
      await deploy('analyse-a-pcap');
      const endUs = Math.floor(simulator.nowUs() / 1e6) * 1e6 - 5e6;
      const path = join(host.userDir, 'incident.pcap');
      writeFileSync(path, await simulator.fileOf(`ip==${STEADY_HOST}`, endUs - 30e6, endUs));
      const { packets } = await simulator.packetsIn(`ip==${STEADY_HOST}`, endUs - 30e6, endUs);
      const { status, body } = await post('/allegro/analyse', { file: path });
      expect(status).toBe(200);
      expect(body.upload).toMatchObject({ mmId: ':1', packets });
      expect(JSON.stringify(body)).toContain(STEADY_HOST);
      const { json } = await ask(simulator, `/API/stats/modules/ip/ips/${STEADY_HOST}?mm-id=:1`);
      expect(json.allTime[0] + json.allTime[2]).toBe(packets);
    });

    it('refuses a file that is no capture before anything is sent', async () => {
      const path = join(host.userDir, 'notes.txt');
      writeFileSync(path, 'no packets here');
      const { status, body } = await post('/allegro/analyse', { file: path });
      expect(status).toBe(400);
      expect(body.error).toMatch(/no capture file/);
      expect(simulator.requests).toEqual([]);
    });
  });

  describe('freeze, capture, resume', () => {
    const states = () =>
      simulator.requests.filter(({ method }) => method === 'POST').map(({ status }) => status);

    it('captures while the buffer is suspended, and resumes it', async () => {
      await deploy('freeze-capture-resume');
      const { status, body } = await post('/allegro/evidence', { host: STEADY_HOST });
      expect(status).toBe(200);
      expect(body.packets).toBeGreaterThan(0);
      expect(states()).toEqual([200, 200]);
      const paths = simulator.requests.map(({ path }) => path);
      expect(paths.indexOf(CAPTURE)).toBeGreaterThan(
        paths.findIndex((path) => path.includes('/buffer/')),
      );
      expect(simulator.isBufferSuspended()).toBe(false);
    });

    it('resumes it although the capture fails', async () => {
      simulator.faults.add({ path: CAPTURE, method: 'GET', kind: 'answer', status: 500 });
      const { status, body } = await post('/allegro/evidence', { host: STEADY_HOST });
      expect(status).toBe(502);
      expect(body.error).toMatch(/failed to answer/);
      expect(states()).toEqual([200, 200]);
      expect(simulator.isBufferSuspended()).toBe(false);
    });
  });
});
