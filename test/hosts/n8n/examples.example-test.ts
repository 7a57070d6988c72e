import { setTimeout as pause } from 'node:timers/promises';
import type { Item, Workflow } from '../../../scripts/n8n-rest';
import { STEADY_HOST } from '../../../simulator';
import { waitUntil } from '../../contract/wait-until';
import { CAPTURE_PATH, hashOf, SimulatorBench } from './simulator-bench';
import { example } from './workflows';

/** Every example, as it stands in its file, and what has to be true at the appliance afterwards. */
describe('the examples for n8n, with the simulator', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  }, 300_000);
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.setQuiet(false);
    bench.simulator.clearRequests();
  });

  describe('alert to evidence pcap', () => {
    const NAME = 'alert-to-evidence-pcap.json';

    it('stores the packets around the alert', async () => {
      const { items } = await bench.run(example(NAME, bench.good));
      const [{ json }] = items.Evidence;
      const { startUs, endUs } = requestedWindow(items.Evidence[0]);
      expect(endUs - startUs).toBe(90e6);
      const { packets } = await bench.simulator.packetsIn(`ip==${STEADY_HOST}`, startUs, endUs);
      expect(packets).toBeGreaterThan(0);
      expect(json).toMatchObject({ packets, complete: true, endedBy: 'device' });
      expect(json.subject).toMatch(/^Packets for TICKET-4711_.*\.pcap$/);
      expect(json.text).toMatch(new RegExp(`^${packets} packets \\(${json.bytes as number} bytes`));
      const file = await bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
      expect(await storedHash(items.Evidence[0])).toBe(hashOf(file));
      expect(json.sha256).toBe(hashOf(file));
    });

    it('says so where there are no packets', async () => {
      const workflow = example(NAME, bench.good);
      const text = JSON.stringify(workflow).replace('"value":"10.1.2.3"', '"value":"192.0.2.99"');
      const { status, items } = await bench.run(JSON.parse(text) as Workflow);
      expect(status).toBe('success');
      expect(items.Evidence).toBeUndefined();
      expect(items['No Packets'][0].json.text).toMatch(/^No packets for ip==192\.0\.2\.99 /);
    });

    it('goes another way where the capture breaks off, without a file', async () => {
      bench.simulator.faults.add(cutCapture());
      const { items } = await bench.run(example(NAME, bench.good));
      expect(items.Evidence).toBeUndefined();
      const [failed] = items['Capture Failed'];
      expect(failed.json.text).toMatch(/broke off after \d+ bytes.* again/s);
      expect(failed.binary).toBeUndefined();
    });
  });

  it('top talkers report: names whom the simulator counts as the first', async () => {
    // The report ends with the second that has begun: without new traffic it can be counted again.
    bench.simulator.setQuiet(true);
    await pause(1100);
    const { items } = await bench.run(example('top-talkers-report.json', bench.good));
    const lines = (items.Message[0].json.text as string).split('\n');
    const asked = bench.simulator.requests.find(({ path }) => path.endsWith('/ip/ips_paged'))!;
    const rows = await talkers(asked.url, 'interval');
    expect(lines).toHaveLength(Math.min(10, rows.length));
    lines.forEach((line, index) => {
      const { ip, bytes } = rows[index];
      expect(line).toContain(`${index + 1}. ${ip} `);
      expect(line).toContain(`: ${(bytes / 1e6).toFixed(1)} MB, `);
    });
    // Once more from the packets themselves: what is counted is what was on the wire.
    const query = new URL(asked.url, bench.target.url).searchParams;
    const [startUs, endUs] = ['starttime', 'endtime'].map((name) => Number(query.get(name)) * 1e6);
    const first = await bench.simulator.packetsIn(`ip==${rows[0].ip}`, startUs, endUs);
    expect(first.bytes).toBe(rows[0].bytes);
  });

  it('analyse the busiest host: the slot counts exactly the packets of the upload', async () => {
    const { items } = await bench.run(example('analyse-the-busiest-host.json', bench.good));
    const [capture] = items['Its Packets'];
    const { ip } = items['Busiest Host'][0].json as { ip: string };
    const { startUs, endUs } = requestedWindow(capture);
    const truth = await bench.simulator.packetsIn(`ip==${ip}`, startUs, endUs);
    const file = await bench.simulator.fileOf(`ip==${ip}`, startUs, endUs);
    expect(await storedHash(capture)).toBe(hashOf(file));
    expect(items['Upload Pcap'][0].json).toMatchObject({
      mmId: ':1',
      fileBytes: file.length,
      packets: truth.packets,
      complete: true,
      statisticsSettled: true,
      statistics: { totalPackets: truth.packets, totalBytes: truth.bytes },
    });
    const list = '/API/stats/modules/ip/ips_paged?mm-id=:1&count=100';
    const [first, ...others] = await talkers(list, 'allTime');
    expect(first).toEqual({ ip, packets: truth.packets, bytes: truth.bytes });
    const { displayedItems } = items['Talkers in the Upload'][0].json as {
      displayedItems: Array<{ ip: string; allTime: { totalPackets: number } }>;
    };
    const listed = displayedItems.map((row) => [row.ip, row.allTime.totalPackets]);
    const counted = [first, ...others].map((row) => [row.ip, row.packets]);
    expect(listed.sort()).toEqual(counted.sort());
  });

  // The last ones: what the buffer misses while it is suspended stays missing.
  describe('freeze, capture, resume', () => {
    const NAME = 'freeze-capture-resume.json';

    it('captures from a buffer that stands still, and lets it record again', async () => {
      slowDownCapture();
      const id = await bench.begin(example(NAME, bench.good));
      await waitUntil(() => bench.simulator.openCaptures() > 0);
      expect(bench.simulator.isBufferSuspended()).toBe(true);
      const { error, items } = await bench.host.rest.untilEnded(id);
      expect(error).toBeUndefined();
      expect(bench.simulator.isBufferSuspended()).toBe(false);
      expect(bufferAndCapture()).toEqual(['POST', 'GET', 'POST']);
      const [evidence] = items.Evidence;
      expect(evidence.json).toMatchObject({ complete: true, suspended: false });
      const { startUs } = requestedWindow(evidence);
      const { to } = evidence.json.coveredWindow as { to: string };
      const file = await bench.simulator.fileOf('', startUs, microseconds(to) + 1);
      expect(await storedHash(evidence)).toBe(hashOf(file));
    });

    it('lets it record again when the capture fails, and fails with its words', async () => {
      bench.simulator.faults.add(cutCapture());
      const before = bench.storedFiles();
      const { status, error, items } = await bench.run(example(NAME, bench.good));
      expect(status).toBe('error');
      expect(error?.message).toMatch(/broke off after \d+ bytes/);
      expect(items['Resume After Failure'][0].json).toMatchObject({ suspended: false });
      expect(bench.simulator.isBufferSuspended()).toBe(false);
      expect(bufferAndCapture()).toEqual(['POST', 'GET', 'POST']);
      expect(bench.storedFiles()).toEqual(before);
    });

    /** Long enough to look at the buffer meanwhile. */
    function slowDownCapture(): void {
      bench.simulator.faults.add({
        kind: 'slow',
        bytesPerSecond: 8e6,
        method: 'GET',
        path: CAPTURE_PATH,
      });
    }

    /** Methods of what was asked of the ring buffer: POST changes it, GET captures. */
    function bufferAndCapture(): string[] {
      return bench.simulator.requests
        .filter(({ path }) => path.startsWith(CAPTURE_PATH))
        .map(({ method }) => method);
    }
  });

  const cutCapture = () =>
    ({
      kind: 'cut',
      afterBytes: 20_000,
      framing: 'chunked',
      method: 'GET',
      path: CAPTURE_PATH,
    }) as const;

  async function storedHash({ binary }: Item): Promise<string> {
    return hashOf(await bench.host.rest.binary(binary!.data.id!));
  }

  /** Asks for a list as it is counted, and ranks it. Only a time range gives `interval` a meaning. */
  async function talkers(url: string, counters: 'interval' | 'allTime') {
    const text = (await bench.fetchDirectly(url)).toString();
    const { displayedItems } = JSON.parse(text) as {
      displayedItems: Array<{ ip: string; interval: number[]; allTime: number[] }>;
    };
    return displayedItems
      .map((row) => {
        const [rxPackets, rxBytes, txPackets, txBytes] = row[counters];
        return { ip: row.ip, packets: rxPackets + txPackets, bytes: rxBytes + txBytes };
      })
      .sort((a, b) => b.bytes - a.bytes);
  }
});

function requestedWindow({ json }: Item): { startUs: number; endUs: number } {
  const { from, to } = json.requestedWindow as { from: string; to: string };
  return { startUs: microseconds(from), endUs: microseconds(to) };
}

/** Of an ISO time with six digits behind the point, in microseconds. */
function microseconds(iso: string): number {
  return Date.parse(iso.slice(0, 19) + 'Z') * 1000 + Number(iso.slice(20, 26));
}
