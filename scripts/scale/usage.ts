import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

export type Part = 'main' | 'webhook' | 'workers' | 'postgres' | 'redis';

/** What n8n and its neighbours have used up to a moment. */
export interface UsageReading {
  /** Processor time. */
  cpuSeconds: Record<Part, number>;
  databaseBytes: number;
}

/** What something cost. */
export type Usage = UsageReading;

export function usageBetween(before: UsageReading, after: UsageReading): Usage {
  const parts = Object.keys(after.cpuSeconds) as Part[];
  return {
    cpuSeconds: Object.fromEntries(
      parts.map((part) => [part, after.cpuSeconds[part] - before.cpuSeconds[part]]),
    ) as Record<Part, number>,
    databaseBytes: after.databaseBytes - before.databaseBytes,
  };
}

/** Processor time of a process and of those below it that still run; 0 where it cannot be read. */
export function cpuSecondsOf(pid: number): number {
  const processes = readProcesses();
  const family = new Set([pid]);
  // Children have higher numbers than their parents but for a wrap; a few rounds find them all.
  for (let round = 0; round < 4; round++) {
    for (const { id, parent } of processes) if (family.has(parent)) family.add(id);
  }
  const ticks = processes
    .filter(({ id }) => family.has(id))
    .reduce((sum, process) => sum + process.ticks, 0);
  return ticks / TICKS_PER_SECOND;
}

interface ProcessLine {
  id: number;
  parent: number;
  ticks: number;
}

/** Source: proc_pid_stat(5). The name, in brackets, may hold blanks. */
function readProcesses(): ProcessLine[] {
  return listProcesses().flatMap((id) => {
    try {
      const text = readFileSync(`/proc/${id}/stat`, 'utf8');
      const fields = text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      // Own time, and that of children that have ended.
      const [utime, stime, cutime, cstime] = fields.slice(11, 15);
      return [{ id, parent: fields[1]!, ticks: utime! + stime! + cutime! + cstime! }];
    } catch {
      return [];
    }
  });
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
