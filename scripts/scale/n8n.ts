import type { Simulator } from '../../simulator';
import {
  CAPTURE_PATH,
  checkCaptures,
  countBy,
  HELD_CAPTURE,
  makeAlerts,
  PATIENCE_SECONDS,
  percentiles,
  readLog,
  untilReached,
  within,
  withAppliance,
  type Alert,
  type BurstFacts,
} from './alerts';
import { ALERT_HOOK, post, sendAlerts } from './n8n-alerting';
import { executionsIn, N8nCluster, unfinishedIn } from './n8n-cluster';
import { runFreeze, type N8nFreeze } from './n8n-freeze';
import { N8nStore, type StoredFile } from './n8n-store';
import type { Program } from './program';

/** Transfers from one appliance that a process makes at once, however many executions it runs. */
const TRANSFERS_AT_ONCE = 4;

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
  freeze: N8nFreeze;
  /** Of what was tried beside: repeated and lost alerts. */
  problems: string[];
}

interface Bench {
  cluster: N8nCluster;
  simulator: Simulator;
  store: N8nStore;
  /** The most that a worker makes at once. */
  capturesOfWorker: number;
}

/** n8n in queue mode: a burst, one with a killed worker, and a freeze with a killed worker. */
export function scaleN8n(options: ScaleOptions): Promise<N8nScaleResult> {
  const { alerts, workers, concurrency, deadlineSeconds, log } = options;
  return withAppliance(alerts, async (simulator, folder) => {
    log('Starting PostgreSQL, Redis, and n8n in queue mode.');
    const cluster = await N8nCluster.start(folder, workers, concurrency);
    try {
      const published = await cluster.publishExamples(simulator);
      const bench: Bench = {
        ...{ cluster, simulator, store: new N8nStore(cluster.postgres) },
        capturesOfWorker: Math.min(concurrency, TRANSFERS_AT_ONCE),
      };
      // What is compiled and connected at the first use is not what a burst costs.
      await runBurst(bench, makeAlerts(simulator, 'WARM', workers * concurrency, 300));
      log(`Sending ${alerts} alerts to ${workers} workers.`);
      const burst = await runSharedBurst(bench, makeAlerts(simulator, 'A', alerts));
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
  await within(PATIENCE_SECONDS + 2 * alerts.length, isDone);
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

/** A burst that no worker can finish before each of them has captures in progress. */
async function runSharedBurst(bench: Bench, alerts: Alert[]): Promise<N8nBurst> {
  const { cluster, simulator, capturesOfWorker } = bench;
  simulator.faults.add(HELD_CAPTURE);
  return runBurst(bench, alerts, async () => {
    await untilReached(
      'captures of each worker',
      () => simulator.openCaptures() > (cluster.workers.length - 1) * capturesOfWorker,
      () => progressOf(bench),
    );
    simulator.faults.clear();
  });
}

function progressOf({ cluster, simulator }: Bench) {
  const running = cluster.workers.map((worker) => [worker.name, unfinishedIn(worker)]);
  return { openCaptures: simulator.openCaptures(), running };
}

async function runBurstWithKill(bench: Bench, workflowId: string, count: number) {
  const { cluster, simulator, store, capturesOfWorker } = bench;
  const victim = cluster.workers[0]!;
  const firstOnes = Math.floor(count / 4);
  // The others cannot make so many captures that none of the worker's own is among those held.
  const isInTheMiddle = async () =>
    simulator.openCaptures() > (cluster.workers.length - 1) * capturesOfWorker &&
    unfinishedIn(victim).length >= 2 &&
    (await storedCount(store, 'K')) >= firstOnes;
  simulator.faults.add({ ...HELD_CAPTURE, skip: firstOnes });
  const burst = await runBurst(bench, makeAlerts(simulator, 'K', count, 700), async () => {
    await untilReached('a worker in the middle of captures', isInTheMiddle, async () => ({
      ...progressOf(bench),
      stored: await storedCount(store, 'K'),
    }));
    await victim.stop('SIGKILL');
    simulator.faults.clear();
  });
  const lost = unfinishedIn(victim);
  const executions = async () =>
    (await store.executions(workflowId)).filter(({ id }) => lost.includes(id));
  const isOpen = ({ status }: { status: string }) => ['new', 'running', 'waiting'].includes(status);
  await within(PATIENCE_SECONDS, async () => !(await executions()).some(isOpen));
  const rows = await executions();
  const failed = rows.find(({ status }) => status === 'error');
  const record = failed && (await cluster.rest.untilEnded(failed.id));
  return {
    ...burst,
    endedAs: countBy(rows.map(({ status }) => status)),
    message: record?.error?.message ?? '',
    keepsItsAlert: record?.raw.includes('K-') ?? false,
  };
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
  await within(PATIENCE_SECONDS, async () => (await stateOf(lost)) === 'given up');
  const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
  const found = [await stateOf(lost), status, await stateOf(noHost), captures.length];
  const expected = ['given up', 400, undefined, 0];
  return String(found) === String(expected) ? [] : [`Lost alerts: ${found}, not ${expected}.`];
}
