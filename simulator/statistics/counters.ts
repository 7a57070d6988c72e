/**
 * Received packets, received bytes, transmitted packets, transmitted bytes. Source: "JSON output
 * traffic counters". Received is what came to the item; for protocols and ports, which have no side
 * of their own, what went to the server.
 */
export type Counters = [rxPackets: number, rxBytes: number, txPackets: number, txBytes: number];

export type Direction = 'rx' | 'tx';

export const COUNTER_ROWS = ['rxPackets', 'rxBytes', 'txPackets', 'txBytes'];

/** Counters by the item that was counted. */
export type Sums = ReadonlyMap<string, Readonly<Counters>>;

/** Adds to the counters of `key`, which begin at zero. */
export function count(
  sums: Map<string, Counters>,
  key: string,
  direction: Direction,
  packets: number,
  bytes: number,
): void {
  const counters = countersOf(sums, key);
  const offset = direction === 'rx' ? 0 : 2;
  counters[offset] += packets;
  counters[offset + 1] += bytes;
}

export function addSums(to: Map<string, Counters>, from: Sums): void {
  for (const [key, counters] of from) {
    const total = countersOf(to, key);
    for (let index = 0; index < 4; index++) total[index] += counters[index];
  }
}

function countersOf(sums: Map<string, Counters>, key: string): Counters {
  let counters = sums.get(key);
  if (!counters) {
    counters = [0, 0, 0, 0];
    sums.set(key, counters);
  }
  return counters;
}

/** Counters of one item at any time. */
export interface Series {
  readonly allTime: Readonly<Counters>;
  /** From `start` up to, but without, `end`, in seconds since 1970. */
  between(start: number, end: number): Readonly<Counters>;
}

const NOTHING: Readonly<Counters> = [0, 0, 0, 0];

export const NO_SERIES: Series = { allTime: NOTHING, between: () => NOTHING };

/** One series for each item. Items share what they ask for: `sum` is called once for each window. */
export function seriesOf(sum: (start: number, end: number) => Sums): Map<string, Series> {
  const windows = new Map<string, Sums>();
  const sumOf = (start: number, end: number): Sums => {
    const name = `${start} ${end}`;
    let sums = windows.get(name);
    if (!sums) {
      sums = sum(start, end);
      windows.set(name, sums);
    }
    return sums;
  };
  const series = new Map<string, Series>();
  for (const [key, allTime] of sumOf(-Infinity, Infinity)) {
    series.set(key, new ItemSeries(key, allTime, sumOf));
  }
  return series;
}

class ItemSeries implements Series {
  constructor(
    private readonly key: string,
    readonly allTime: Readonly<Counters>,
    private readonly sumOf: (start: number, end: number) => Sums,
  ) {}

  between(start: number, end: number): Readonly<Counters> {
    return this.sumOf(start, end).get(this.key) ?? NOTHING;
  }
}
