import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../simulator';
import { CAPTURE_PATH, makeAlerts } from './alerts';
import type { N8nCluster } from './n8n-cluster';
import { N8nStore } from './n8n-store';
import { post } from './sender';

/** The workflow looks once a minute. */
const LIMIT_MS = 150_000;

/**
 * Leaves in the table what a worker leaves that is killed on the third attempt, and sends an alert
 * without an address.
 *
 * @returns what went wrong: the first has to be given up, the second refused, and none captured
 */
export async function loseAlerts(cluster: N8nCluster, simulator: Simulator): Promise<string[]> {
  const store = new N8nStore(cluster.postgres);
  simulator.clearRequests();
  const [lost, noHost] = makeAlerts(simulator, 'LOST', 2);
  await store.addOverdueAlert(lost!, 3);
  const { id, time } = noHost!;
  const status = await post(`${cluster.webhookUrl}/allegro-scale-out-alert`, { id, time });
  const stateOf = async (alertId: string) =>
    (await store.alerts()).find((row) => row.alertId === alertId)?.state;
  const end = Date.now() + LIMIT_MS;
  while ((await stateOf(lost!.id)) !== 'given up' && Date.now() < end) await pause(500);
  const state = await stateOf(lost!.id);
  const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
  return [
    ...(state === 'given up' ? [] : [`An alert lost on its last attempt stays "${state}".`]),
    ...(status === 400 ? [] : [`An alert without an address was answered with ${status}.`]),
    ...((await stateOf(id)) === undefined ? [] : ['An alert without an address was kept.']),
    ...(captures.length === 0 ? [] : ['A lost alert, or one without an address, was captured.']),
  ];
}
