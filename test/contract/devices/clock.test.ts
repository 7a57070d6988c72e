import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import { definitions } from '../../../nodes/definitions';
import { STEADY_HOST } from '../../../simulator';
import type { Switches } from '../../../simulator/switches';
import { useSimulator } from '../support/bench';
import { pastWindow } from '../support/operations';
import { jsonOf } from '../support/run-definition';
import { errorOf } from '../../support/error-of';

const IPS = 'API/stats/modules/ip/ips';
const CHART = { chartWidth: 320, chartHeight: 240, chartScale: 1 };
/** Nodes that ask for an interval which ends now. */
const RELATIVE: Array<[what: string, node: string, raw: Record<string, unknown>]> = [
  ['a ranking', 'topTalkers', {}],
  ['a ranking as CSV', 'topTalkers', { listOutput: 'csv' }],
  ['a statistic', 'getStats', { path: `${IPS}/${STEADY_HOST}` }],
  ['an unseen address', 'getStats', { path: `${IPS}/192.0.2.77` }],
  ['a list', 'getStats', { path: `${IPS}_paged` }],
  ['peers', 'getPeers', { address: STEADY_HOST }],
  ['connections', 'getConnections', {}],
  ['connections as CSV', 'getConnections', { listOutput: 'csv' }],
  ['server ports', 'getServerPorts', { addresses: STEADY_HOST }],
  ['server ports as CSV', 'getServerPorts', { addresses: STEADY_HOST, listOutput: 'csv' }],
  ['the devices', 'whichDevice', { address: STEADY_HOST }],
  ['a chart of talkers', 'chart', CHART],
  ['a chart of a history', 'chart', { ...CHART, chartKind: 'history' }],
];

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
      expect(String((await bench.client.testConnection(signal)).message)).toMatch(/^Connected/);
    });

    it.each(RELATIVE)('%s works, and says where the time is from', async (_, node, raw) => {
      const definition = definitions.find(({ name }) => name === node)!;
      const last = { timeMode: 'last', lastAmount: 1, lastUnit: 'minutes' };
      const { warnings = [] } = await jsonOf(definition, bench.client, { ...last, ...raw });
      expect(warnings).toEqual(expect.arrayContaining(expected));
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
