import type { Simulator } from '../../simulator';
import { CAPTURE_PATH, makeAlerts } from './alerts';
import type { N8nCluster } from './n8n-cluster';
import { N8nStore } from './n8n-store';
import { sendAlerts } from './sender';

/**
 * Sends alerts that are known already, as a sender does that missed a confirmation.
 *
 * @returns what went wrong: they have to be confirmed, and neither kept nor captured once more
 */
export async function repeatAlerts(
  cluster: N8nCluster,
  simulator: Simulator,
  { prefix, alerts: count }: { prefix: string; alerts: number },
): Promise<string[]> {
  const store = new N8nStore(cluster.postgres);
  const before = (await store.alerts()).length;
  simulator.clearRequests();
  const url = `${cluster.webhookUrl}/allegro-scale-out-alert`;
  const deliveries = await sendAlerts(url, makeAlerts(simulator, prefix, count));
  const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
  const rows = (await store.alerts()).length - before;
  return [
    ...deliveries
      .filter(({ status, tries }) => status < 200 || status > 299 || tries > 1)
      .map(({ alert, status }) => `${alert.id}, sent again, was answered with ${status}.`),
    ...(captures.length > 0 ? ['A known alert was captured again.'] : []),
    ...(rows === 0 ? [] : ['A known alert was kept again.']),
  ];
}
