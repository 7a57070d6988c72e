/** The alerting system that calls n8n. */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
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
export function post({ webhookUrl }: N8nCluster, hook: string, body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { method: 'POST', headers, agent: false, timeout: LIMIT_MS };
    const call = request(`${webhookUrl}/${hook}`, options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    call.once('timeout', () => call.destroy(new Error('No response.')));
    call.once('error', reject).end(JSON.stringify(body));
  });
}
