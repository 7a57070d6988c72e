/**
 * Shows the main job without hardware: a simulated appliance, a Node-RED with these nodes, and an
 * alert that fetches the packets around it. Stays open until Ctrl+C; `--once` ends after the job
 * and tells by its exit code whether that worked. Run: npm run demo [-- --once]
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { completeNode } from '../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../node-red/runtime/values/names';
import { freePort, NodeRedHost, type FlowNode } from './demo/node-red-host';
import { ROOT } from './demo/pack';
import { SIMULATOR_TOKEN, SimulatorProcess } from './demo/simulator-process';
import { exampleFlow } from './example-files';

const HOST = '10.1.2.3';
/** So long ago that the minute after it is in the ring buffer, too. */
const ALERT_AGE_MS = 90_000;
const TIME_LIMIT_MS = 110_000;
const USUAL_PORT = 1880;
const USER_DIR = join(ROOT, '.cache/demo');

/** What the flow answers to an alert, as far as it is looked at here. */
interface CaptureAnswer {
  filename?: string;
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

async function main(): Promise<void> {
  const isOnce = process.argv.includes('--once');
  const running: Array<{ stop(): Promise<void> }> = [];
  const stopAll = async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
  };
  const interrupted = onInterrupt();
  const watchdog = setTimeout(() => {
    console.error(`The job was not done after ${TIME_LIMIT_MS / 1000} s.`);
    process.exitCode = 1;
    void stopAll().finally(() => process.exit(1));
  }, TIME_LIMIT_MS);
  try {
    say('Starting a simulated appliance …');
    const simulator = await SimulatorProcess.start();
    running.push(simulator);
    say('Building the nodes and starting Node-RED …');
    const host = await startNodeRed();
    running.push(host);
    await host.deploy(demoFlows(simulator));
    await runJob(host);
    clearTimeout(watchdog);
    if (isOnce) return;
    say(
      '',
      `Node-RED's editor: ${host.url}  (no login; only this machine reaches it)`,
      `Simulated appliance: ${simulator.url}  (token ${SIMULATOR_TOKEN})`,
      `Send an alert of your own, for example:`,
      `  curl -H 'Content-Type: application/json' -d '{"host": "${HOST}", "time": "${alertTime()}"}' ${host.url}/allegro/alert`,
      'Ctrl+C ends both.',
    );
    await interrupted;
  } finally {
    clearTimeout(watchdog);
    await stopAll();
  }
}

async function startNodeRed(): Promise<NodeRedHost> {
  mkdirSync(USER_DIR, { recursive: true });
  // Flows of an earlier run would stand beside those of this one.
  for (const name of ['flows.json', 'flows_cred.json'])
    rmSync(join(USER_DIR, name), { force: true });
  const port = (await isFree(USUAL_PORT)) ? USUAL_PORT : await freePort();
  return NodeRedHost.start({ userDir: USER_DIR, port });
}

/** Two of the example flows, as they are; only the appliance is filled in. */
function demoFlows({ url, certificate }: SimulatorProcess): FlowNode[] {
  const nodes = ['13-first-capture', '14-top-talkers-report'].flatMap(exampleFlow);
  return nodes.map((node) =>
    node.type === APPLIANCE_TYPE
      ? completeNode({
          ...node,
          name: 'Simulated appliance',
          baseUrl: url,
          caCertificate: certificate,
          credentials: { token: SIMULATOR_TOKEN },
        })
      : node,
  );
}

async function runJob(host: NodeRedHost): Promise<void> {
  const time = alertTime();
  say('', `Alert: ${HOST}, ${time}`, `  POST ${host.url}/allegro/alert`, '');
  const response = await fetch(`${host.url}/allegro/alert`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ host: HOST, time }),
  });
  const capture = (await response.json()) as CaptureAnswer;
  if (!response.ok) throw new Error(capture.error ?? `The flow answered ${response.status}.`);
  await checkCapture(capture);
  sayCapture(capture);
  const report = await fetch(`${host.url}/allegro/top-talkers`);
  const text = await report.text();
  if (!report.ok || !text.includes(HOST)) throw new Error(`No report of top talkers: ${text}`);
  say('', text.trimEnd());
}

/** Trusts nothing that the flow said: the file itself has to bear it out. */
async function checkCapture(capture: CaptureAnswer): Promise<void> {
  const { filename, packets, bytes, sha256, complete } = capture;
  if (!filename) throw new Error('The flow named no file.');
  const found = await stat(filename);
  const actual = await sha256Of(filename);
  const problems = [
    complete === true ? '' : 'the capture is not complete',
    (packets ?? 0) > 0 ? '' : 'there are no packets in it',
    found.size === bytes ? '' : `it has ${found.size} bytes, not ${bytes}`,
    actual === sha256 ? '' : `its SHA-256 is ${actual}, not ${sha256}`,
  ].filter(Boolean);
  if (problems.length > 0) throw new Error(`${filename}: ${problems.join('; ')}.`);
}

function sayCapture(capture: CaptureAnswer): void {
  const { requestedWindow, coveredWindow } = capture;
  const rows: Array<[string, string]> = [
    ['File', capture.filename ?? ''],
    ['Filter', capture.expression ?? ''],
    ['Asked for', `${requestedWindow?.from} to ${requestedWindow?.to}`],
    ['Packets from', `${coveredWindow?.from} to ${coveredWindow?.to}`],
    ['Packets', (capture.packets ?? 0).toLocaleString('en-US')],
    ['Bytes', (capture.bytes ?? 0).toLocaleString('en-US')],
    ['SHA-256', `${capture.sha256} (checked against the file)`],
    ['Complete', capture.complete ? `yes, ended by the ${capture.endedBy}` : 'no'],
    ...(capture.warnings ?? []).map((text): [string, string] => ['Warning', text]),
  ];
  say('Captured:', ...rows.map(([name, value]) => `  ${name.padEnd(14)}${value}`));
}

function alertTime(): string {
  return new Date(Date.now() - ALERT_AGE_MS).toISOString();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Whether nobody listens there, on any address of this machine. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

function onInterrupt(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
}

function say(...lines: string[]): void {
  for (const line of lines) console.log(line);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
