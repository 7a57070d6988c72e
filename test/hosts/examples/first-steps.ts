import { STEADY_HOST } from '../../../simulator';
import { cutCapture } from '../../contract/support/capture-faults';
import { endTraffic } from '../appliance-events';
import { expectOnPage } from '../ten-jobs';
import { capturesOf, hashOf, ranking, requestedWindow } from '../truth';
import type { ExampleHost, ExampleSuite, Told } from './example-host';

/** The small examples that show one thing each, and need nothing but an appliance. */

const FILTER = `ip==${STEADY_HOST}`;

/** Without a login, nothing works: the example says so, and what failed. */
export async function expectRefused(
  host: ExampleHost,
  name: string,
  failed: RegExp,
  how: 'ask' | 'tell' = 'tell',
): Promise<void> {
  host.simulator.clearRequests();
  host.simulator.faults.add({ kind: 'answer', status: 401 });
  const { text } = await (await host.begin(name))[how]();
  expect(text).toMatch(failed);
  expect(text).toContain('HTTP 401');
  expect(host.simulator.requests.every(({ method }) => method === 'GET')).toBe(true);
  expect(capturesOf(host.simulator)).toEqual([]);
}

export const firstCapture: ExampleSuite = (get) => {
  const NAME = '13-first-capture';

  /** The file has exactly the packets that were asked for, and what is said of it is true. */
  async function expectTruth({ data: [json], file }: Told): Promise<void> {
    const { simulator } = get();
    const { startUs, endUs } = requestedWindow({ json: json! });
    expect(endUs - startUs).toBe(90e6);
    const { packets } = await simulator.packetsIn(FILTER, startUs, endUs);
    expect(packets).toBeGreaterThan(0);
    const sha256 = hashOf(await simulator.fileOf(FILTER, startUs, endUs));
    expect(json).toMatchObject({ packets, sha256, bytes: file!.length, complete: true });
    expect(hashOf(file!)).toBe(sha256);
  }

  it('stores the packets around the alert that its button sends', async () => {
    await expectTruth(await (await get().begin(NAME)).tell());
  });

  it('takes an alert over HTTP', async () => {
    const time = new Date(Math.floor(get().simulator.nowUs() / 1e6) * 1000 - 300_000);
    const alert = { time: time.toISOString(), ip: STEADY_HOST, id: 'T-1' };
    const told = await (await get().begin(NAME)).ask(alert);
    expect(told.status).toBe(200);
    await expectTruth(told);
    expect(requestedWindow({ json: told.data[0]! }).startUs).toBe(time.getTime() * 1000 - 60e6);
  });

  it('says so where the capture breaks off, without a file', async () => {
    get().simulator.faults.add(cutCapture);
    const { text, file } = await (await get().begin(NAME)).tell();
    expect(text).toMatch(/was lost after \d+ bytes/);
    expect(file).toBeUndefined();
  });
};

export const topTalkersReport: ExampleSuite = (get) => {
  const NAME = '14-top-talkers-report';

  it('names whom the simulator counts as the first', async () => {
    const { simulator } = get();
    // The report ends with the second that has begun: without new traffic it can be counted again.
    await endTraffic(simulator);
    const { text } = await (await get().begin(NAME)).ask();
    const asked = simulator.requests.find(({ path }) => path.endsWith('/ip/ips_paged'))!;
    const rows = await ranking(simulator, asked.url, 'interval');
    const lines = text.split('\n').filter((line) => /^\d+\. /.test(line));
    expect(lines).toHaveLength(Math.min(10, rows.length));
    lines.forEach((line, index) => {
      const { ip, bytes } = rows[index]!;
      expect(line).toContain(`${index + 1}. ${ip} `);
      expect(line).toContain(`: ${(bytes / 1e6).toFixed(1)} MB, `);
    });
    // Once more from the packets themselves: what is counted is what was on the wire.
    const query = new URL(asked.url, simulator.url).searchParams;
    const [startUs, endUs] = ['starttime', 'endtime'].map((name) => Number(query.get(name)) * 1e6);
    const first = await simulator.packetsIn(`ip==${rows[0]!.ip}`, startUs!, endUs!);
    expect(first.bytes).toBe(rows[0]!.bytes);
  });

  it('says what failed', () => expectRefused(get(), NAME, /./, 'ask'));
};

export const analyseTheBusiestHost: ExampleSuite = (get) => {
  const NAME = '15-analyse-the-busiest-host';

  interface Analysis {
    capture: { expression: string } & Record<string, unknown>;
    upload: Record<string, unknown>;
    hosts: Array<{ ip: string; allTime: { totalPackets: number; totalBytes: number } }>;
  }

  it('counts in the slot exactly the packets of the upload', async () => {
    const { simulator } = get();
    const { data, file } = await (await get().begin(NAME)).ask();
    const { capture, upload, hosts } = data[0] as unknown as Analysis;
    const { startUs, endUs } = requestedWindow({ json: capture });
    const truth = await simulator.packetsIn(capture.expression, startUs, endUs);
    expect(truth.packets).toBeGreaterThan(0);
    expect(hashOf(file!)).toBe(hashOf(await simulator.fileOf(capture.expression, startUs, endUs)));
    expect(upload).toMatchObject({
      mmId: ':1',
      fileBytes: file!.length,
      packets: truth.packets,
      complete: true,
      statisticsSettled: true,
      statistics: { totalPackets: truth.packets, totalBytes: truth.bytes },
    });
    const list = '/API/stats/modules/ip/ips_paged?mm-id=:1&count=100';
    const rows = await ranking(simulator, list, 'allTime');
    expect(rows[0]).toMatchObject({ packets: truth.packets, bytes: truth.bytes });
    expect(`ip==${rows[0]!.ip}`).toBe(capture.expression);
    const counted = new Map(rows.map(({ ip, packets, bytes }) => [ip, [packets, bytes]]));
    expect(hosts.length).toBeGreaterThanOrEqual(Math.min(10, rows.length));
    for (const { ip, allTime } of hosts) {
      expect([allTime.totalPackets, allTime.totalBytes]).toEqual(counted.get(ip));
    }
  });

  it('says what failed, and uploads nothing', () => expectRefused(get(), NAME, /./, 'ask'));
};

export const devicesAndSystem: ExampleSuite = (get) => {
  const NAME = '17-devices-and-system';

  it('asks each device for its system information', async () => {
    const { data } = await (await get().begin(NAME)).ask();
    const names = data.flatMap(({ hostname }) => (hostname === undefined ? [] : [hostname]));
    expect(names).toEqual(['allegro-mm-1a2b', 'allegro-mm-2b3c']);
  });

  it('says what failed', () => expectRefused(get(), NAME, /./, 'ask'));
};

export const lookUpAHost: ExampleSuite = (get) => {
  it('answers with what is known of the host, or with what failed', async () => {
    const example = await get().begin('18-look-up-a-host');
    const known = await example.ask({ ip: STEADY_HOST });
    expect(known.status).toBe(200);
    expect(known.text).toMatch(/^10\.1\.2\.3 .*received .*\nPeers: .*\nProtocols: .*%/);
    expectOnPage('enrichment', known.text);
    expect((await example.ask({ ip: '192.0.2.77' })).text).toMatch(/^192\.0\.2\.77: not seen/);
    const refused = await example.ask({ ip: '<b>alice</b>' });
    expect(refused.status).toBe(502);
    expect(refused.text).toMatch(/"<b>alice<\/b>" is not a valid IP address\./);
    // A browser must not run what others have written.
    const types = [known, refused].map(({ contentType }) => contentType);
    expect(types).toEqual(Array(2).fill('text/plain; charset=utf-8'));
  });
};
