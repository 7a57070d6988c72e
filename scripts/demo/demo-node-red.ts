/**
 * Shows the main job without hardware: a simulated appliance, a Node-RED with these nodes, and an
 * alert that fetches the packets around it. Run: npm run demo [-- --once | --watch | --port 1880]
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { demoFlows } from './node-red-flows';
import { fetchOnce } from '../hosts/fetch-once';
import { NodeRedHost } from '../hosts/node-red-host';
import { NODE_RED_SOURCES, packNodeRed, ROOT } from '../hosts/pack';
import { rows, runDemo, say } from './run-demo';

const HOST = '10.1.2.3';
/** So long ago that the minute after it is in the ring buffer, too. */
const ALERT_AGE_MS = 90_000;
const USER_DIR = join(ROOT, '.cache/demo');

/** What the flow answers to an alert, as far as it is looked at here. */
interface CaptureAnswer {
  path?: string;
  packets?: number;
  bytes?: number;
  sha256?: string;
  complete?: boolean;
  endedBy?: string;
  expression?: string;
  requestedWindow?: { from: string; to: string };
  coveredWindow?: { from: string; to: string } | null;
  warnings?: string[];
  error?: string;
}

async function runJob(host: NodeRedHost): Promise<void> {
  const time = alertTime();
  say('', `Alert: ${HOST}, ${time}`, `  POST ${host.url}/allegro/alert`, '');
  const response = await fetchOnce(`${host.url}/allegro/alert`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ip: HOST, time }),
  });
  const capture = (await response.json()) as CaptureAnswer;
  if (!response.ok) throw new Error(capture.error ?? `The flow answered ${response.status}.`);
  await checkCapture(capture);
  sayCapture(capture);
  const report = await fetchOnce(`${host.url}/allegro/top-talkers`);
  const text = await report.text();
  if (!report.ok || !text.includes(HOST)) throw new Error(`No report of top talkers: ${text}`);
  say('', text.trimEnd());
}

/** Trusts nothing that the flow said: the file itself has to bear it out. */
async function checkCapture(capture: CaptureAnswer): Promise<void> {
  const { path, packets, bytes, sha256, complete } = capture;
  if (!path) throw new Error('The flow named no file.');
  const found = await stat(path);
  const actual = await sha256Of(path);
  const problems = [
    complete === true ? '' : 'the capture is not complete',
    (packets ?? 0) > 0 ? '' : 'there are no packets in it',
    found.size === bytes ? '' : `it has ${found.size} bytes, not ${bytes}`,
    actual === sha256 ? '' : `its SHA-256 is ${actual}, not ${sha256}`,
  ].filter(Boolean);
  if (problems.length > 0) throw new Error(`${path}: ${problems.join('; ')}.`);
}

function sayCapture(capture: CaptureAnswer): void {
  const { requestedWindow, coveredWindow } = capture;
  say(
    'Captured:',
    ...rows([
      ['File', capture.path ?? ''],
      ['Filter', capture.expression ?? ''],
      ['Asked for', `${requestedWindow?.from} to ${requestedWindow?.to}`],
      ['Packets from', `${coveredWindow?.from} to ${coveredWindow?.to}`],
      ['Packets', (capture.packets ?? 0).toLocaleString('en-US')],
      ['Bytes', (capture.bytes ?? 0).toLocaleString('en-US')],
      ['SHA-256', `${capture.sha256} (checked against the file)`],
      ['Complete', capture.complete ? `yes, ended by the ${capture.endedBy}` : 'no'],
      ...(capture.warnings ?? []).map((text): [string, string] => ['Warning', text]),
    ]),
  );
}

function alertTime(): string {
  return new Date(Date.now() - ALERT_AGE_MS).toISOString();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

runDemo<NodeRedHost>({
  hostName: 'Node-RED',
  usualPort: 1880,
  sources: NODE_RED_SOURCES,
  async start(simulator, port) {
    mkdirSync(USER_DIR, { recursive: true });
    // Flows of an earlier run would stand beside those of this one.
    for (const name of ['flows.json', 'flows_cred.json']) {
      rmSync(join(USER_DIR, name), { force: true });
    }
    const host = await NodeRedHost.start({ userDir: USER_DIR, port });
    await host.deploy(demoFlows(simulator, HOST, ALERT_AGE_MS));
    return host;
  },
  async restart(host) {
    await packNodeRed();
    await host.stop();
    return NodeRedHost.start({ userDir: USER_DIR, port: Number(new URL(host.url).port) });
  },
  job: runJob,
  introduction: ({ url }) => [
    `Node-RED's editor: ${url}  (no login; only this machine reaches it)`,
    `Click the button in the tab "Start here", or send an alert of your own, for example:`,
    `  curl -H 'Content-Type: application/json' -d '{"ip": "${HOST}", "time": "${alertTime()}"}' ${url}/allegro/alert`,
  ],
});
