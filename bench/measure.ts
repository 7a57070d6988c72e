import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What a comparison is given. */
export interface BenchOptions {
  /** Turns that count, after one that warms up. */
  runs: number;
  /** Size of captures and uploads, in bytes. */
  bytes: number;
  /** A folder for files; it is removed at the end. */
  folder: string;
  /** Cleans up when the comparison is over; what was named last ends first. */
  atEnd(end: () => unknown): void;
}

/** Ours against other ways to do the same. */
export interface Comparison {
  /** How much is done, for rates; without it, rows are in seconds. */
  amount?: { count: number; unit: 'MB' | 'packets' };
  ours(): Promise<unknown>;
  others: Array<{
    what: string | (() => string);
    /** The least ratio. */
    goal?: number;
    /** It does the work divided by this number. */
    share?: number;
    run(): Promise<unknown>;
  }>;
  /** The least rate of ours. */
  minRate?: number;
  /** Runs before each way, untimed. */
  before?(): void;
  /** Process IDs of ours and of the alternative; `max` is in MB above idle. */
  memory?: { pid: number; max: number; otherPid?: number };
}

/** A table of the page. */
export interface Part {
  /** With `SIZE` in place of the size of captures. */
  title: string;
  /** How it was measured. */
  notes: string[];
  comparisons: Array<(options: BenchOptions) => Promise<Comparison>>;
}

/** One comparison, in words and figures. */
export interface Row {
  what: string;
  ours: string;
  alternative?: string;
  /** How ours compares; above 1 is in our favour. */
  ratio?: Spread;
  goal?: string;
  isMet?: boolean;
}

/** Middle value with its range. */
interface Spread {
  median: number;
  min: number;
  max: number;
}

export async function measurePart(
  { comparisons }: Part,
  options: Omit<BenchOptions, 'atEnd'>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const prepare of comparisons) {
    const ends: Array<() => unknown> = [];
    try {
      const comparison = await prepare({ ...options, atEnd: (end) => ends.unshift(end) });
      rows.push(...(await measure(comparison, options.runs)));
    } finally {
      for (const end of ends) await end();
    }
  }
  return rows;
}

async function measure(comparison: Comparison, runs: number): Promise<Row[]> {
  const { amount, others, minRate, memory } = comparison;
  const pids = memory ? [memory.pid, ...(memory.otherPid ? [memory.otherPid] : [])] : [];
  // What a process does after its start is over.
  if (memory) await pause(10_000);
  const idle = pids.map(idleMemoryOf);
  const [ours, ...theirs] = await timesOf(comparison, runs);
  const [above, otherAbove] = pids.map((pid, index) => memoryOf(pid, 'VmHWM') - idle[index]!);
  const write = (times: number[]) => {
    const { median } = spread(times);
    if (!amount) return `${median.toFixed(2)} s`;
    const rate = amount.count / median;
    return `${rate >= 10_000 ? Math.round(rate).toLocaleString('en') : rate.toFixed(0)} ${amount.unit}/s`;
  };
  const rows = others.map(({ what, goal, share = 1 }, index): Row => {
    const times = theirs[index]!.map((seconds) => seconds * share);
    const ratio = spread(times.map((seconds, turn) => seconds / ours![turn]!));
    return {
      what: typeof what === 'string' ? what : what(),
      ...{ ours: write(ours!), alternative: write(times), ratio },
      ...(goal !== undefined && { goal: `≥ ${goal}`, isMet: ratio.median >= goal }),
    };
  });
  if (amount && minRate !== undefined) {
    const isMet = amount.count / spread(ours!).median >= minRate;
    Object.assign(rows[0]!, { goal: `≥ ${minRate} ${amount.unit}/s`, isMet });
  }
  if (!memory) return rows;
  const megabytes = (value?: number) => (value === undefined ? '' : `${value.toFixed(0)} MB`);
  return [
    ...rows,
    {
      ...{ what: 'memory above idle', ours: megabytes(above), alternative: megabytes(otherAbove) },
      ...{ goal: `< ${memory.max} MB`, isMet: above! < memory.max },
    },
  ];
}

/**
 * Seconds of each way, turn by turn, so that whatever else the machine does affects all of them. The
 * first turn warms up and does not count.
 */
async function timesOf({ ours, others, before }: Comparison, runs: number): Promise<number[][]> {
  const ways = [ours, ...others.map(({ run }) => run)];
  const times: number[][] = ways.map(() => []);
  for (let turn = 0; turn <= runs; turn++) {
    for (const [index, way] of ways.entries()) {
      before?.();
      const start = performance.now();
      await way();
      if (turn > 0) times[index]!.push((performance.now() - start) / 1000);
    }
  }
  return times;
}

/** Median (of an even number of values the mean of the two in the middle), smallest, largest. */
function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Memory of a process in MB (1,000,000 bytes), according to Linux. */
function memoryOf(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1]) * 1024) / 1e6;
}

/** Memory of an idle process; its peak counts anew from here: a start needs more than work does. */
function idleMemoryOf(pid: number): number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return memoryOf(pid, 'VmRSS');
}
