import type { CaptureRequest } from '../../../client/capture/capture-request';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { captureRequest } from '../support/operations';
import { Store } from '../support/store';
import { waitUntil } from '../support/wait-until';

const HISTORY_SECONDS = 120;
const CAPTURE = '/API/data/modules/capture';
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
    ['one host', `ip==${STEADY_HOST}`],
    ['all traffic', ''],
    ['a filter that no statistic fits', 'portrange==1-65535'],
  ])('that the buffer no longer holds is told as a fact: %s', async (_, expression) => {
    const oldestUs = bench.simulator.nowUs() - BUFFER_SECONDS * 1e6;
    bench.simulator.switches.oldestPacketUs = oldestUs;
    const window = ago(100, 5);
    const { warnings, packets, coveredWindow } = await summaryOf({ window, expression });
    expect(packets).toBeGreaterThan(0);
    expect(warnings).toHaveLength(1);
    expect(String(warnings[0])).toMatch(
      /^The first packet is (59|60|61)[.\d]* s later than the start/,
    );
    const [, oldest] = /The oldest packet in the buffer is from (\S+)\.$/.exec(
      String(warnings[0]),
    )!;
    expect(Date.parse(oldest) * 1000).toBeGreaterThanOrEqual(Math.floor(oldestUs / 1000) * 1000);
    expect(oldest <= coveredWindow!.from).toBe(true);
    expect(bench.met(STATISTICS)).toEqual([]);
  });

  it('makes no warning where the buffer reaches back further', async () => {
    const window = ago(100, 5);
    const body = await bench.simulator.fileOf('', window.startUs + 30e6, window.endUs);
    bench.simulator.faults.add({ path: CAPTURE, kind: 'answer', status: 200, body, times: 1 });
    const { warnings, packets } = await summaryOf({ window, expression: '' });
    expect(packets).toBeGreaterThan(0);
    expect(warnings.filter((text) => /first packet|oldest/.test(String(text)))).toEqual([]);
    expect(bench.met(CAPTURE)).toHaveLength(2);
    expect(bench.met(STATISTICS)).toEqual([]);
  });

  it('is looked for with a capture of one packet, which is ended', async () => {
    bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    await summaryOf({ window: ago(100, 5) });
    const [, asked] = bench.met(CAPTURE);
    const query = new URL(asked.url, bench.simulator.url).searchParams;
    expect(query.get('startTime')).toBe('1');
    expect(query.has('expression')).toBe(false);
    await waitUntil(() => bench.simulator.openCaptures() === 0);
  });

  it.each([
    ['with a header', []],
    ['without a byte', [{ path: CAPTURE, kind: 'answer', status: 200, body: '', times: 1 }]],
  ] as const)('of no packets always has reasons in order: %s', async (_, faults) => {
    for (const fault of faults) bench.simulator.faults.add(fault);
    const { warnings, packets } = await summaryOf({
      window: ago(60, 10),
      expression: 'ip==192.0.2.77',
    });
    expect(packets).toBe(0);
    expect(String(warnings.at(-1))).toMatch(
      /^No packets in the window\. The oldest packet in the buffer is from .*most likely first: no packet matches the filter; the time/,
    );
    expect(String(warnings.at(-1))).not.toContain('no ring buffer');
  });

  it('of a window that is all gone says so first', async () => {
    bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    const { warnings, packets } = await summaryOf({ window: ago(100, 60) });
    expect(packets).toBe(0);
    expect(warnings).toEqual([
      expect.stringMatching(/most likely first: the packets of that time/),
    ]);
  });

  describe('where the buffer does not report its oldest packet', () => {
    beforeEach(() => {
      bench.simulator.faults.add({ path: CAPTURE, skip: 1, kind: 'answer', status: 400 });
      bench.simulator.switches.ringBufferSeconds = BUFFER_SECONDS;
    });

    it.each([
      ['one host', `ip==${STEADY_HOST}`, `packets of the host ${STEADY_HOST}`],
      ['all traffic', '', 'packets of all traffic'],
      ['a host with a protocol', `ip==${STEADY_HOST} and l4Protocol==TCP`, 'either none of them'],
    ])('is asked of the statistics: %s', async (_, expression, words) => {
      const { warnings, packets } = await summaryOf({ window: ago(100, 5), expression });
      expect(packets).toBeGreaterThan(0);
      expect(warnings).toEqual([expect.stringContaining(words)]);
      expect(String(warnings[0])).toContain('overwritten');
      expect(bench.met(STATISTICS)).toHaveLength(1);
    });

    it('is asked of other counters of all traffic, or could not be checked', async () => {
      bench.simulator.switches.missingModules = ['mac_protocols'];
      const request = { window: ago(100, 5), expression: '' };
      expect((await summaryOf(request)).warnings).toEqual([expect.stringContaining('overwritten')]);
      bench.simulator.faults.clear();
      bench.simulator.faults.add({ path: CAPTURE, skip: 1, kind: 'answer', status: 400 });
      bench.simulator.faults.add({ path: '/API/stats/interfaces', kind: 'answer', status: 404 });
      bench.simulator.switches.missingModules = ['mac_protocols', 'ip'];
      expect((await summaryOf(request)).warnings).toEqual([
        expect.stringContaining(
          'could not be checked with the statistics of all traffic: The appliance has no counters',
        ),
      ]);
    });

    it('is told of a window that is all gone', async () => {
      const { warnings } = await summaryOf({ window: ago(100, 60) });
      expect(warnings).toEqual([
        expect.stringMatching(/^No packets .* in it\. Most likely the ring/),
      ]);
    });

    it('is doubted where the window is shorter than the statistics count', async () => {
      const { startUs } = ago(100, 60);
      const within = Math.floor(startUs / 1e6) * 1e6 + 200_000;
      const window = { startUs: within, endUs: within + 500_000, clockOffsetSeconds: 0 };
      const { warnings } = await summaryOf({ window });
      expect(warnings).toEqual([
        expect.stringMatching(/whole seconds around it\. Either none of them is in the window/),
      ]);
    });

    it('is told of a host that was never seen', async () => {
      const { warnings } = await summaryOf({ window: ago(60, 10), expression: 'ip==192.0.2.77' });
      expect(warnings).toEqual([
        expect.stringMatching(/no statistics of the host 192\.0\.2\.77.*likely first: no packet/),
      ]);
    });

    it.each([
      ['fails', { kind: 'answer', status: 500 }],
      ['is refused', { kind: 'answer', status: 403 }],
      ['never comes', { kind: 'stallBeforeHeaders' }],
    ] as const)('could not be checked, because the answer %s', async (_, fault) => {
      bench.simulator.faults.add({ path: STATISTICS, ...fault });
      const { warnings, packets } = await summaryOf({ window: ago(100, 5) });
      expect(packets).toBeGreaterThan(0);
      expect(warnings).toEqual([expect.stringContaining('could not be checked')]);
    });
  });

  it('is not looked at in a live capture', async () => {
    bench.simulator.setQuiet(true);
    const live = { source: 'live', durationSeconds: 5 } as const;
    const { warnings } = await summaryOf(live as Partial<CaptureRequest>);
    bench.simulator.setQuiet(false);
    expect(String(warnings.at(-1))).toMatch(/(had not responded|No packets: most)/);
    expect(bench.met(CAPTURE)).toHaveLength(1);
    expect(bench.met(STATISTICS)).toEqual([]);
  });
});
