import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../simulator';
import { CAPTURE_PATH } from './alerts';
import { executionsIn, runBurst, type BurstOptions, type BurstResult } from './n8n-burst';
import type { N8nCluster, Worker } from './n8n-cluster';
import { N8nStore, type ExecutionRow } from './n8n-store';

/** Slow enough for a worker to be in the middle of several captures: about half a second each. */
const SLOW_CAPTURE = { kind: 'slow', bytesPerSecond: 60_000, path: CAPTURE_PATH } as const;
const KILL_LIMIT_MS = 120_000;

export interface KillResult extends BurstResult {
  killed: {
    worker: number;
    /** How many captures were stored when it was killed. */
    afterCaptures: number;
    /** Executions that it was running. */
    running: number;
    /** Of those: how they ended, by n8n's status. */
    endedAs: Record<string, number>;
    /** What n8n says of them. */
    message: string;
    /** Whether its record still holds the alert, so that it could be run again from there. */
    keepsItsAlert: boolean;
    /** Seconds from the kill until n8n called the last of them failed. */
    noticedAfterSeconds: number;
  };
}

/** A burst in the middle of which a worker is killed, and stays away. */
export async function runBurstWithKill(
  cluster: N8nCluster,
  simulator: Simulator,
  workflowId: string,
  options: Omit<BurstOptions, 'meanwhile'>,
): Promise<KillResult> {
  const store = new N8nStore(cluster.postgres);
  const victim = cluster.workers.find(({ program }) => program.isRunning)!;
  simulator.faults.add(SLOW_CAPTURE);
  let killedAtMs = 0;
  let afterCaptures = 0;
  try {
    const result = await runBurst(cluster, simulator, {
      ...options,
      async meanwhile({ stored }) {
        const endMs = Date.now() + KILL_LIMIT_MS;
        const isInTheMiddle = async () =>
          (await stored()) >= options.alerts / 4 && runningIn(victim, simulator) >= 2;
        while (!(await isInTheMiddle())) {
          if (Date.now() > endMs) throw new Error('No worker was ever in the middle of captures.');
          await pause(100);
        }
        killedAtMs = Date.now();
        await victim.program.kill();
        afterCaptures = await stored();
      },
    });
    const lost = unfinishedOf(victim);
    const rows = await untilEnded(store, workflowId, lost, options.limitSeconds);
    const first = rows.find(({ status }) => status === 'error')?.id;
    const unended = rows.filter(isOpen);
    const record = first ? await cluster.rest.untilEnded(first, 5) : undefined;
    return {
      ...result,
      problems: [
        ...result.problems,
        ...(first ? [] : ['No execution failed: the killed worker was running nothing.']),
        ...unended.map(({ id, status }) => `Execution ${id} of the killed worker is ${status}.`),
      ],
      killed: {
        worker: victim.number,
        afterCaptures,
        running: lost.length,
        endedAs: countStatus(rows),
        message: record?.error?.message ?? '',
        keepsItsAlert: record?.raw.includes(`${options.prefix}-`) ?? false,
        noticedAfterSeconds:
          (Math.max(...rows.map(({ endedAtMs }) => endedAtMs)) - killedAtMs) / 1000,
      },
    };
  } finally {
    simulator.faults.clear();
  }
}

/** Executions that a worker had begun and never finished. */
export function unfinishedOf({ program }: Worker): string[] {
  const finished = new Set(executionsIn(program.log, 'finished'));
  return executionsIn(program.log, 'started').filter((id) => !finished.has(id));
}

/** How many executions run there while the appliance is sending captures. */
function runningIn(worker: Worker, simulator: Simulator): number {
  return simulator.openCaptures() === 0 ? 0 : unfinishedOf(worker).length;
}

async function untilEnded(
  store: N8nStore,
  workflowId: string,
  ids: string[],
  limitSeconds: number,
): Promise<ExecutionRow[]> {
  const endMs = Date.now() + limitSeconds * 1000;
  for (;;) {
    const rows = (await store.executions(workflowId)).filter(({ id }) => ids.includes(id));
    if (!rows.some(isOpen) || Date.now() > endMs) return rows;
    await pause(500);
  }
}

function isOpen({ status }: ExecutionRow): boolean {
  return ['new', 'running', 'waiting'].includes(status);
}

function countStatus(rows: ExecutionRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
