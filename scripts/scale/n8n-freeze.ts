import { STEADY_HOST, type Simulator } from '../../simulator';
import { HELD_CAPTURE, makeAlerts, PATIENCE_SECONDS, untilReached, within } from './alerts';
import { post, sendAlerts } from './n8n-alerting';
import { unfinishedIn, type N8nCluster } from './n8n-cluster';
import type { N8nStore } from './n8n-store';

const FREEZE_HOOK = 'allegro-scale-out-freeze';

/** Seconds from a freeze to the buffer's recording again. */
export interface N8nFreeze {
  problems: string[];
  undisturbedSeconds: number;
  killedSeconds: number;
}

/** Freezes the buffer by the example, once undisturbed, and once with the worker killed meanwhile. */
export async function runFreeze(
  { cluster, simulator, store }: { cluster: N8nCluster; simulator: Simulator; store: N8nStore },
  workflowId: string,
  deadlineSeconds: number,
  alertsAhead: number,
): Promise<N8nFreeze> {
  const problems: string[] = [];
  const expectRecording = async (fromMs: number) => {
    const records = () => !simulator.isBufferSuspended();
    if (!(await within(PATIENCE_SECONDS, records))) problems.push('It stayed suspended.');
    const seconds = (Date.now() - fromMs) / 1000;
    const isForgotten = async () => !(await store.hasFreeze());
    if (!(await within(PATIENCE_SECONDS, isForgotten))) problems.push('A freeze is still noted.');
    return seconds;
  };
  // The capture is held, so that the buffer is found suspended, and the worker waiting for it.
  const freeze = async (id: string) => {
    // Two reads of the state of the ring buffer come first.
    simulator.faults.add({ ...HELD_CAPTURE, skip: 2 });
    const time = new Date(simulator.nowUs() / 1000 - 5000).toISOString();
    const status = await post(cluster, FREEZE_HOOK, { id, time, ip: STEADY_HOST, deadlineSeconds });
    if (status !== 200) throw new Error(`The freeze was refused (HTTP ${status}).`);
    await untilReached(
      'the ring buffer to be suspended',
      () => simulator.isBufferSuspended() && simulator.openCaptures() > 0,
      () => store.executions(workflowId),
    );
    return Date.now();
  };
  const undisturbedAtMs = await freeze('FREEZE-1');
  simulator.faults.clear();
  const undisturbedSeconds = await expectRecording(undisturbedAtMs);
  const frozenAtMs = await freeze('FREEZE-2');
  const { id } = (await store.executions(workflowId)).at(-1)!;
  const findWorker = () =>
    cluster.workers.find((worker) => worker.isRunning && unfinishedIn(worker).includes(id));
  await untilReached(
    `a worker that runs execution ${id}`,
    () => findWorker() !== undefined,
    () => store.executions(workflowId),
  );
  await findWorker()!.stop('SIGKILL');
  simulator.faults.clear();
  const sending = sendAlerts(cluster, makeAlerts(simulator, 'L', alertsAhead, 1300));
  const killedSeconds = await expectRecording(frozenAtMs);
  await sending;
  const killed = (await store.executions(workflowId)).find((one) => one.id === id);
  if (killed?.status === 'success') problems.push('The killed execution counts as a success.');
  return { problems, undisturbedSeconds, killedSeconds };
}
