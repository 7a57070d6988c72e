/** The alerting system that calls n8n. */
import { setTimeout as pause } from 'node:timers/promises';
import { fetchOnce } from '../hosts/fetch-once';
import type { Alert } from './alerts';
import type { N8nCluster } from './n8n-cluster';

export const ALERT_HOOK = 'allegro-scale-out-alert';
/** Without an answer; then it is sent again, as where the worker that was to answer has died. */
const LIMIT_MS = 300_000;

/** Sends alerts all at once, as an alerting system does: what is not confirmed is sent again. */
export function sendAlerts(cluster: N8nCluster, alerts: Alert[]) {
  return Promise.all(
    alerts.map(async (alert) => {
      const sentAtMs = Date.now();
      let [status, tries] = [0, 0];
      const isConfirmed = () => status >= 200 && status < 300;
      while (tries < 4 && !isConfirmed()) {
        if (tries++ > 0) await pause(2000);
        status = await post(cluster, ALERT_HOOK, alert).catch(() => 0);
      }
      return { alert, sentAtMs, tries, isConfirmed: isConfirmed() };
    }),
  );
}

/** Posts JSON on a connection of its own; resolves to the status. */
export async function post(
  { webhookUrl }: N8nCluster,
  hook: string,
  body: unknown,
): Promise<number> {
  const { status } = await fetchOnce(`${webhookUrl}/${hook}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  return status;
}
