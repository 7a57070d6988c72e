import { readFileSync, writeFileSync } from 'node:fs';

/** Middle of the values; of an even number of them the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  return (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
}

/** Seconds that work takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/**
 * Times several ways to do the same, turn by turn, so that what else the machine does meets all of
 * them. The first turn warms up and does not count.
 *
 * @param before what has to be done before each, and is not timed
 * @returns the median of the seconds of each
 */
export async function compare<Name extends string>(
  runs: number,
  ways: Record<Name, () => Promise<unknown>>,
  before: () => void = () => undefined,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (let run = 0; run <= runs; run++) {
    for (const name of names) {
      before();
      const taken = await seconds(ways[name]);
      if (run > 0) times[name]!.push(taken);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name]!)])) as Record<
    Name,
    number
  >;
}

/** Memory of a process in MB (1,000,000 bytes), from Linux's own books. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const value = (name: string) =>
    (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) * 1024) / 1e6;
  return { now: value('VmRSS'), peak: value('VmHWM') };
}

/** Memory of a process that has come to rest; its peak counts anew from here. */
export function idleMemoryOf(pid: number): number {
  // The start of a process needs more than its work does.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return memoryOf(pid).now;
}

export const wait = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
