import { uploadPcap } from '../../../nodes/definitions/analysis/upload-pcap';
import { waitForAnalysis } from '../../../nodes/definitions/analysis/wait-for-analysis';
import { useSimulator } from '../support/bench';
import { pastWindow, uploadRequest } from '../support/operations';
import { jsonOf } from '../support/run-definition';
import { pcapOf } from '../../support/frame-fixtures';
import { errorOf } from '../../support/error-of';

const TOTALS = '/API/stats/modules/mac_protocols/generic';

describe('waiting for an analysis', () => {
  const bench = useSimulator(60, 30);
  const wait = (raw: Record<string, unknown> = {}) =>
    jsonOf(waitForAnalysis, bench.client, { device: ':1', ...raw });
  let packets: number;

  beforeEach(async () => {
    const { startUs, endUs } = pastWindow(bench.simulator);
    packets = (await bench.simulator.packetsIn('', startUs, endUs)).packets;
    const file = await bench.simulator.fileOf('', startUs, endUs);
    await bench.client.upload(uploadRequest(file), { signal: new AbortController().signal });
    bench.simulator.clearRequests();
  });

  it('concludes it from counters that no longer change, and does not call it more than that', async () => {
    expect(await wait()).toMatchObject({
      mmId: ':1',
      settled: true,
      concludedBy: 'counters',
      progressPercent: null,
      statistics: { totalPackets: packets },
      warnings: [],
    });
    // What reports nothing is not asked again.
    expect(bench.met('/API/stats/pcap')).toHaveLength(1);
    expect(bench.met(TOTALS).length).toBeGreaterThan(1);
  });

  it('never concludes it from one reading, however long another answer takes', async () => {
    const slow = { kind: 'slow', bytesPerSecond: 10, times: 1 } as const;
    bench.simulator.faults.add({ path: '/API/stats/pcap', ...slow });
    expect(await wait({ settledSeconds: 2 })).toMatchObject({ concludedBy: 'counters' });
    expect(bench.met(TOTALS).length).toBeGreaterThan(1);
  });

  it('waits for nothing after the upload of a file without packets', async () => {
    const bytes = pcapOf([]);
    async function* open() {
      yield bytes;
    }
    const file = { name: 'empty.pcap', size: bytes.length, open };
    expect(await jsonOf(uploadPcap, bench.client, { file, slotInUse: 'replace' })).toMatchObject({
      packets: 0,
      statistics: null,
      statisticsSettled: false,
      warnings: [expect.stringContaining('holds no packets')],
    });
    expect(bench.met(TOTALS)).toEqual([]);
  });

  it('believes a progress that the appliance tells', async () => {
    bench.simulator.switches.analysisProgress = 'told';
    const json = await wait();
    expect(json).toMatchObject({ concludedBy: 'progress', progressPercent: 100, settled: true });
    expect(bench.met(TOTALS)).toHaveLength(1);
  });

  it('goes on waiting while the appliance says that it is at work, though counters stand', async () => {
    bench.simulator.faults.add({
      path: '/API/stats/pcap',
      kind: 'answer',
      status: 200,
      body: '{"state":"receiving","percent":"40"}',
    });
    expect(await wait({ waitSeconds: 15 })).toMatchObject({
      settled: false,
      concludedBy: null,
      progressPercent: 40,
      statistics: { totalPackets: packets },
      warnings: [expect.stringMatching(/may still be running/)],
    });
  });

  it('takes the counters of IP, or of the interfaces, where those of MAC protocols are missing', async () => {
    bench.simulator.switches.missingModules = ['mac_protocols'];
    expect(await wait()).toMatchObject({
      concludedBy: 'counters',
      statistics: { totalPackets: packets },
      warnings: [expect.stringContaining('Frames without IP are missing')],
    });
    bench.simulator.switches.missingModules = ['mac_protocols', 'ip'];
    expect(await wait()).toMatchObject({
      concludedBy: 'counters',
      statistics: { totalPackets: packets },
      warnings: [expect.stringContaining('counters of the interfaces')],
    });
  });

  it('ends early, and says why, where no statistics of all traffic will ever come', async () => {
    bench.simulator.switches.missingModules = ['mac_protocols', 'ip'];
    bench.simulator.faults.add({ path: '/API/stats/interfaces', kind: 'answer', status: 404 });
    const json = await wait({ waitSeconds: 3600 });
    expect(json).toMatchObject({
      settled: false,
      concludedBy: null,
      warnings: [
        expect.stringMatching(/could not be checked: The appliance has no counters of all traffic/),
      ],
    });
    expect(json.waitedSeconds as number).toBeLessThan(1800);
    const error = await errorOf(wait({ unsettledIsError: true }));
    expect(error).toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('no counters'),
    });
  });

  it('says at the limit why the last answer was none', async () => {
    bench.simulator.faults.add({ path: '/API/stats/modules', kind: 'answer', status: 503 });
    expect(await wait({ waitSeconds: 5 })).toMatchObject({
      settled: false,
      warnings: [expect.stringMatching(/may still be running\. The last answer was: .*HTTP 503/)],
    });
  });

  it('says that a slot counted nothing, so that a missing upload can be told from a slow one', async () => {
    expect(await wait({ device: ':2', waitSeconds: 5 })).toMatchObject({
      settled: false,
      statistics: { totalPackets: 0 },
      warnings: [expect.stringMatching(/No packet was counted in slot :2 within 5 s/)],
    });
  });

  it('takes the number of a slot, as the list of slots gives it', async () => {
    expect(await wait({ device: '1' })).toMatchObject({ mmId: ':1', settled: true });
  });

  it('does not wait for a slot that does not exist', async () => {
    const error = await errorOf(wait({ device: ':9' }));
    expect(error).toMatchObject({ kind: 'notFound', what: 'There is no analysis slot 9.' });
    expect(bench.met(TOTALS)).toEqual([]);
  });

  it('ends with the error when nobody may read', async () => {
    bench.simulator.faults.add({ path: TOTALS, kind: 'answer', status: 403 });
    expect(await errorOf(wait())).toMatchObject({ kind: 'permission' });
  });
});
