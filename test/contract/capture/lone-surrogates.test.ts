import { AllegroError } from '../../../client';
import { definitions } from '../../../nodes/definitions';
import { pollTriggers } from '../../../nodes/definitions/triggers';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { runContext } from '../../support/fake-transport';
import { useSimulator } from '../support/bench';
import { runDefinition } from '../support/run-definition';

/** Half a character, as JSON can write it; no encoding of a URL or a file knows it. */
const HALF = '\ud800';
const COUNTERS = [5, 500, 5, 500];
const SERIES = { interval: COUNTERS, allTime: COUNTERS, history: { rows: [HALF], data: [1, 2] } };
const ROW = {
  ...{ ip: HALF, mac: HALF, name: HALF, dnsName: HALF, clientIp: HALF, serverIp: HALF },
  ...{ protocol: HALF, port: HALF, l4Protocol: HALF, dpiProtocol: HALF, id: HALF, host: HALF },
  ...{ connectionStart: HALF, lastActivity: HALF, active: true, severity: HALF, ...SERIES },
};
const LAST = { timeMode: 'last', lastAmount: 1, lastUnit: 'minutes' };
const IPS = 'API/stats/modules/ip/ips';

/** Whatever an appliance writes into its texts: a result, or an error that says what is wrong. */
describe('an answer with half a character in each text', () => {
  const bench = useSimulator(10);
  beforeEach(() => {
    const list = { displayedItems: [ROW], numberOfItems: 1 };
    const reply = (path: string, body: unknown) => {
      const text = JSON.stringify(body);
      bench.simulator.faults.add({ path, kind: 'answer', status: 200, body: text });
    };
    reply('/API/system/multidevice', [ROW]);
    reply('/API/stats/time', { currentTime: Date.now() });
    reply('/API/stats', list);
    reply('/API', { [HALF]: HALF, asyncID: HALF });
  });

  it.each<[node: string, raw: Record<string, unknown>]>([
    ['topTalkers', LAST],
    ['getStats', { path: `${IPS}_paged`, ...LAST }],
    ['getPeers', { address: '10.1.2.3', ...LAST }],
    ['getConnections', LAST],
    ['getServerPorts', LAST],
    ['chart', LAST],
    ['chart', { chartKind: 'history', series: [{ path: IPS }], ...LAST }],
    ['listDevices', {}],
    ['whichDevice', { address: '10.1.2.3', ...LAST }],
    ['applianceHealth', {}],
    ['apiRequest', { path: `API/stats/${HALF}` }],
    ['estimateCapture', { ...LAST, host: '10.1.2.3' }],
    ['capturePcap', { ...LAST, captureScope: 'filter', expression: `vlan==${HALF}` }],
  ])('is no internal error of %s', async (node, raw) => {
    const definition = definitions.find(({ name }) => name === node)!;
    const work = runDefinition(bench.client, definition, raw);
    await work.catch((error: unknown) => expect(error).toBeInstanceOf(AllegroError));
    expect(bench.simulator.requests.length).toBeGreaterThan(0);
  });

  it.each(pollTriggers.map((trigger) => [trigger.name, trigger] as const))(
    'is no internal error of %s',
    async (_, trigger) => {
      const context = runContext({ client: bench.client });
      const values = readFieldValues(trigger, { watched: 'ip', limit: 1, elementKind: 'ip' });
      const work = trigger.preview(context, values);
      await work.catch((error: unknown) => expect(error).toBeInstanceOf(AllegroError));
      expect(bench.simulator.requests.length).toBeGreaterThan(0);
    },
  );

  it.each(['devices', 'devicesAndSlots', 'statisticsPaths', 'linkGroups'] as const)(
    'is no internal error of the choices of %s',
    async (source) => {
      const work = bench.client.choices(source, {}, new AbortController().signal);
      await work.catch((error: unknown) => expect(error).toBeInstanceOf(AllegroError));
    },
  );
});
