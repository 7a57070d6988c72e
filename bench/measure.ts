import { readFileSync, writeFileSync } from 'node:fs';

/** What a part of the benchmarks is given. */
export interface BenchOptions {
  /** Turns that count, after one that warms up. */
  runs: number;
  /** Size of captures and uploads, in bytes. */
  bytes: number;
  /** A folder for files; it is removed at the end. */
  folder: string;
}

/** Middle value with its range. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** Median (of an even number of values the mean of the two in the middle), smallest, largest. */
export function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Seconds that each way took, turn by turn. */
export type Times<Name extends string> = Record<Name, number[]>;

/**
 * Times several ways to do the same, turn by turn, so that whatever else the machine does affects all
 * of them. The first turn warms up and does not count.
 *
 * @param before what has to be done before each way, and is not timed
 */
export async function compare<Name extends string>(
  runs: number,
  ways: Record<Name, () => Promise<unknown>>,
  before: () => void = () => undefined,
): Promise<Times<Name>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Times<Name>;
  for (let run = 0; run <= runs; run++) {
    for (const name of names) {
      before();
      const start = performance.now();
      await ways[name]();
      if (run > 0) times[name].push((performance.now() - start) / 1000);
    }
  }
  return times;
}

/** How many times as fast the first is: of each turn, so that both had the same conditions. */
export function ratioOf(ours: number[], theirs: number[]): Spread {
  return spread(theirs.map((seconds, turn) => seconds / ours[turn]!));
}

/** Memory of a process in MB (1,000,000 bytes), according to Linux. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const value = (name: string) =>
    (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) * 1024) / 1e6;
  return { now: value('VmRSS'), peak: value('VmHWM') };
}

/** Memory of an idle process; its peak counts anew from here. */
export function idleMemoryOf(pid: number): number {
  // Starting a process needs more than its work does.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return memoryOf(pid).now;
}
