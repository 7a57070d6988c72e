import type { TimeSpan } from '../../../client/values/time-range';
import { estimateCapture } from '../../../nodes/definitions/capture/estimate-capture';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { captureRequest, pastWindow } from '../support/operations';
import { runDefinition } from '../support/run-definition';
import { Store } from '../support/store';

const CAPTURE = '/API/data/modules/capture';
const WINDOW_SECONDS = 40;
const ALL = { captureScope: 'all' };

describe('the size of a capture', () => {
  const bench = useSimulator(120, 30);
  const signal = AbortSignal.timeout(300_000);

  const estimate = async (raw: Record<string, unknown>) => {
    const { startUs, endUs } = pastWindow(bench.simulator, WINDOW_SECONDS);
    // Not at whole seconds, as alerts are not.
    const window = { since: startUs + 300_000, until: endUs + 450_000 };
    const values = { timeMode: 'between', ...window, ...raw };
    const [{ json }] = await runDefinition(bench.client, estimateCapture, values, { signal });
    return { json, startUs: window.since, endUs: window.until };
  };

  describe('estimated', () => {
    it.each([
      ['one host', { host: STEADY_HOST }, `ip==${STEADY_HOST}`],
      ['all traffic', ALL, ''],
    ])('is close to the file: %s', async (_, raw, expression) => {
      const { json, startUs, endUs } = await estimate(raw);
      const file = await bench.simulator.fileOf(expression, startUs, endUs);
      const { packets } = await bench.simulator.packetsIn(expression, startUs, endUs);
      // The first and the last second are not whole, and may hold as much as two others.
      expect(Number(json.expectedBytes) / file.length).toBeGreaterThan(0.8);
      expect(Number(json.expectedBytes) / file.length).toBeLessThan(1.2);
      expect(Number(json.expectedPackets) / packets).toBeGreaterThan(0.8);
      expect(Number(json.expectedPackets) / packets).toBeLessThan(1.2);
      expect(json).toMatchObject({
        exact: false,
        isUpperBound: false,
        fitsLimit: true,
        expression,
      });
      expect(bench.met(CAPTURE)).toEqual([]);
    });

    it.each([
      [
        'a host with a protocol',
        { captureScope: 'filter', expression: `ip==${STEADY_HOST} and l4Protocol==UDP` },
        /the host/,
      ],
      ['a network', { host: '10.1.2.0/24' }, /all traffic/],
    ])('is an upper bound where no statistic fits: %s', async (_, raw, words) => {
      const { json, startUs, endUs } = await estimate(raw);
      const file = await bench.simulator.fileOf(String(json.expression), startUs, endUs);
      expect(json).toMatchObject({ isUpperBound: true, basis: expect.stringMatching(words) });
      expect(String(json.basis)).toContain('upper bound');
      expect(Number(json.expectedBytes)).toBeGreaterThan(file.length);
    });

    it('is an upper bound of a second that holds all there is, in either format', async () => {
      const { endUs } = pastWindow(bench.simulator);
      // A tenth of a second, and all that was counted in the whole one may lie within.
      const part = { since: endUs - 550_000, until: endUs - 450_000 };
      const { json: tenth } = await estimate({ ...part, host: '10.1.2.0/24' });
      const second = { since: endUs - 1_000_000, until: endUs };
      const { json: whole } = await estimate({ ...second, host: '10.1.2.0/24' });
      expect(tenth.expectedBytes).toBe(whole.expectedBytes);
      bench.simulator.switches.captureFormat = 'pcapng';
      const window = { startUs: second.since, endUs: second.until, clockOffsetSeconds: 0 };
      const request = captureRequest(bench.simulator, { window, expression: '' });
      const { bytes } = await new Store().keep(await bench.client.capture(request, { signal }));
      expect(Number(whole.expectedBytes)).toBeGreaterThanOrEqual(bytes.length);
    });

    it('says when the clocks differ', async () => {
      // The clock of these tests runs fast, so that it is ahead of the appliance before long.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { json } = await estimate(ALL);
      expect(json.clockOffsetSeconds).toBeLessThan(-2);
      expect(json.warnings).toEqual([expect.stringMatching(/clock of the appliance is .* behind/)]);
    });

    it('tells whether it fits a limit, and does not know where a bound does not fit', async () => {
      const tiny = { maxMegabytes: 0.001 };
      expect((await estimate({ ...tiny, host: STEADY_HOST })).json.fitsLimit).toBe(false);
      expect((await estimate({ ...tiny, host: '10.1.2.0/24' })).json.fitsLimit).toBeNull();
      expect((await estimate({ ...ALL, maxMegabytes: 0 })).json.fitsLimit).toBeNull();
    });

    it('is less with a snap length', async () => {
      const { json } = await estimate({ ...ALL, snapLength: 60 });
      expect(json.expectedBytes).toBe(24 + Number(json.expectedPackets) * 76);
    });

    it('of a host that was never seen is nothing, and says so', async () => {
      const { json } = await estimate({ host: '192.0.2.77' });
      expect(json).toMatchObject({ expectedPackets: 0, expectedBytes: 24 });
      expect(json.warnings).toContainEqual(expect.stringContaining('192.0.2.77'));
    });

    it('comes from IP where the statistics of all traffic are missing, and says so', async () => {
      bench.simulator.switches.missingModules = ['mac_protocols'];
      const { json } = await estimate(ALL);
      expect(json.expectedPackets).toBeGreaterThan(0);
      expect(json.warnings).toContainEqual(
        expect.stringContaining('Frames without IP are missing'),
      );
    });

    it('without any statistics of all traffic says what is missing', async () => {
      bench.simulator.switches.missingModules = ['mac_protocols', 'ip'];
      bench.simulator.faults.add({ path: '/API/stats/interfaces', kind: 'answer', status: 404 });
      await expect(estimate(ALL)).rejects.toMatchObject({
        kind: 'notFound',
        message: expect.stringContaining('no counters of all traffic'),
      });
    });

    it('that cannot be read fails', async () => {
      bench.simulator.faults.add({ path: '/API/stats/modules', kind: 'answer', status: 403 });
      await expect(estimate(ALL)).rejects.toMatchObject({ kind: 'permission' });
    });
  });

  describe('beyond a limit, when that is to be refused', () => {
    // One window for all captures of a test, however long they take.
    let window: TimeSpan;
    beforeEach(() => (window = pastWindow(bench.simulator)));
    const request = () =>
      captureRequest(bench.simulator, {
        window: { ...window, clockOffsetSeconds: 0 },
        refuseBeyondLimits: true,
      });
    const fileOf = async () =>
      bench.simulator.fileOf(`ip==${STEADY_HOST}`, window.startUs, window.endUs);
    const capture = async (limits: { maxBytes?: number; maxPackets?: number }) => {
      const store = new Store();
      const outcome = bench.client
        .capture({ ...request(), limits }, { signal })
        .then((found) => store.keep(found));
      return { store, outcome };
    };

    it.each([
      ['bytes', 5000, 'limit of 0.005 MB'],
      ['packets', 10, 'limit of 10 packets'],
    ])('is an error, and nothing is kept: %s', async (kind, limit, words) => {
      const limits = kind === 'bytes' ? { maxBytes: limit } : { maxPackets: limit };
      const { store, outcome } = await capture(limits);
      await expect(outcome).rejects.toMatchObject({
        kind: 'tooLarge',
        what: expect.stringContaining(words),
        canRetry: false,
      });
      expect(store.files).toEqual([]);
      expect(bench.met(CAPTURE)).toHaveLength(1);
    });

    it('is not where the limit is reached exactly', async () => {
      const { length } = await fileOf();
      const { outcome } = await capture({ maxBytes: length });
      const { summary } = await outcome;
      expect(summary).toMatchObject({ bytes: length, endedBy: 'device' });
      const exact = await capture({ maxPackets: summary.packets });
      expect((await exact.outcome).summary.packets).toBe(summary.packets);
      const { outcome: less } = await capture({ maxBytes: length - 1 });
      await expect(less).rejects.toMatchObject({ kind: 'tooLarge' });
    });
  });
});
