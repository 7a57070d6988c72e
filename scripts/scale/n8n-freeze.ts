import { setTimeout as pause } from 'node:timers/promises';
import { STEADY_HOST, type Simulator } from '../../simulator';
import { CAPTURE_PATH, makeAlerts } from './alerts';
import { unfinishedOf } from './n8n-kill';
import type { N8nCluster, Worker } from './n8n-cluster';
import { N8nStore } from './n8n-store';
import { post, sendAlerts } from './sender';

const START_LIMIT_SECONDS = 60;

export interface FreezeResult {
  problems: string[];
  deadlineSeconds: number;
  /** Alerts that were sent at the kill: what resumes the buffer has to wait behind them. */
  alertsAhead: number;
  /** From the freeze to the buffer's recording again, after the worker was killed while frozen. */
  suspendedSeconds: number;
  /** The same where nothing happens to the worker. */
  undisturbedSeconds: number;
}

/**
 * Freezes the ring buffer by the example, once undisturbed, and once with the worker killed while
 * the buffer is suspended.
 */
export async function runFreeze(
  cluster: N8nCluster,
  simulator: Simulator,
  workflowId: string,
  { deadlineSeconds, alertsAhead }: { deadlineSeconds: number; alertsAhead: number },
): Promise<FreezeResult> {
  const store = new N8nStore(cluster.postgres);
  const problems: string[] = [];
  const undisturbed = await freeze(cluster, simulator, 'FREEZE-1', deadlineSeconds);
  await within(deadlineSeconds, () => !simulator.isBufferSuspended());
  const undisturbedSeconds = (Date.now() - undisturbed) / 1000;
  if (!(await within(20, async () => (await store.freezes()) === 0)))
    problems.push('A freeze is still noted.');

  // Nothing comes any more: the worker is still waiting for the capture when it is killed.
  simulator.faults.add({ kind: 'stall', afterBytes: 1000, path: CAPTURE_PATH, method: 'GET' });
  try {
    const frozenAt = await freeze(cluster, simulator, 'FREEZE-2', deadlineSeconds);
    const id = (await store.executions(workflowId)).at(-1)!.id;
    const victim = await workerOf(cluster, id);
    await victim.program.kill();
    simulator.faults.clear();
    const url = `${cluster.webhookUrl}/allegro-scale-out-alert`;
    const sending = sendAlerts(url, makeAlerts(simulator, 'L', alertsAhead, 1300));
    const isInTime = await within(deadlineSeconds, () => !simulator.isBufferSuspended(), frozenAt);
    const suspendedSeconds = (Date.now() - frozenAt) / 1000;
    if (!isInTime) problems.push(`The buffer was suspended beyond its deadline.`);
    if (!(await within(20, async () => (await store.freezes()) === 0)))
      problems.push('A freeze is still noted.');
    await sending;
    const rows = await store.executions(workflowId);
    const { status } = rows.find((row) => row.id === id)!;
    if (status === 'success') problems.push('The killed execution counts as a success.');
    return { problems, deadlineSeconds, alertsAhead, suspendedSeconds, undisturbedSeconds };
  } finally {
    simulator.faults.clear();
  }
}

/** Asks for a freeze; resolves to the time at which the buffer was seen suspended. */
async function freeze(
  cluster: N8nCluster,
  simulator: Simulator,
  id: string,
  deadlineSeconds: number,
): Promise<number> {
  const time = new Date(simulator.nowUs() / 1000 - 5000).toISOString();
  const alert = { id, time, ip: STEADY_HOST, deadlineSeconds };
  const status = await post(`${cluster.webhookUrl}/allegro-scale-out-freeze`, alert);
  if (status !== 200) throw new Error(`The freeze was answered with ${status}.`);
  if (!(await within(START_LIMIT_SECONDS, () => simulator.isBufferSuspended()))) {
    throw new Error('The ring buffer was never suspended.');
  }
  return Date.now();
}

async function workerOf({ workers }: N8nCluster, executionId: string): Promise<Worker> {
  const find = () =>
    workers.find(
      (worker) => worker.program.isRunning && unfinishedOf(worker).includes(executionId),
    );
  await within(10, () => find() !== undefined);
  const worker = find();
  if (!worker) throw new Error(`No worker runs execution ${executionId}.`);
  return worker;
}

/** Whether something comes true in time. */
async function within(
  seconds: number,
  isTrue: () => boolean | Promise<boolean>,
  fromMs = Date.now(),
): Promise<boolean> {
  while (Date.now() - fromMs < seconds * 1000) {
    if (await isTrue()) return true;
    await pause(20);
  }
  return isTrue();
}
