import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../../../../scripts/hosts/node-red-host';
import { NEW_DEVICE, STEADY_HOST } from '../../../../simulator';
import { cutCapture } from '../../../contract/support/capture-faults';
import { ask } from '../../../simulator/support';
import { endTraffic } from '../../appliance-events';
import { expectOnPage } from '../../ten-jobs';
import { parts, named, type ExampleBench } from './example-bench';
import { type SimulatorBench } from '../support/simulator-bench';
import { hashOf, microseconds, ranking, type Row } from '../../truth';

interface Capture {
  path: string;
  sha256: string;
  packets: number;
  bytes: number;
  requestedWindow: { from: string; to: string };
}

interface Problem {
  error: string;
  code: string;
  canRetry: boolean;
}

const FILTER = `ip==${STEADY_HOST}`;

/** The small examples, which need nothing but an appliance. */

export function firstCapture(get: () => ExampleBench): void {
  const NAME = '13-first-capture';
  const alertSeconds = () => Math.floor(get().simulator.nowUs() / 1e6) - 300;
  const post = <T>(alert: object) => get().bench.post<T>('/allegro/alert', alert);

  it('stores exactly the packets around the alert', async () => {
    const { bench } = get();
    const nodes = await get().deploy(NAME);
    const alertUs = alertSeconds() * 1e6;
    const time = new Date(alertUs / 1000).toISOString();
    const { status, body } = await post<Capture>({ ip: STEADY_HOST, time });
    expect(status).toBe(200);
    const [startUs, endUs] = [alertUs - 60e6, alertUs + 30e6] as const;
    const window = body.requestedWindow;
    expect([window.from, window.to].map(microseconds)).toEqual([startUs, endUs]);
    const { packets } = await bench.simulator.packetsIn(FILTER, startUs, endUs);
    expect(packets).toBeGreaterThan(0);
    expect(body).toMatchObject({ packets, complete: true, expression: FILTER });
    await expectWholeFile(bench, body, startUs, endUs);
    const { id } = named(nodes, 'Packets around the alert');
    await until('the outcome below the node', () =>
      /^[\d,]+ packets, /.test(bench.events.statusesOf(id).at(-1) ?? ''),
    );
  });

  it('captures around the alert of two minutes ago that the button sends', async () => {
    const { bench, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    const { id } = named(nodes, 'Capture');
    await press(nodes, 'Try it');
    await until('the capture', () => bench.events.debugOf(id).length === 1);
    const capture = JSON.parse(bench.events.debugOf(id)[0]!) as Capture;
    expect(capture.path).toMatch(/\/captures\/[^/]+\.pcap$/);
    const { from, to } = capture.requestedWindow;
    expect(microseconds(to) - microseconds(from)).toBe(90e6);
    expect(capture.packets).toBeGreaterThan(0);
  });

  it('reads a time without a zone as UTC', async () => {
    await get().deploy(NAME);
    const time = new Date(alertSeconds() * 1000).toISOString().slice(0, 19);
    const { body } = await post<Capture>({ ip: STEADY_HOST, time });
    expect(microseconds(body.requestedWindow.from)).toBe(Date.parse(`${time}Z`) * 1000 - 60e6);
  });

  it.each([
    ['a time that is none', { ip: STEADY_HOST, time: 'yesterday' }],
    ['an address that is none', { ip: '10.1.2.300', time: '2026-11-23T15:50:00Z' }],
    ['no address', { time: '2026-11-23T15:50:00Z' }],
  ])('refuses %s without a request', async (_what, alert) => {
    await get().deploy(NAME);
    const { status, body } = await post<Problem>(alert);
    expect([status, body.code]).toEqual([400, 'ALLEGRO_INPUT']);
    expect(get().simulator.requests).toEqual([]);
  });

  it('tells the alerting system when the capture breaks off, and leaves no file', async () => {
    const { bench } = get();
    const nodes = await get().deploy(NAME);
    const before = bench.filesIn('captures');
    bench.simulator.faults.add(cutCapture);
    const time = new Date(alertSeconds() * 1000).toISOString();
    const { status, body } = await post<Problem>({ ip: STEADY_HOST, time });
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'ALLEGRO_INCOMPLETE', canRetry: true });
    expect(body.error).toMatch(/was lost after \d+ bytes/);
    expect(bench.filesIn('captures')).toEqual(before);
    const { id } = named(nodes, 'Error');
    await until('the Debug node', () => bench.events.debugOf(id).length === 1);
  });
}

export function topTalkersReport(get: () => ExampleBench): void {
  const NAME = '14-top-talkers-report';
  // The report ends with the second that has begun: without new traffic it can be counted again.
  beforeEach(() => endTraffic(get().simulator));

  it('names whom the simulator counts, and how much, when asked over HTTP', async () => {
    await get().deploy(NAME);
    const response = await fetch(`${get().url}/allegro/top-talkers`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    await expectTruth(await response.text());
  });

  it('says the same in the Debug node when somebody presses the button', async () => {
    const { bench, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    const { id } = named(nodes, 'Report');
    await press(nodes, 'Now');
    await until('the report', () => bench.events.debugOf(id).length === 1);
    await expectTruth(bench.events.debugOf(id)[0]!);
  });

  async function expectTruth(report: string): Promise<void> {
    const { simulator } = get();
    const asked = simulator.requests.find(({ path }) => path.endsWith('/ip/ips_paged'))!;
    const rows = await ranking(simulator, asked.url, 'interval');
    const lines = report.split('\n').filter((line) => /^ +\d+ {2}/.test(line));
    expect(lines).toHaveLength(10);
    lines.forEach((line, index) => {
      const { ip, bytes } = rows[index]!;
      const figures = [String(index + 1), ip, (bytes / 1e6).toFixed(1), 'MB'];
      expect(line.trim().split(/ +/).slice(0, 4)).toEqual(figures);
    });
    // Once more from the packets themselves: what is counted is what was on the wire.
    const query = new URL(asked.url, simulator.url).searchParams;
    const [startUs, endUs] = ['starttime', 'endtime'].map((name) => Number(query.get(name)) * 1e6);
    const first = await simulator.packetsIn(`ip==${rows[0]!.ip}`, startUs!, endUs!);
    expect(first.bytes).toBe(rows[0]!.bytes);
  }
}

export function analyseTheBusiestHost(get: () => ExampleBench): void {
  const NAME = '15-analyse-the-busiest-host';

  it('counts in the slot exactly the packets of the upload', async () => {
    const { bench, simulator, deploy } = parts(get());
    await deploy(NAME);
    const { status, body } = await bench.post<{
      capture: Capture & { expression: string };
      upload: Record<string, unknown>;
      hosts: Array<{ ip: string; allTime: { totalPackets: number; totalBytes: number } }>;
    }>('/allegro/analyse', {});
    expect(status).toBe(200);
    const { capture, upload, hosts } = body;
    const { from, to } = capture.requestedWindow;
    const [startUs, endUs] = [microseconds(from), microseconds(to)] as const;
    const content = readFileSync(capture.path);
    expect(hashOf(content)).toBe(
      hashOf(await simulator.fileOf(capture.expression, startUs, endUs)),
    );
    const truth = await simulator.packetsIn(capture.expression, startUs, endUs);
    expect(truth.packets).toBeGreaterThan(0);
    expect(upload).toMatchObject({
      mmId: ':1',
      fileBytes: content.length,
      packets: truth.packets,
      statisticsSettled: true,
      statistics: { totalPackets: truth.packets, totalBytes: truth.bytes },
    });
    const counted = await ask(simulator, '/API/stats/modules/ip?mm-id=:1');
    const [rxPackets, rxBytes, txPackets, txBytes] = counted.json.globalCounters.allTime;
    expect([rxPackets + txPackets, rxBytes + txBytes]).toEqual([truth.packets, truth.bytes]);
    const rows = await ranking(
      simulator,
      '/API/stats/modules/ip/ips_paged?mm-id=:1&count=100',
      'allTime',
    );
    const [busiest] = rows;
    expect(`ip==${busiest!.ip}`).toBe(capture.expression);
    expect(busiest).toMatchObject({ packets: truth.packets, bytes: truth.bytes });
    const listed = hosts.map(({ ip, allTime }): Row => ({
      ip,
      packets: allTime.totalPackets,
      bytes: allTime.totalBytes,
    }));
    expect(listed).toEqual(rows.slice(0, 10));
  });

  it('answers with what failed, and uploads nothing', async () => {
    const { bench, simulator, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 403 });
    const { status, body } = await bench.post<Problem>('/allegro/analyse', {});
    expect([status, body.code]).toEqual([502, 'ALLEGRO_PERMISSION']);
    expect(simulator.requests.every(({ method }) => method === 'GET')).toBe(true);
  });
}

export function lookUpAHost(get: () => ExampleBench): void {
  const ask = async (ip: string) => {
    const response = await fetch(`${get().url}/allegro/host`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ip }),
    });
    const type = response.headers.get('content-type');
    return { status: response.status, type, text: await response.text() };
  };

  it('answers with what is known of the host, or with what failed', async () => {
    await get().deploy('18-look-up-a-host');
    const known = await ask(STEADY_HOST);
    expect(known.status).toBe(200);
    expect(known.text).toMatch(/^10\.1\.2\.3 .*received .*\nPeers: .*\nProtocols: .*%/);
    expectOnPage('enrichment', known.text);
    expect((await ask('192.0.2.77')).text).toMatch(/^192\.0\.2\.77: not seen/);
    const refused = await ask('<b>alice</b>');
    expect(refused.status).toBe(502);
    expect(refused.text).toMatch(/"<b>alice<\/b>" is not a valid IP address\./);
    // A browser must not run what others have written.
    const types = [known, refused].map(({ type }) => type);
    expect(types).toEqual(Array(2).fill('text/plain; charset=utf-8'));
  });
}

export function newDevices(get: () => ExampleBench): void {
  const SECRET = 'a-secret-of-20-chars';
  const deploy = () =>
    get().deploy('16-new-devices', (nodes) => {
      // As a person who is in a hurry would set it.
      Object.assign(named(nodes, 'New devices'), { pollSeconds: '10' });
      Object.assign(named(nodes, 'Pushed interfaces'), { credentials: { secret: SECRET } });
    });

  it('tells of new devices', async () => {
    const { bench, simulator } = get();
    const nodes = await deploy();
    const trigger = named(nodes, 'New devices').id;
    await until('a first poll', () =>
      bench.events.statusesOf(trigger).some((text) => text.includes('watched')),
    );
    const { ip, mac } = NEW_DEVICE;
    simulator.inject({ from: ip, mac, bytesPerSecond: 6000, seconds: 12 });
    const alerts = () => bench.events.debugOf(named(nodes, 'The alert').id);
    await until('the alert', () => alerts().join().includes(`MAC ${mac} (`));
    expectOnPage('new-device', String(alerts().find((text) => text?.includes(mac))));
  });

  it('shows what the appliance pushes', async () => {
    const { bench, simulator, url } = get();
    const nodes = await deploy();
    const target = `${url}/allegro/interfaces?secret=${SECRET}`;
    const path = '/API/stats/interfaces';
    const sent = simulator.exportStatistics({ path, target, intervalSeconds: 60 });
    expect(await sent.send()).toBe(200);
    sent.stop();
    const { id } = named(nodes, 'Interfaces');
    await until('the statistics', () => bench.events.debugOf(id).length === 1);
    expect(bench.events.debugOf(id)[0]).toContain('Interface 1');
  });
}

export function devicesAndSystem(get: () => ExampleBench): void {
  const ask = async () => {
    await get().deploy('17-devices-and-system');
    const response = await fetch(`${get().url}/allegro/devices`);
    return { status: response.status, body: (await response.json()) as unknown };
  };

  it('asks each device for its system information', async () => {
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect((body as Array<{ hostname: string }>).map(({ hostname }) => hostname)).toEqual([
      'allegro-mm-1a2b',
      'allegro-mm-2b3c',
    ]);
  });

  it('answers with what failed', async () => {
    get().simulator.faults.add({ kind: 'answer', status: 403 });
    const { status, body } = await ask();
    expect([status, (body as Problem).code]).toEqual([500, 'ALLEGRO_PERMISSION']);
  });
}

/** Under its own name, the same byte for byte as the simulator's own, and nothing else with it. */
async function expectWholeFile(
  bench: SimulatorBench,
  capture: Capture,
  startUs: number,
  endUs: number,
): Promise<void> {
  expect(dirname(capture.path)).toBe(join(bench.host.userDir, 'captures'));
  const content = readFileSync(capture.path);
  const file = await bench.simulator.fileOf(FILTER, startUs, endUs);
  expect(capture.sha256).toBe(hashOf(content));
  expect(capture.sha256).toBe(hashOf(file));
  expect(capture.bytes).toBe(content.length);
  expect(bench.filesIn('captures').filter((name) => /^\.|\.part$/.test(name))).toEqual([]);
}
