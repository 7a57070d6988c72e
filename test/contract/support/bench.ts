import { AllegroClient } from '../../../client';
import type { Transport } from '../../../client/http/transport';
import { DEFAULT_SWITCHES, startSimulator, type Simulator } from '../../../simulator';
import { ask } from '../../simulator/support';
import { fastContext } from './fast-context';
import { axiosTransport } from './transports';

/**
 * A simulated appliance over HTTPS and a client for it, for the tests of one file.
 *
 * @param speed of the client's clock; a fast one shortens what waits for limits and jobs, but counts
 *   every delay of a busy machine as many times
 */
export function useSimulator(
  historySeconds: number,
  speed = 1,
): {
  readonly simulator: Simulator;
  readonly client: AllegroClient;
  readonly transport: Transport;
  /** Requests whose path begins with this. */
  met(path: string): Simulator['requests'];
  /** Makes every answer of this test see the same statistics, whatever second it comes in. */
  standStill(): void;
} {
  let simulator: Simulator;
  let client: AllegroClient;
  let connection: ReturnType<typeof axiosTransport>;
  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds });
    connection = axiosTransport(simulator);
    const { transport } = connection;
    client = new AllegroClient({ transport, context: fastContext(speed) });
  });
  afterAll(async () => {
    connection.destroy();
    await simulator.close();
  });
  beforeEach(() => {
    simulator.faults.clear();
    simulator.clearRequests();
    simulator.setQuiet(false);
    Object.assign(simulator.switches, DEFAULT_SWITCHES);
  });
  return {
    get simulator() {
      return simulator;
    },
    get client() {
      return client;
    },
    get transport() {
      return connection.transport;
    },
    met: (path) => simulator.requests.filter((one) => one.path.startsWith(path)),
    standStill() {
      simulator.setQuiet(true);
      // The last second with traffic is over, and counted.
      simulator.switches.clockSkewMs += 1000;
    },
  };
}

/** The other device counts its past when it is first asked, which may outlast a limit of the tests. */
export function useBranch(bench: { readonly simulator: Simulator }): void {
  beforeAll(() => ask(bench.simulator, '/API/stats/modules/ip/globalConnections?mm-id=branch-1'));
}
