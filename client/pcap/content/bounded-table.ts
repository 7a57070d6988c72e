/** What a table with a bound could not hold. */
export interface TableLimits {
  /** Entries that had to go because the table was full. */
  dropped: number;
  /** By how much the weight of an entry that is listed may be too low. */
  error: number;
}

/**
 * A map of bounded size: when it is full, the half with the least weight goes, so that large entries
 * stay and late ones still find a place. An entry that went and came again counts anew; how much
 * that can hide is known (lossy counting).
 */
export class BoundedTable<Key, Entry> {
  private entries = new Map<Key, Entry>();
  readonly limits: TableLimits = { dropped: 0, error: 0 };

  /**
   * @param weigh of entries, those with the least go first
   * @param onDrop called with each entry that goes
   */
  constructor(
    private readonly max: number,
    private readonly weigh: (entry: Entry) => number,
    private readonly onDrop: (entry: Entry) => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: Key): Entry | undefined {
    return this.entries.get(key);
  }

  add(key: Key, entry: Entry): Entry {
    if (this.entries.size >= this.max) this.dropHalf();
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
    const sorted = [...this.entries].sort(([, one], [, other]) => this.order(one, other));
    return sorted.slice(0, count);
  }

  private dropHalf(): void {
    const sorted = this.top(this.max);
    const kept = Math.floor(this.max / 2);
    for (const [, entry] of sorted.slice(kept)) this.onDrop(entry);
    this.limits.dropped += sorted.length - kept;
    if (sorted.length > kept) this.limits.error += this.weigh(sorted[kept][1]);
    this.entries = new Map(sorted.slice(0, kept));
  }

  private order(one: Entry, other: Entry): number {
    return this.weigh(other) - this.weigh(one);
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
