/** What a table with a bound could not hold. */
export interface TableLimits {
  /** Entries at most. */
  max: number;
  /** Entries that had to go because the table was full. */
  dropped: number;
  /**
   * By how much the weight (bytes, or how often) of an entry that is listed may be too low. Null
   * where the oldest go: what is listed is exact, and what went is not listed.
   */
  error: number | null;
}

/** Tables that may be full, by name. */
export type Tables = Record<string, { readonly size: number; readonly limits: TableLimits }>;

/**
 * A map of bounded size: when it is full, the half with the least weight goes, so that large entries
 * stay and late ones still find a place. An entry that went and came again counts anew; how much
 * that can hide is known (lossy counting).
 */
export class BoundedTable<Key, Entry> {
  private readonly entries = new Map<Key, Entry>();
  private readonly weights: Float64Array;
  private dropped = 0;
  private error = 0;

  /**
   * @param weigh of entries, those with the least go first
   * @param weight what a weight is: a `time` says which entries are the oldest
   * @param onDrop called with each entry that goes
   */
  constructor(
    private readonly max: number,
    private readonly weigh: (entry: Entry) => number,
    private readonly weight: 'count' | 'time' = 'count',
    private readonly onDrop: (entry: Entry) => void = () => undefined,
  ) {
    this.weights = new Float64Array(max);
  }

  get limits(): TableLimits {
    const { max, dropped, error, weight } = this;
    return { max, dropped, error: weight === 'count' ? error : null };
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: Key): Entry | undefined {
    return this.entries.get(key);
  }

  add(key: Key, entry: Entry): Entry {
    if (this.entries.size >= this.max && !this.entries.has(key)) this.dropHalf();
    this.entries.set(key, entry);
    return entry;
  }

  delete(key: Key): void {
    this.entries.delete(key);
  }

  values(): IterableIterator<Entry> {
    return this.entries.values();
  }

  /** The heaviest entries, with their keys; equal ones in the order in which they came. */
  top(count: number): Array<[Key, Entry]> {
    const order = (one: Entry, other: Entry) => this.weigh(other) - this.weigh(one);
    const sorted = [...this.entries].sort(([, one], [, other]) => order(one, other));
    return sorted.slice(0, count);
  }

  /** Of equal weights, those that came last go. Nothing is copied: a flood makes no garbage here. */
  private dropHalf(): void {
    const { entries, weights } = this;
    const kept = Math.floor(this.max / 2);
    let index = 0;
    // `forEach`, because the iterators would make an object for each entry.
    entries.forEach((entry) => (weights[index++] = this.weigh(entry) || 0));
    const sorted = weights.subarray(0, index).sort();
    const limit = sorted[index - kept - 1];
    let equalKept = kept - (index - 1 - sorted.lastIndexOf(limit));
    this.error += limit;
    entries.forEach((entry, key) => {
      const value = this.weigh(entry) || 0;
      if (value > limit || (value === limit && equalKept-- > 0)) return;
      entries.delete(key);
      this.dropped++;
      this.onDrop(entry);
    });
  }
}

/** Counts how often each text came, in bounded memory. */
export class TopCounter {
  private readonly table: BoundedTable<string, { count: number }>;

  constructor(max = 2000) {
    this.table = new BoundedTable(max, ({ count }) => count);
  }

  add(text: string): void {
    const entry = this.table.get(text);
    if (entry) entry.count++;
    else this.table.add(text, { count: 1 });
  }

  get limits(): TableLimits {
    return this.table.limits;
  }

  /** How many differ; a lower bound once some were dropped. */
  get size(): number {
    return this.table.size;
  }

  top(count: number): Array<{ name: string; count: number }> {
    return this.table.top(count).map(([name, entry]) => ({ name, count: entry.count }));
  }
}
