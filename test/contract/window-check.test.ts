import type { CaptureRequest } from '../../client/capture/capture-request';
import { STEADY_HOST } from '../../simulator';
import { useSimulator } from './bench';
import { captureRequest } from './operations';
import { Store } from './store';

const HISTORY_SECONDS = 120;
const STATISTICS = '/API/stats/modules/';
/** Long enough for the tests, and short enough that a window of a minute reaches beyond it. */
const BUFFER_SECONDS = 40;

describe('the start of a window', () => {
  const bench = useSimulator(HISTORY_SECONDS, 5);
  const signal = AbortSignal.timeout(300_000);

  const summaryOf = async (more: Partial<CaptureRequest>) => {
    const request = captureRequest(bench.simulator, more);
    return (await new Store().keep(await bench.client.capture(request, { signal }))).summary;
  };
  /** From so many seconds ago to so many seconds ago, by the appliance's clock. */
  const ago = (from: number, to: number) => {
    const nowUs = bench.simulator.nowUs();
    return { startUs: nowUs - from * 1e6, endUs: nowUs - to * 1e6, clockOffsetSeconds: 0 };
  };

  it.each([
    ['one host', `ip==${STEADY_HOST}`],
    ['everything', ''],
  ])('that the packets cover makes no warning and no request: %s', async (_, expression) => {
    const { warnings } = await summaryOf({ window: ago(60, 10), expression });
    expect(warnings).toEqual([]);
    expect(bench.met(STATISTICS)).toEqual([]);
  });

  it.each([
    ['one host', `ip==${STEADY_HOST}`, `packets of the host ${STEADY_HOST}`],
    ['everything', '', 'packets of all traffic'],
  ])('that the buffer no longer holds is a warning: %s', async (_, expression, words) => {
    bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    const { warnings, packets } = await summaryOf({ window: ago(100, 5), expression });
    expect(packets).toBeGreaterThan(0);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^The first packet is (59|60|61)[.\d]* s later than the start/);
    expect(warnings[0]).toContain(words);
    expect(warnings[0]).toContain('overwritten');
    expect(bench.met(STATISTICS)).toHaveLength(1);
  });

  it('is checked with other counters of all traffic, or cannot be checked and says so', async () => {
    Object.assign(bench.simulator.switches, {
      ringBufferSeconds: BUFFER_SECONDS,
      missingModules: ['mac_protocols'],
    });
    const request = { window: ago(100, 5), expression: '' };
    expect((await summaryOf(request)).warnings).toEqual([expect.stringContaining('overwritten')]);
    bench.simulator.switches.missingModules = ['mac_protocols', 'ip'];
    bench.simulator.faults.add({ path: '/API/stats/interfaces', kind: 'answer', status: 404 });
    expect((await summaryOf(request)).warnings).toEqual([
      expect.stringContaining(
        'could not be checked with the statistics of all traffic: The appliance has no counters',
      ),
    ]);
  });

  it.each([`ip==${STEADY_HOST} and l4Protocol==TCP`, 'portrange==1-65535'])(
    'is doubted in words where no statistic fits the filter exactly: %s',
    async (expression) => {
      bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
      const { warnings } = await summaryOf({ window: ago(100, 5), expression });
      expect(warnings).toEqual([
        expect.stringContaining('either none of them fits the filter, or'),
      ]);
      expect(bench.met(STATISTICS)).toHaveLength(1);
    },
  );

  it('makes no warning where the statistics count nothing either', async () => {
    // Before the appliance was started there was no traffic.
    const { warnings, packets } = await summaryOf({
      window: ago(HISTORY_SECONDS + 90, 5),
      expression: '',
    });
    expect(packets).toBeGreaterThan(0);
    expect(warnings).toEqual([]);
    expect(bench.met(STATISTICS)).toHaveLength(1);
  });

  it('of a window that is all gone is a warning', async () => {
    bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    const { warnings, packets } = await summaryOf({ window: ago(100, 60) });
    expect(packets).toBe(0);
    expect(warnings).toContainEqual(expect.stringMatching(/^Nothing covers the window: .* in it/));
  });

  it('that is shorter than the statistics count is doubted, not passed over', async () => {
    bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    const { startUs } = ago(100, 60);
    const within = Math.floor(startUs / 1e6) * 1e6 + 200_000;
    const window = { startUs: within, endUs: within + 500_000, clockOffsetSeconds: 0 };
    const { warnings, packets } = await summaryOf({ window });
    expect(packets).toBe(0);
    expect(warnings).toEqual([
      expect.stringMatching(
        /in the whole seconds around it: either none of them lies in the window/,
      ),
    ]);
  });

  it('of a host that was never seen says so', async () => {
    const { warnings } = await summaryOf({ window: ago(60, 10), expression: 'ip==192.0.2.77' });
    expect(warnings).toContainEqual(
      expect.stringContaining('no statistics of the host 192.0.2.77'),
    );
  });

  it.each([
    ['fails', { kind: 'answer', status: 500 }],
    ['is refused', { kind: 'answer', status: 403 }],
    ['never comes', { kind: 'stallBeforeHeaders' }],
  ] as const)('that cannot be checked, because the answer %s, is a warning', async (_, fault) => {
    bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    bench.simulator.faults.add({ path: STATISTICS, ...fault });
    const { warnings, packets } = await summaryOf({ window: ago(100, 5) });
    expect(packets).toBeGreaterThan(0);
    expect(warnings).toEqual([expect.stringContaining('could not be checked')]);
  });

  it('is not looked at in a live capture', async () => {
    bench.simulator.setQuiet(true);
    const live = { source: 'live', durationSeconds: 5 } as const;
    await summaryOf(live as Partial<CaptureRequest>);
    bench.simulator.setQuiet(false);
    expect(bench.met(STATISTICS)).toEqual([]);
  });
});
