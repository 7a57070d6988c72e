/** Buckets per doubling: the middle of a bucket is within 2.2 % of what it holds. */
const BUCKETS_PER_OCTAVE = 16;

/** How long something took. Median and 95th percentile are within 2.5 % of the true ones. */
export interface TimingFigures {
  count: number;
  medianMs: number;
  p95Ms: number;
  maxMs: number;
  sumMs: number;
}

/** Collects durations in bounded memory. */
export class Timing {
  count = 0;
  private maxUs = 0;
  private sumUs = 0;
  /** Made with the first duration: most conversations of a scan never have one. */
  private buckets?: Map<number, number>;

  /** @param microseconds what is not a duration (negative, NaN) is left out */
  add(microseconds: number): void {
    if (!(microseconds >= 0)) return;
    this.count++;
    this.sumUs += microseconds;
    if (microseconds > this.maxUs) this.maxUs = microseconds;
    const bucket =
      microseconds < 1 ? 0 : 1 + Math.floor(Math.log2(microseconds) * BUCKETS_PER_OCTAVE);
    this.buckets ??= new Map();
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
  }

  /** In milliseconds; NaN without any. */
  quantile(share: number): number {
    let left = Math.ceil(share * this.count);
    for (const [bucket, count] of [...(this.buckets ?? [])].sort(([one], [other]) => one - other)) {
      left -= count;
      if (left > 0) continue;
      const middle = bucket === 0 ? 0.5 : 2 ** ((bucket - 0.5) / BUCKETS_PER_OCTAVE);
      return Math.min(middle, this.maxUs) / 1000;
    }
    return NaN;
  }

  /** Null without any. */
  figures(): TimingFigures | null {
    if (this.count === 0) return null;
    return {
      count: this.count,
      medianMs: round(this.quantile(0.5)),
      p95Ms: round(this.quantile(0.95)),
      maxMs: round(this.maxUs / 1000),
      sumMs: round(this.sumUs / 1000),
    };
  }
}

/** To the microsecond, of milliseconds. */
export const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
