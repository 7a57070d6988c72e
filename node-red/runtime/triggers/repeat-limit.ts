/** A report that lasts is made again after so long. */
const REPEAT_MS = 60 * 60 * 1000;
/** Different reports that are remembered; more than any node makes. */
const MAX_KEYS = 100;

/**
 * Reports that come back at every poll, or with every request of a stranger: each is made once, and
 * again every hour, with the number of those left out.
 */
export class RepeatLimit {
  private readonly made = new Map<string, { at: number; leftOut: number }>();

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * @param key what is the same report
   * @returns how many were left out since the last one; undefined while this one is to be left out
   */
  admit(key: string): number | undefined {
    const last = this.made.get(key);
    // Either way: a clock that was set back must not hold reports for longer.
    if (last && Math.abs(this.now() - last.at) < REPEAT_MS) {
      last.leftOut++;
      return undefined;
    }
    if (this.made.size >= MAX_KEYS) this.made.clear();
    this.made.set(key, { at: this.now(), leftOut: 0 });
    return last?.leftOut ?? 0;
  }

  /** The next report of any kind is made at once. */
  reset(): void {
    this.made.clear();
  }
}
