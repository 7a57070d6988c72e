import type { AllegroClient } from '../../../client';
import type { Simulator } from '../../../simulator';
import { ask } from '../../simulator/support';
import { nodeOf, type Samples } from '../node-calls';
import { pastWindow, uploadRequest } from './operations';
import { runDefinition } from './run-definition';

/** What the calls need; the appliance must behave as the page says meanwhile. */
export async function prepareSamples(
  simulator: Simulator,
  client: AllegroClient,
): Promise<Samples> {
  // The other device counts its past when it is first asked.
  await ask(simulator, '/API/stats/modules/ip/ips?mm-id=branch-1');
  simulator.incidents.report();
  const window = pastWindow(simulator);
  const file = await simulator.fileOf('', window.startUs, window.endUs);
  await client.upload(uploadRequest(file), { signal: new AbortController().signal });
  const list = async (device: string) => {
    const values = { timeMode: 'none', returnAll: true, device };
    const [{ json }] = await runDefinition(client, nodeOf('getConnections'), values);
    return json.connections as Samples['connection'][];
  };
  // Whole within the file: else the live traffic has more packets of it than the slot.
  const isWithin = ({ connectionStart, lastActivity }: Samples['connection']) =>
    Number(connectionStart) > window.startUs / 1000 + 1000 &&
    Number(lastActivity) < window.endUs / 1000 - 1000;
  return {
    ...{ simulator, file, window },
    connection: (await list('')).find(isWithin)!,
    slotConnection: (await list(':1')).find(isWithin)!,
  };
}
