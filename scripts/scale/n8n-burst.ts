import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../simulator';
import {
  CAPTURE_PATH,
  makeAlerts,
  readApplianceLog,
  truthOf,
  type Alert,
  type ApplianceLog,
} from './alerts';
import { percentiles, type Percentiles } from './figures';
import type { N8nCluster, Worker } from './n8n-cluster';
import { usageBetween, type Usage } from './usage';
import { N8nStore, type AlertRow, type StoredFile } from './n8n-store';
import { sendAlerts, type Delivery } from './sender';

export interface BurstOptions {
  /** Begins the IDs of the alerts. */
  prefix: string;
  alerts: number;
  /** Sets the windows apart from those of another burst. */
  shiftMs?: number;
  /** What happens while it runs; it is awaited. */
  meanwhile?: (burst: RunningBurst) => Promise<void>;
  limitSeconds: number;
}

/** A burst that is being worked on. */
interface RunningBurst {
  /** How many alerts have a stored capture. */
  stored(): Promise<number>;
}

export interface BurstResult {
  alerts: number;
  /** Violations of what is promised; none if all is well. */
  problems: string[];
  /** From the first alert sent to the last capture stored. */
  seconds: number;
  /** From an alert sent to its confirmation. */
  confirmedMs: Percentiles;
  /** From an alert sent to its stored capture. */
  storedMs: Percentiles;
  /** Bytes of a capture, on average. */
  captureBytes: number;
  /** How many of the stored captures each worker made, by its number. */
  spread: Record<number, number>;
  appliance: Omit<ApplianceLog, 'delivered'>;
  /** Alerts whose window the appliance had to send more than once. */
  sentTwice: number;
  /** Alerts that took more than one attempt. */
  secondAttempts: number;
  /** Files of executions that failed: n8n prunes them with the execution. */
  leftFiles: number;
  /** Alerts that the sender had to send again, because they were not confirmed. */
  resent: number;
  /** What the burst cost. */
  usage: Usage;
}

/** Sends alerts all at once, waits for their captures, and compares everything with the truth. */
export async function runBurst(
  cluster: N8nCluster,
  simulator: Simulator,
  { prefix, alerts: count, shiftMs, meanwhile, limitSeconds }: BurstOptions,
): Promise<BurstResult> {
  const store = new N8nStore(cluster.postgres);
  const alerts = makeAlerts(simulator, prefix, count, shiftMs);
  const mine = ({ alertId }: AlertRow) => alertId.startsWith(`${prefix}-`);
  const stored = async () =>
    (await store.alerts()).filter((row) => mine(row) && row.state === 'stored').length;
  simulator.clearRequests();
  const before = await cluster.usage();
  const startMs = Date.now();
  const sending = sendAlerts(`${cluster.webhookUrl}/allegro-scale-out-alert`, alerts);
  await meanwhile?.({ stored });
  const deliveries = await sending;
  const endMs = startMs + limitSeconds * 1000;
  const findFiles = async () =>
    (await store.files()).filter(({ fileName }) => fileName.startsWith(`${prefix}-`));
  const isWhole = ({ status }: StoredFile) => status === 'success';
  const isDone = async () =>
    // The table says "stored" from within the execution; that has to end, too.
    (await stored()) === count && (await findFiles()).filter(isWhole).length >= count;
  while (!(await isDone()) && Date.now() < endMs) await pause(500);
  const after = await cluster.usage();
  const rows = (await store.alerts()).filter(mine);
  const files = await findFiles();
  const log = readApplianceLog(simulator, alerts);
  const whole = files.filter(isWhole);
  const sentAt = new Map(deliveries.map(({ alert, sentAtMs }) => [alert.id, sentAtMs]));
  const latency = ({ fileName, endedAtMs }: StoredFile) =>
    endedAtMs - (sentAt.get(idOf(fileName)) ?? NaN);
  const { delivered, ...appliance } = log;
  const sentTwice = [...delivered.values()].filter((times) => times > 1).length;
  const problems = await findProblems(simulator, alerts, { deliveries, rows, files, log });
  if (sentTwice > 0 && !meanwhile) problems.push(`${sentTwice} captures were made twice.`);
  return {
    alerts: count,
    problems,
    seconds: (Math.max(...whole.map(({ endedAtMs }) => endedAtMs)) - startMs) / 1000,
    confirmedMs: percentiles(deliveries.map(({ confirmedMs }) => confirmedMs)),
    storedMs: percentiles(whole.map(latency)),
    captureBytes: meanCapture(simulator),
    spread: spreadOver(cluster.workers, whole),
    appliance,
    sentTwice,
    secondAttempts: rows.filter(({ attempts }) => attempts > 1).length,
    leftFiles: files.length - whole.length,
    resent: deliveries.filter(({ tries }) => tries > 1).length,
    usage: usageBetween(before, after),
  };
}

interface Evidence {
  deliveries: Delivery[];
  rows: AlertRow[];
  files: StoredFile[];
  log: ApplianceLog;
}

/** Each alert was confirmed, kept once, captured, and stored once, with exactly the right packets. */
async function findProblems(
  simulator: Simulator,
  alerts: Alert[],
  { deliveries, rows, files, log }: Evidence,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { alert, status } of deliveries) {
    // 202 where it was kept, 200 where it was known from a try before.
    if (status < 200 || status > 299) problems.push(`${alert.id} was answered with ${status}.`);
  }
  for (const alert of alerts) {
    const say = (what: string) => problems.push(`${alert.id} ${what}.`);
    const mine = rows.filter(({ alertId }) => alertId === alert.id);
    const [row] = mine;
    if (mine.length !== 1) say(`stands ${mine.length} times in the table`);
    if (row?.state !== 'stored') say(`is ${row?.state ?? 'unknown'}, not stored`);
    const stored = files.filter(({ fileName }) => idOf(fileName) === alert.id);
    const whole = stored.filter(({ status }) => status === 'success');
    if (whole.length !== 1) {
      const found = stored.map(({ executionId, status }) => `${executionId} ${status}`).join(', ');
      say(`has ${whole.length} stored captures of successful executions (${found})`);
    }
    const truth = await truthOf(simulator, alert);
    if (truth.packets === 0) say('has no packets to find: the test itself is wrong');
    if (row?.packets !== truth.packets) say(`has ${row?.packets} packets, not ${truth.packets}`);
    for (const sha256 of [row?.sha256, whole[0]?.sha256]) {
      if (sha256 !== truth.sha256) say(`has the SHA-256 ${sha256}, not ${truth.sha256}`);
    }
    if (!log.delivered.has(alert.id)) say('was never sent whole by the appliance');
  }
  return problems;
}

function spreadOver(workers: Worker[], whole: StoredFile[]): Record<number, number> {
  const entries = workers.map(({ number, program }) => {
    const finished = new Set(executionsIn(program.log, 'finished'));
    return [number, whole.filter(({ executionId }) => finished.has(executionId)).length];
  });
  return Object.fromEntries(entries) as Record<number, number>;
}

/** IDs of the executions that a worker began or finished, by its log. */
export function executionsIn(log: string, what: 'started' | 'finished'): string[] {
  return [...log.matchAll(new RegExp(`Worker ${what} execution (\\d+)`, 'g'))].map(([, id]) => id!);
}

/** File names begin with the alert's ID, then an underscore. */
function idOf(fileName: string): string {
  return fileName.split('_')[0]!;
}

function meanCapture({ requests }: Simulator): number {
  const bytes = requests
    .filter(({ path, isAborted }) => path === CAPTURE_PATH && !isAborted)
    .map((request) => request.bytes);
  return bytes.reduce((sum, count) => sum + count, 0) / Math.max(1, bytes.length);
}
