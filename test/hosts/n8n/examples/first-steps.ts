import type { Item } from '../../../../scripts/hosts/n8n-rest';
import { STEADY_HOST } from '../../../../simulator';
import { cutCapture } from '../../../contract/support/capture-faults';
import { endTraffic } from '../../appliance-events';
import { expectOnPage } from '../../ten-jobs';
import type { ExampleBench } from './example-bench';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { hashOf, ranking, requestedWindow } from '../../truth';

const FILTER = `ip==${STEADY_HOST}`;

/** The small examples, which need nothing but an appliance. */

export function firstCapture(get: () => ExampleBench): void {
  const NAME = '13-first-capture';

  it('stores the packets around the alert', async () => {
    const bench = get();
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const [{ json }] = items.Evidence;
    const { startUs, endUs } = requestedWindow(items.Evidence[0]);
    expect(endUs - startUs).toBe(90e6);
    const { packets } = await bench.simulator.packetsIn(FILTER, startUs, endUs);
    expect(packets).toBeGreaterThan(0);
    expect(json).toMatchObject({ packets, complete: true, endedBy: 'device' });
    expect(json.subject).toMatch(/^Packets for TICKET-4711_.*\.pcap$/);
    expect(json.text).toMatch(new RegExp(`^${packets} packets \\(${json.bytes as number} bytes`));
    const file = await bench.simulator.fileOf(FILTER, startUs, endUs);
    expect(await storedHash(bench, items.Evidence[0])).toBe(hashOf(file));
    expect(json.sha256).toBe(hashOf(file));
  });

  it('takes an alert by webhook', async () => {
    const bench = get();
    const published = await bench.publish(bench.example(NAME));
    try {
      const time = new Date(Math.floor(bench.simulator.nowUs() / 1e6) * 1000 - 120_000);
      const response = await published.send('webhook/allegro-alert', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ time: time.toISOString(), ip: STEADY_HOST, id: 'T-1' }),
      });
      expect(response.status).toBe(200);
      const { items } = await published.execution();
      expect(requestedWindow(items.Evidence[0]).startUs).toBe(time.getTime() * 1000 - 60e6);
      expect(items.Evidence[0].json).toMatchObject({ complete: true, expression: FILTER });
    } finally {
      await published.end();
    }
  });

  it('says so where there are no packets', async () => {
    const bench = get();
    const workflow = bench.example(NAME, {
      parameters: { 'Capture Around Alert': { host: '192.0.2.99' } },
    });
    const { status, items } = await bench.run(workflow, 'Try It');
    expect(status).toBe('success');
    expect(items.Evidence).toBeUndefined();
    expect(items['No Packets'][0].json.text).toMatch(/^No packets for ip==192\.0\.2\.99 /);
  });

  it('goes another way where the capture breaks off, without a file', async () => {
    const bench = get();
    bench.simulator.faults.add(cutCapture);
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    expect(items.Evidence).toBeUndefined();
    const [failed] = items['Capture Failed'];
    expect(failed.json.text).toMatch(/was lost after \d+ bytes.* again/s);
    expect(failed.binary).toBeUndefined();
  });
}

export function topTalkersReport(get: () => ExampleBench): void {
  const NAME = '14-top-talkers-report';

  it('names whom the simulator counts as the first', async () => {
    const bench = get();
    // The report ends with the second that has begun: without new traffic it can be counted again.
    await endTraffic(bench.simulator);
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const lines = (items.Message[0].json.text as string).split('\n');
    const asked = bench.simulator.requests.find(({ path }) => path.endsWith('/ip/ips_paged'))!;
    const rows = await ranking(bench.simulator, asked.url, 'interval');
    expect(lines).toHaveLength(Math.min(10, rows.length));
    lines.forEach((line, index) => {
      const { ip, bytes } = rows[index];
      expect(line).toContain(`${index + 1}. ${ip} `);
      expect(line).toContain(`: ${(bytes / 1e6).toFixed(1)} MB, `);
    });
    // Once more from the packets themselves: what is counted is what was on the wire.
    const query = new URL(asked.url, bench.simulator.url).searchParams;
    const [startUs, endUs] = ['starttime', 'endtime'].map((name) => Number(query.get(name)) * 1e6);
    const first = await bench.simulator.packetsIn(`ip==${rows[0].ip}`, startUs, endUs);
    expect(first.bytes).toBe(rows[0].bytes);
  });

  it('says what failed', () => expectFailure(get(), NAME, /^Failed: the report of top talkers\n/));
}

export function analyseTheBusiestHost(get: () => ExampleBench): void {
  const NAME = '15-analyse-the-busiest-host';

  it('counts in the slot exactly the packets of the upload', async () => {
    const bench = get();
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const [capture] = items['Its Packets'];
    const { ip } = items['Busiest Host'][0].json as { ip: string };
    const { startUs, endUs } = requestedWindow(capture);
    const truth = await bench.simulator.packetsIn(`ip==${ip}`, startUs, endUs);
    const file = await bench.simulator.fileOf(`ip==${ip}`, startUs, endUs);
    expect(await storedHash(bench, capture)).toBe(hashOf(file));
    expect(items['Upload Pcap'][0].json).toMatchObject({
      mmId: ':1',
      fileBytes: file.length,
      packets: truth.packets,
      complete: true,
      statisticsSettled: true,
      statistics: { totalPackets: truth.packets, totalBytes: truth.bytes },
    });
    const list = '/API/stats/modules/ip/ips_paged?mm-id=:1&count=100';
    const [first, ...others] = await ranking(bench.simulator, list, 'allTime');
    expect(first).toEqual({ ip, packets: truth.packets, bytes: truth.bytes });
    const listed = items['Talkers in the Upload'].map(({ json }) => {
      const { ip: host, allTime } = json as { ip: string; allTime: { totalPackets: number } };
      return [host, allTime.totalPackets];
    });
    const counted = [first, ...others].map((row) => [row.ip, row.packets]);
    expect(listed.sort()).toEqual(counted.sort());
  });

  it('says what failed, and uploads nothing', async () => {
    await expectFailure(get(), NAME, /^Failed: the analysis of the busiest host\n/);
    const { requests } = get().simulator;
    expect(
      requests.filter(({ path, method }) => path === CAPTURE_PATH || method !== 'GET'),
    ).toEqual([]);
  });
}

export function newDevices(get: () => ExampleBench): void {
  beforeAll(() =>
    get().addCredential('allegroMultimeterPushApi', { secret: 'a-secret-of-20-chars' }),
  );

  it('makes messages of a new device and of pushed statistics', async () => {
    const bench = get();
    const seen = await bench.run(bench.example('16-new-devices'), 'New Device');
    expect(seen.items['New Device Message'][0].json).toMatchObject({
      subject: 'Allegro: new device 10.1.2.44',
      text: '10.1.2.44 printer-2.example, MAC 00:11:22:33:44:55 (Example Vendor).\nFirst traffic at 2026-11-23T15:50:00.000Z, 3.0 kB since 2026-11-23T15:49:00.000Z.',
    });
    const pushed = await bench.run(bench.example('16-new-devices'), 'Pushed Statistics');
    expect(pushed.items['Interfaces Message'][0].json.text).toBe('Interface 1: link');
  });
}

export function devicesAndSystem(get: () => ExampleBench): void {
  const NAME = '17-devices-and-system';

  it('asks each device for its system information', async () => {
    const bench = get();
    const { items } = await bench.run(bench.example(NAME), 'Try It');
    const hosts = items.Devices.map(({ json }) => json.host);
    expect(hosts.length).toBeGreaterThan(1);
    expect(items['System Information'].map(({ json }) => json.hostname)).toEqual(hosts);
  });

  it('says what failed', () =>
    expectFailure(get(), NAME, /^Failed: the information of the devices\n/));
}

export function lookUpAHost(get: () => ExampleBench): void {
  it('answers with what is known of the host, or with what failed', async () => {
    const bench = get();
    const published = await bench.publish(bench.example('18-look-up-a-host'));
    const ask = async (ip: string) => {
      const response = await published.send('webhook/allegro-host', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ip }),
      });
      const type = response.headers.get('content-type');
      return { status: response.status, type, text: await response.text() };
    };
    try {
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
    } finally {
      await published.end();
    }
  });
}

async function expectFailure(bench: ExampleBench, name: string, text: RegExp): Promise<void> {
  bench.simulator.faults.add({ kind: 'answer', status: 401 });
  const { items } = await bench.run(bench.example(name), 'Try It');
  expect(items['What Went Wrong'][0].json.text).toMatch(text);
}

async function storedHash({ bench }: ExampleBench, { binary }: Item): Promise<string> {
  return hashOf(await bench.host.rest.binary(binary!.data.id!));
}
