import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../scripts/demo/node-red-host';
import { ROOT } from '../../../scripts/demo/pack';
import { STEADY_HOST } from '../../../simulator';
import { ask } from '../../simulator/support';
import { CAPTURE, CAPTURE_PATH, captureFaults, cutCapture } from '../../contract/capture-faults';
import { hashOf, microseconds, SimulatorBench } from './simulator-bench';

jest.setTimeout(90_000);

interface Capture {
  filename: string;
  sha256: string;
  packets: number;
  bytes: number;
  complete: boolean;
  requestedWindow: { from: string; to: string };
  coveredWindow: { from: string; to: string };
}

interface Problem {
  error: string;
  code: string;
  canRetry: boolean;
}

const FILTER = `ip==${STEADY_HOST}`;

/** Every example as it stands in its file, and what has to be true at the appliance afterwards. */
describe('the examples for Node-RED, with the simulator', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    // Counting packets keeps this process busy; that Node-RED closed idle connections meanwhile has
    // to be noticed before one of them is used again.
    await pause(50);
    expect(bench.host.isRunning).toBe(true);
    expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
  });

  // Those in the folder scale-out need a broker and several instances: npm run test:scale.
  it('are all run here', () => {
    const names = readdirSync(join(ROOT, 'examples/node-red'));
    expect(names.filter((name) => /^\D.*\.json$/.test(name)).sort()).toEqual([
      'alert-to-pcap.json',
      'analyse-a-pcap.json',
      'care-of-the-appliance.json',
      'connections-and-inventory.json',
      'estimate-then-capture.json',
      'freeze-capture-resume.json',
      'top-talkers-report.json',
      'watch-and-alert.json',
    ]);
  });

  describe('alert to pcap', () => {
    const alertSeconds = () => Math.floor(bench.simulator.nowUs() / 1e6) - 300;

    beforeAll(() => bench.host.deploy(bench.make.example('alert-to-pcap')));

    it('stores exactly the packets around the alert', async () => {
      const alertUs = alertSeconds() * 1e6;
      const { status, body } = await bench.post<Capture>('/allegro/alert', {
        host: STEADY_HOST,
        time: new Date(alertUs / 1000).toISOString(),
      });
      expect(status).toBe(200);
      const [startUs, endUs] = [alertUs - 60e6, alertUs + 60e6] as const;
      const window = body.requestedWindow;
      expect([window.from, window.to].map(microseconds)).toEqual([startUs, endUs]);
      const { packets } = await bench.simulator.packetsIn(FILTER, startUs, endUs);
      expect(packets).toBeGreaterThan(0);
      expect(body).toMatchObject({ packets, complete: true, expression: FILTER });
      await expectWholeFile(body, startUs, endUs);
      await until('the outcome below the node', () =>
        /^[\d,]+ packets, /.test(bench.events.statusesOf('a1e6700103').at(-1) ?? ''),
      );
    });

    it('reads a time without a zone as UTC', async () => {
      const iso = new Date(alertSeconds() * 1000).toISOString().slice(0, 19);
      const alert = { host: STEADY_HOST, time: iso };
      const { body } = await bench.post<Capture>('/allegro/alert', alert);
      expect(microseconds(body.requestedWindow.from)).toBe(Date.parse(`${iso}Z`) * 1000 - 60e6);
    });

    it.each([
      ['a time that is none', { host: STEADY_HOST, time: 'yesterday' }],
      ['an address that is none', { host: '10.1.2.300', time: '2026-11-23T15:50:00Z' }],
      ['no address', { time: '2026-11-23T15:50:00Z' }],
    ])('refuses %s without a request', async (_what, alert) => {
      const { status, body } = await bench.post<Problem>('/allegro/alert', alert);
      expect([status, body.code]).toEqual([400, 'ALLEGRO_INPUT']);
      expect(bench.simulator.requests).toEqual([]);
    });

    it('tells the alerting system when the capture breaks off, and leaves no file', async () => {
      const before = bench.filesIn('captures');
      bench.simulator.faults.add(cutCapture);
      const time = new Date(alertSeconds() * 1000).toISOString();
      const { status, body } = await bench.post<Problem>('/allegro/alert', {
        host: STEADY_HOST,
        time,
      });
      expect(status).toBe(502);
      expect(body).toMatchObject({ code: 'ALLEGRO_INCOMPLETE', canRetry: true });
      expect(body.error).toMatch(/broke off after \d+ bytes/);
      expect(bench.filesIn('captures')).toEqual(before);
      await until('the Debug node', () => bench.events.debugOf('a1e6700109').length === 1);
    });
  });

  describe('estimate, then capture', () => {
    const alert = () => ({
      host: STEADY_HOST,
      time: new Date(bench.simulator.nowUs() / 1000 - 300_000).toISOString(),
    });

    it('captures what fits, and the evidence names the flow', async () => {
      await bench.host.deploy(bench.make.example('estimate-then-capture'));
      const { status, body } = await bench.post<Capture & { evidence: Record<string, unknown> }>(
        '/allegro/estimate',
        alert(),
      );
      expect(status).toBe(200);
      expect(body).toMatchObject({ complete: true, expression: FILTER });
      expect(body.evidence).toMatchObject({
        origin: {
          host: { name: 'Node-RED', version: expect.stringMatching(/^\d+\.\d+/) },
          workflow: { name: 'Estimate, then capture' },
        },
        files: [{ sha256: body.sha256 }],
      });
    });

    it('answers with the figures of what does not fit, and captures nothing', async () => {
      const nodes = bench.make
        .example('estimate-then-capture')
        .map((node) =>
          node.type === 'allegro-multimeter-estimate-capture'
            ? { ...node, maxMegabytes: '0.001' }
            : node,
        );
      await bench.host.deploy(nodes);
      const { status, body } = await bench.post<Record<string, unknown>>(
        '/allegro/estimate',
        alert(),
      );
      expect(status).toBe(413);
      expect(body).toMatchObject({ fitsLimit: false, limitBytes: 1000, exact: false });
      expect(bench.simulator.requests.filter(({ path }) => path === CAPTURE_PATH)).toEqual([]);
    });
  });

  describe('top talkers report', () => {
    beforeAll(() => bench.host.deploy(bench.make.example('top-talkers-report')));
    // The report ends with the second that has begun: without new traffic it can be counted again.
    beforeEach(() => quiet());

    it('names whom the simulator counts, and how much, when asked over HTTP', async () => {
      const response = await fetch(`${bench.host.url}/allegro/top-talkers`);
      expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
      await expectTruth(await response.text());
    });

    it('says the same in the Debug node when somebody presses the button', async () => {
      const { status } = await fetch(`${bench.host.url}/inject/a1e6700202`, { method: 'POST' });
      expect(status).toBe(200);
      await until('the report', () => bench.events.debugOf('a1e6700208').length === 1);
      await expectTruth(bench.events.debugOf('a1e6700208')[0]!);
    });

    async function quiet(): Promise<void> {
      bench.simulator.setQuiet(true);
      await pause(1100);
    }

    async function expectTruth(report: string): Promise<void> {
      const asked = bench.simulator.requests.find(({ path }) => path.endsWith('/ip/ips_paged'))!;
      const rows = await bench.ranking(asked.url, 'interval');
      const lines = report.split('\n').filter((line) => /^ +\d+ {2}/.test(line));
      expect(lines).toHaveLength(10);
      lines.forEach((line, index) => {
        const { ip, bytes } = rows[index]!;
        const [rank, named, amount, unit] = line.trim().split(/ +/);
        expect([rank, named, amount, unit]).toEqual([
          String(index + 1),
          ip,
          (bytes / 1e6).toFixed(1),
          'MB',
        ]);
      });
      // Once more from the packets themselves: what is counted is what was on the wire.
      const query = new URL(asked.url, bench.simulator.url).searchParams;
      const [startUs, endUs] = ['starttime', 'endtime'].map(
        (name) => Number(query.get(name)) * 1e6,
      );
      const first = await bench.simulator.packetsIn(`ip==${rows[0]!.ip}`, startUs!, endUs!);
      expect(first.bytes).toBe(rows[0]!.bytes);
    }
  });

  it('analyse a pcap: refuses a file that is no capture before anything is sent', async () => {
    await bench.host.deploy(bench.make.example('analyse-a-pcap'));
    const file = join(bench.host.userDir, 'notes.txt');
    writeFileSync(file, 'no packets here');
    const { status, body } = await bench.post<Problem>('/allegro/analyse', { file });
    expect(status).toBe(400);
    expect(body.error).toMatch(/not a capture file/);
    expect(bench.simulator.requests).toEqual([]);
  });

  it('analyse a pcap: the slot counts exactly the packets of the upload', async () => {
    await bench.host.deploy(bench.make.example('analyse-a-pcap'));
    const endUs = Math.floor(bench.simulator.nowUs() / 1e6) * 1e6 - 60e6;
    const content = await bench.simulator.fileOf(FILTER, endUs - 60e6, endUs);
    const truth = await bench.simulator.packetsIn(FILTER, endUs - 60e6, endUs);
    expect(truth.packets).toBeGreaterThan(0);
    const file = join(bench.host.userDir, 'incident.pcap');
    writeFileSync(file, content);
    const { status, body } = await bench.post<{
      upload: Record<string, unknown>;
      hosts: Array<{ ip: string; allTime: { totalPackets: number; totalBytes: number } }>;
    }>('/allegro/analyse', { file });
    expect(status).toBe(200);
    expect(body.upload).toMatchObject({
      mmId: ':1',
      fileName: 'incident.pcap',
      fileBytes: content.length,
      packets: truth.packets,
      statisticsSettled: true,
      statistics: { totalPackets: truth.packets, totalBytes: truth.bytes },
    });
    const counted = await ask(bench.simulator, '/API/stats/modules/ip?mm-id=:1');
    const [rxPackets, rxBytes, txPackets, txBytes] = counted.json.globalCounters.allTime;
    expect([rxPackets + txPackets, rxBytes + txBytes]).toEqual([truth.packets, truth.bytes]);
    const list = '/API/stats/modules/ip/ips_paged?mm-id=:1&count=100';
    const rows = await bench.ranking(list, 'allTime');
    expect(rows[0]).toEqual({ ip: STEADY_HOST, packets: truth.packets, bytes: truth.bytes });
    expect(
      body.hosts.map(({ ip, allTime }) => ({
        ip,
        packets: allTime.totalPackets,
        bytes: allTime.totalBytes,
      })),
    ).toEqual(rows.slice(0, 10));
  });

  describe('watch and alert', () => {
    const SECRET = 'a-secret-of-20-chars';
    const alerts = () => bench.events.debugOf('a1e6700705');

    beforeAll(() => {
      // As a person who is in a hurry would set it.
      const quick: Record<string, Record<string, unknown>> = {
        a1e6700702: {
          pollSeconds: '10',
          windowSeconds: '10',
          windowsInARow: '1',
          limit: '20000000',
        },
        a1e6700706: { pollSeconds: '10' },
        a1e6700707: { pollSeconds: '10' },
        a1e6700708: { credentials: { secret: SECRET } },
      };
      const nodes = bench.make.example('watch-and-alert');
      return bench.host.deploy(nodes.map((node) => ({ ...node, ...withClear(quick[node.id]) })));
    });

    it('saves the packets of a busy host, and tells of incidents and new devices', async () => {
      await until('a first poll of all', () =>
        ['a1e6700702', 'a1e6700706', 'a1e6700707'].every((id) =>
          bench.events.statusesOf(id).some((text) => text.includes('watched')),
        ),
      );
      bench.simulator.incidents.report({ ruleName: 'Too many retries', text: 'See the list' });
      bench.simulator.inject({ from: '10.8.0.1', bytesPerSecond: 6e6, seconds: 12 });
      await until('the alerts', () => alerts().length >= 4, 40_000);
      const text = alerts().join('\n');
      expect(text).toMatch(/new: Too many retries at .+ See the list/);
      expect(text).toContain('new: 02:01:0a:08:00:01 at ');
      const [, packets, file] =
        /(\d+) packets of the busy host are in (\S+) \(ip==10\.8\.0\.1\)/.exec(text)!;
      expect(Number(packets)).toBeGreaterThan(0);
      expect(readFileSync(file!).length).toBeGreaterThan(Number(packets) * 1400);
    });

    it('shows what the appliance pushes', async () => {
      const target = `${bench.host.url}/allegro/interfaces?secret=${SECRET}`;
      const path = '/API/stats/interfaces';
      const sent = bench.simulator.exportStatistics({ path, target, intervalSeconds: 60 });
      expect(await sent.send()).toBe(200);
      sent.stop();
      await until('the statistics', () => bench.events.debugOf('a1e6700709').length === 1);
      expect(bench.events.debugOf('a1e6700709')[0]).toContain('Interface 1');
    });

    function withClear(more: Record<string, unknown> = {}): Record<string, unknown> {
      return 'limit' in more ? { ...more, clearLimit: '' } : more;
    }
  });

  // The last ones: what the buffer misses while it is suspended stays missing.
  describe('freeze, capture, resume', () => {
    beforeAll(() => bench.host.deploy(bench.make.example('freeze-capture-resume')));

    it('captures from a buffer that stands still, and lets it record again', async () => {
      slowDownCapture();
      const answer = bench.post<Capture>('/allegro/evidence', { host: STEADY_HOST });
      await bench.capturing();
      expect(bench.simulator.isBufferSuspended()).toBe(true);
      const { status, body } = await answer;
      expect(status).toBe(200);
      expect(bench.simulator.isBufferSuspended()).toBe(false);
      expect(bufferAndCapture()).toEqual(['POST', 'GET', 'POST']);
      expect(body.complete).toBe(true);
      const { requestedWindow, coveredWindow } = body;
      await expectWholeFile(
        body,
        microseconds(requestedWindow.from),
        microseconds(coveredWindow.to) + 1,
      );
    });

    it.each([
      ['cut', 'ALLEGRO_INCOMPLETE'],
      ['failed', 'ALLEGRO_APPLIANCE'],
      ['refused', 'ALLEGRO_PERMISSION'],
      ['page', 'ALLEGRO_BAD_ANSWER'],
    ] as const)('lets it record again when the capture fails: %s', async (name, code) => {
      const before = bench.filesIn('captures');
      bench.simulator.faults.add(captureFaults[name]);
      const { status, body } = await bench.post<Problem>('/allegro/evidence', {
        host: STEADY_HOST,
      });
      expect([status, body.code]).toEqual([502, code]);
      expect(bench.simulator.isBufferSuspended()).toBe(false);
      expect(bufferAndCapture()).toEqual(['POST', 'GET', 'POST']);
      expect(bench.filesIn('captures')).toEqual(before);
    });

    it('says that the buffer may still be suspended when it cannot be resumed', async () => {
      const notNow = { kind: 'answer', status: 500, method: 'POST', skip: 1 } as const;
      bench.simulator.faults.add({ ...notNow, path: `${CAPTURE_PATH}/buffer` });
      const { status, body } = await bench.post<Problem>('/allegro/evidence', {
        host: STEADY_HOST,
      });
      expect(status).toBe(502);
      expect(body.error).toMatch(/^The ring buffer may still be suspended: /);
      expect(bench.simulator.isBufferSuspended()).toBe(true);
      bench.simulator.faults.clear();
      await bench.post('/allegro/evidence', { host: STEADY_HOST });
      expect(bench.simulator.isBufferSuspended()).toBe(false);
    });

    /** Long enough to look at the buffer meanwhile. */
    function slowDownCapture(): void {
      bench.simulator.faults.add({ kind: 'slow', bytesPerSecond: 4e6, ...CAPTURE });
    }

    /** Methods of what was asked of the ring buffer: POST changes it, GET captures. */
    function bufferAndCapture(): string[] {
      return bench.simulator.requests
        .filter(({ path }) => path.startsWith(CAPTURE_PATH))
        .map(({ method }) => method);
    }
  });

  /** Under its own name, the same byte for byte as the simulator's own, and nothing else with it. */
  async function expectWholeFile(capture: Capture, startUs: number, endUs: number): Promise<void> {
    const folder = join(bench.host.userDir, 'captures');
    expect(dirname(capture.filename)).toBe(folder);
    const content = readFileSync(capture.filename);
    const file = await bench.simulator.fileOf(FILTER, startUs, endUs);
    expect(capture.sha256).toBe(hashOf(content));
    expect(capture.sha256).toBe(hashOf(file));
    expect(capture.bytes).toBe(content.length);
    expect(bench.filesIn('captures').filter((name) => /^\.|\.part$/.test(name))).toEqual([]);
  }
});
