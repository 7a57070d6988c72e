import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { STEADY_HOST, type Simulator } from '../../simulator';
import {
  CAPTURE_PATH,
  checkCaptures,
  countBy,
  makeAlerts,
  percentiles,
  readLog,
  within,
  withAppliance,
  type Alert,
  type BurstFacts,
} from './alerts';
import { executionsIn, N8nCluster, unfinishedIn } from './n8n-cluster';
import { N8nStore, type StoredFile } from './n8n-store';
import type { Program } from './program';

/** Slow enough for a worker to be in the middle of several captures: about half a second each. */
const SLOW_CAPTURE = { kind: 'slow', bytesPerSecond: 60_000, path: CAPTURE_PATH } as const;
const ALERT_HOOK = 'allegro-scale-out-alert';
const FREEZE_HOOK = 'allegro-scale-out-freeze';

export interface ScaleOptions {
  /** Of each burst. */
  alerts: number;
  workers: number;
  /** Executions that each worker runs at once. */
  concurrency: number;
  deadlineSeconds: number;
  log: (line: string) => void;
}

/** A burst, and what became of it in n8n. */
interface N8nBurst extends BurstFacts {
  /** Alerts that took more than one attempt of the workflow, or of the sender. */
  repeated: number;
  /** Files of executions that failed: n8n prunes them with the execution. */
  leftFiles: number;
}

export interface N8nScaleResult {
  burst: N8nBurst;
  /** A burst in the middle of which a worker is killed, and stays away. */
  kill: N8nBurst & {
    /** Executions that the worker was running, by how n8n says they ended. */
    endedAs: Record<string, number>;
    /** What n8n says of them. */
    message: string;
    /** Whether the record of such an execution still holds its alert. */
    keepsItsAlert: boolean;
  };
  /** Seconds from a freeze to the buffer's recording again. */
  freeze: { problems: string[]; undisturbedSeconds: number; killedSeconds: number };
  /** Of what was tried beside: repeated and lost alerts. */
  problems: string[];
}

interface Bench {
  cluster: N8nCluster;
  simulator: Simulator;
  store: N8nStore;
}

/** n8n in queue mode: a burst, one with a killed worker, and a freeze with a killed worker. */
export function scaleN8n(options: ScaleOptions): Promise<N8nScaleResult> {
  const { alerts, workers, concurrency, deadlineSeconds, log } = options;
  return withAppliance(alerts, async (simulator, folder) => {
    log('Starting PostgreSQL, Redis, and n8n in queue mode.');
    const cluster = await N8nCluster.start(folder, workers, concurrency);
    try {
      const published = await cluster.publishExamples(simulator);
      const bench = { cluster, simulator, store: new N8nStore(cluster.postgres) };
      // What is compiled and connected at the first use is not what a burst costs.
      await runBurst(bench, makeAlerts(simulator, 'WARM', workers * concurrency, 300));
      log(`Sending ${alerts} alerts to ${workers} workers.`);
      const burst = await runBurst(bench, makeAlerts(simulator, 'A', alerts));
      if (burst.sentTwice > 0) burst.problems.push(`${burst.sentTwice} captures were made twice.`);
      const problems = [...(await repeatAlerts(bench)), ...(await loseAlerts(bench))];
      log('Once more, and a worker is killed.');
      const kill = await runBurstWithKill(bench, published.alerts, alerts);
      await cluster.addWorker();
      log('Freezing the buffer, and killing the worker that froze it.');
      const freeze = await runFreeze(bench, published.freeze, deadlineSeconds, 2 * concurrency);
      return { burst, kill, freeze, problems };
    } finally {
      await cluster.stop();
    }
  });
}

/** Sends alerts all at once, waits for their captures, and compares everything with the truth. */
async function runBurst(
  { cluster, simulator, store }: Bench,
  alerts: Alert[],
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<N8nBurst> {
  const prefix = alerts[0]!.id.split('-')[0]!;
  simulator.clearRequests();
  const startMs = Date.now();
  const sending = sendAlerts(cluster, alerts);
  await meanwhile();
  const deliveries = await sending;
  const completeFiles = async () =>
    (await store.files(prefix)).filter(({ status }) => status === 'success');
  // The table says "stored" from within the execution; that has to end, too.
  const isDone = async () =>
    (await storedCount(store, prefix)) === alerts.length &&
    (await completeFiles()).length >= alerts.length;
  await within(300 + 2 * alerts.length, isDone);
  const [rows, files, complete] = [
    await store.alerts(prefix),
    await store.files(prefix),
    await completeFiles(),
  ];
  const captures = new Map(
    rows.map(({ alertId, packets, sha256 }) => {
      const stored = complete.filter(({ fileName }) => fileName.split('_')[0] === alertId);
      return [alertId, { packets, sha256: [sha256, ...stored.map((file) => file.sha256)] }];
    }),
  );
  const sentAt = new Map(deliveries.map(({ alert, sentAtMs }) => [alert.id, sentAtMs]));
  const seconds = ({ fileName, endedAtMs }: StoredFile) =>
    (endedAtMs! - sentAt.get(fileName.split('_')[0]!)!) / 1000;
  return {
    alerts: alerts.length,
    problems: [
      ...deliveries
        .filter(({ isConfirmed }) => !isConfirmed)
        .map(({ alert }) => unconfirmed(alert)),
      ...alerts.flatMap(({ id }) => {
        const mine = rows.filter(({ alertId }) => alertId === id);
        const count = complete.filter(({ fileName }) => fileName.split('_')[0] === id).length;
        return mine.length === 1 && mine[0]!.state === 'stored' && count === 1
          ? []
          : [`${id} has ${mine.length} rows (${mine[0]?.state}) and ${count} complete files.`];
      }),
      ...(await checkCaptures(simulator, alerts, captures)),
    ],
    seconds: (Math.max(...complete.map(({ endedAtMs }) => endedAtMs!)) - startMs) / 1000,
    storedSeconds: percentiles(complete.map(seconds)),
    spread: spreadOver(cluster.workers, complete),
    ...readLog(simulator, alerts),
    repeated:
      rows.filter(({ attempts }) => attempts > 1).length +
      deliveries.filter(({ tries }) => tries > 1).length,
    leftFiles: files.length - complete.length,
  };
}

const unconfirmed = ({ id }: Alert) => `${id} was not confirmed.`;

async function storedCount(store: N8nStore, prefix: string): Promise<number> {
  return (await store.alerts(prefix)).filter(({ state }) => state === 'stored').length;
}

function spreadOver(workers: Program[], complete: StoredFile[]): Record<string, number> {
  const entries = workers.map((worker) => {
    const finished = new Set(executionsIn(worker, 'finished'));
    return [worker.name, complete.filter((file) => finished.has(file.executionId)).length];
  });
  return Object.fromEntries(entries) as Record<string, number>;
}

async function runBurstWithKill(bench: Bench, workflowId: string, count: number) {
  const { cluster, simulator, store } = bench;
  const victim = cluster.workers[0]!;
  const isInTheMiddle = async () =>
    (await storedCount(store, 'K')) >= count / 4 &&
    simulator.openCaptures() > 0 &&
    unfinishedIn(victim).length >= 2;
  simulator.faults.add(SLOW_CAPTURE);
  try {
    const burst = await runBurst(bench, makeAlerts(simulator, 'K', count, 700), async () => {
      if (!(await within(300, isInTheMiddle))) throw new Error('No worker was ever in the middle.');
      await victim.stop('SIGKILL');
    });
    const lost = unfinishedIn(victim);
    const executions = async () =>
      (await store.executions(workflowId)).filter(({ id }) => lost.includes(id));
    const isOpen = ({ status }: { status: string }) =>
      ['new', 'running', 'waiting'].includes(status);
    await within(120, async () => !(await executions()).some(isOpen));
    const rows = await executions();
    const failed = rows.find(({ status }) => status === 'error');
    const record = failed && (await cluster.rest.untilEnded(failed.id, 5));
    return {
      ...burst,
      endedAs: countBy(rows.map(({ status }) => status)),
      message: record?.error?.message ?? '',
      keepsItsAlert: record?.raw.includes('K-') ?? false,
    };
  } finally {
    simulator.faults.clear();
  }
}

/** Known alerts, sent again, are confirmed, and neither kept nor captured once more. */
async function repeatAlerts({ cluster, simulator, store }: Bench): Promise<string[]> {
  const before = (await store.alerts('A')).length;
  simulator.clearRequests();
  const deliveries = await sendAlerts(cluster, makeAlerts(simulator, 'A', 5));
  const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
  return [
    ...deliveries.filter(({ isConfirmed }) => !isConfirmed).map(({ alert }) => unconfirmed(alert)),
    ...(captures.length > 0 ? ['A known alert was captured again.'] : []),
    ...((await store.alerts('A')).length === before ? [] : ['A known alert was kept again.']),
  ];
}

/** An alert whose third attempt died is given up, one without an address refused; none captured. */
async function loseAlerts({ cluster, simulator, store }: Bench): Promise<string[]> {
  simulator.clearRequests();
  const [lost, noHost] = makeAlerts(simulator, 'LOST', 2) as [Alert, Alert];
  await store.addOverdueAlert(lost, 3);
  const status = await post(cluster, ALERT_HOOK, { id: noHost.id, time: noHost.time });
  const stateOf = async ({ id }: Alert) =>
    (await store.alerts('LOST')).find(({ alertId }) => alertId === id)?.state;
  // The workflow looks once a minute.
  await within(150, async () => (await stateOf(lost)) === 'given up');
  const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
  const found = [await stateOf(lost), status, await stateOf(noHost), captures.length];
  const expected = ['given up', 400, undefined, 0];
  return String(found) === String(expected) ? [] : [`Lost alerts: ${found}, not ${expected}.`];
}

/** Freezes the buffer by the example, once undisturbed, and once with the worker killed meanwhile. */
async function runFreeze(
  { cluster, simulator, store }: Bench,
  workflowId: string,
  deadlineSeconds: number,
  alertsAhead: number,
): Promise<N8nScaleResult['freeze']> {
  const problems: string[] = [];
  const records = () => !simulator.isBufferSuspended();
  const expectRecording = async (fromMs: number) => {
    if (!(await within(deadlineSeconds, records, fromMs))) problems.push('It stayed suspended.');
    const seconds = (Date.now() - fromMs) / 1000;
    const isForgotten = async () => !(await store.hasFreeze());
    if (!(await within(20, isForgotten))) problems.push('A freeze is still noted.');
    return seconds;
  };
  const freeze = async (id: string) => {
    const time = new Date(simulator.nowUs() / 1000 - 5000).toISOString();
    const status = await post(cluster, FREEZE_HOOK, { id, time, ip: STEADY_HOST, deadlineSeconds });
    if (status !== 200 || !(await within(60, () => simulator.isBufferSuspended()))) {
      throw new Error(`The ring buffer was not suspended (HTTP ${status}).`);
    }
    return Date.now();
  };
  const undisturbedSeconds = await expectRecording(await freeze('FREEZE-1'));
  // Nothing comes any more: the worker is still waiting for the capture when it is killed.
  simulator.faults.add({ kind: 'stall', afterBytes: 1000, path: CAPTURE_PATH, method: 'GET' });
  const frozenAtMs = await freeze('FREEZE-2');
  const { id } = (await store.executions(workflowId)).at(-1)!;
  const findWorker = () =>
    cluster.workers.find((worker) => worker.isRunning && unfinishedIn(worker).includes(id));
  await within(10, () => findWorker() !== undefined);
  await findWorker()!.stop('SIGKILL');
  simulator.faults.clear();
  const sending = sendAlerts(cluster, makeAlerts(simulator, 'L', alertsAhead, 1300));
  const killedSeconds = await expectRecording(frozenAtMs);
  await sending;
  const killed = (await store.executions(workflowId)).find((one) => one.id === id);
  if (killed?.status === 'success') problems.push('The killed execution counts as a success.');
  return { problems, undisturbedSeconds, killedSeconds };
}

/** Sends alerts all at once, as an alerting system does: what is not confirmed is sent again. */
function sendAlerts(cluster: N8nCluster, alerts: Alert[]) {
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
function post({ webhookUrl }: N8nCluster, hook: string, body: unknown): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { method: 'POST', headers, agent: false, timeout: 300_000 };
    const call = request(`${webhookUrl}/${hook}`, options, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    call.once('timeout', () => call.destroy(new Error('No response.')));
    call.once('error', reject).end(JSON.stringify(body));
  });
}
