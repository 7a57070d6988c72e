import { AllegroClient } from '../../../client';
import { definitions } from '../../../nodes/definitions';
import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { startRun } from '../../../nodes/definitions/model/start-run';
import { STEADY_HOST } from '../../../simulator';
import { runContext } from '../../support/fake-transport';
import { useSimulator } from '../support/bench';
import { fastContext } from '../support/fast-context';
import { isoMicroseconds } from '../../../client/values/instant';
import { axiosTransport } from '../support/transports';
import { waitUntil } from '../support/wait-until';

const bench = useSimulator(120);

/** More often than a client has places, so that one that is kept each time is missed. */
const TIMES = 6;

const alert = (): Record<string, unknown> => ({
  timeMode: 'around',
  aroundTime: isoMicroseconds(bench.simulator.nowUs() - 60e6),
  host: STEADY_HOST,
});

const CSV = { listOutput: 'csv' };

/** Of each node that makes a file, what makes it do so. */
const VALUES: Record<string, () => Record<string, unknown>> = {
  capturePcap: alert,
  freezeEvidence: alert,
  captureConnection: () => {
    const at = bench.simulator.nowUs() / 1000 - 60_000;
    return {
      clientIp: STEADY_HOST,
      serverIp: '10.1.0.1',
      clientPort: 1025,
      serverPort: 443,
      connectionStart: at,
      lastActivity: at + 5000,
    };
  },
  chart: () => ({ chartKind: 'topTalkers' }),
  apiRequest: () => ({ path: 'API/stats/modules/ip/ips', readAs: 'file' }),
  getStats: () => ({ path: 'API/stats/modules/ip/ips_paged', ...CSV }),
  topTalkers: () => CSV,
  getPeers: () => ({ address: STEADY_HOST, ...CSV }),
  getConnections: () => ({ listOutput: 'csv' }),
  getServerPorts: () => ({ listOutput: 'csv', addresses: STEADY_HOST }),
};

const makers = definitions.filter(({ producesFile }) => producesFile);

it('knows every node that makes a file', () => {
  expect(Object.keys(VALUES).sort()).toEqual(makers.map(({ name }) => name).sort());
});

// A folder that cannot be written to, a name that is taken: the store fails before its first byte.
it.each(makers.map((definition) => [definition.label, definition] as const))(
  'a store that fails at once leaves nothing behind: %s',
  async (_, definition) => {
    const { transport, destroy } = axiosTransport(bench.simulator);
    const context = fastContext();
    const client = new AllegroClient({ transport, context });
    try {
      for (let time = 0; time < TIMES; time++) {
        await expect(runWithoutDisk(definition, client)).rejects.toThrow('no space');
      }
      await waitUntil(() => bench.simulator.requests.every(({ isOpen }) => !isOpen));
      await waitUntil(() => context.sleeping === 0);
    } finally {
      destroy();
    }
  },
);

async function runWithoutDisk(definition: NodeDefinition, client: AllegroClient): Promise<void> {
  const context = runContext({ signal: AbortSignal.timeout(100_000) });
  const values = readFieldValues(definition, VALUES[definition.name]!());
  const store = (result: RunResult): Promise<RunResult> => {
    expect(result.file ?? result.parts).toBeDefined();
    return Promise.reject(new Error('no space'));
  };
  for await (const _ of startRun(definition, context, () => client, values, store));
}
