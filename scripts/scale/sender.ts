import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Alert } from './alerts';

const MOST_TRIES = 4;
const ANSWER_LIMIT_MS = 300_000;

/** How an alert was taken. */
export interface Delivery {
  alert: Alert;
  sentAtMs: number;
  /** From the first try to the confirmation. */
  confirmedMs: number;
  /** Of the last answer; 0 where none came. */
  status: number;
  tries: number;
}

/** Sends alerts all at once, as an alerting system does: what is not confirmed is sent again. */
export function sendAlerts(url: string, alerts: Alert[]): Promise<Delivery[]> {
  return Promise.all(alerts.map((alert) => sendOne(url, alert)));
}

async function sendOne(url: string, alert: Alert): Promise<Delivery> {
  const sentAtMs = Date.now();
  let [status, tries] = [0, 0];
  while (tries < MOST_TRIES && !(status >= 200 && status < 300)) {
    if (tries++ > 0) await pause(2000);
    status = await post(url, alert).catch(() => 0);
  }
  return { alert, sentAtMs, confirmedMs: Date.now() - sentAtMs, status, tries };
}

/** Posts JSON on a connection of its own; resolves to the status. */
export function post(url: string, body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const call = request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    call.setTimeout(ANSWER_LIMIT_MS, () => call.destroy(new Error('No answer.')));
    call.once('error', reject).end(JSON.stringify(body));
  });
}
