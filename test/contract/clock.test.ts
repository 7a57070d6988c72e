import { capturePcap } from '../../nodes/definitions/capture/capture-pcap';
import { topTalkers } from '../../nodes/definitions/statistics/top-talkers';
import { STEADY_HOST } from '../../simulator';
import type { Switches } from '../../simulator/switches';
import { useSimulator } from './bench';
import { pastWindow } from './operations';
import { errorOf, jsonOf } from './run-definition';

/** The shape of the clock is not documented: nothing but "now" may depend on it. */
describe.each(['otherKey', 'iso', '403', '404', 'huge'] as Array<Switches['clock']>)(
  'with a clock of the kind %s',
  (clock) => {
    const bench = useSimulator(60);
    beforeEach(() => void (bench.simulator.switches.clock = clock));
    const expected =
      clock === 'iso' ? [] : [expect.stringMatching(/currentTime|clock of the appliance/)];

    it('the connection test works', async () => {
      const { signal } = new AbortController();
      expect((await bench.client.testConnection(signal)).message).toMatch(/^Connected/);
    });

    it('Top Talkers works, and says where the time is from', async () => {
      const json = await jsonOf(topTalkers, bench.client, { timeMode: 'last', lastAmount: 1 });
      expect(json.warnings).toEqual(expect.arrayContaining(expected));
    });

    it('a capture between two absolute times works', async () => {
      const { startUs, endUs } = pastWindow(bench.simulator);
      const raw = { host: STEADY_HOST, timeMode: 'between', since: startUs, until: endUs };
      const json = await jsonOf(capturePcap, bench.client, raw);
      expect(json.packets).toBeGreaterThan(0);
    });
  },
);

describe('a time in the future', () => {
  const bench = useSimulator(10);
  it('is told by the clock of the appliance, which was asked', async () => {
    const raw = { host: STEADY_HOST, timeMode: 'between', since: '2190-01-01' };
    const error = await errorOf(jsonOf(capturePcap, bench.client, raw));
    expect(error).toMatchObject({ kind: 'input', field: 'since' });
    expect(error.what).toContain('on the appliance');
    expect(bench.met('/API/stats/time')).toHaveLength(1);
  });
});
