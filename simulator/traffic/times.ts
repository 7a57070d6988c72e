import type { TroubleKind } from './trouble';

/** The trouble in the traffic, by second. What happened before does not change by it. */
export class TroubleTimes {
  private readonly changes: Array<{ fromSecond: number; kinds: TroubleKind[] }>;

  constructor(
    first: TroubleKind[],
    private readonly nowUs: () => number,
  ) {
    this.changes = [{ fromSecond: -Infinity, kinds: first }];
  }

  /** From the next second on; the one that runs may have been read already. */
  set(kinds: TroubleKind[]): void {
    this.changes.push({ fromSecond: Math.floor(this.nowUs() / 1e6) + 1, kinds });
  }

  readonly in = (second: number): TroubleKind[] =>
    this.changes.findLast(({ fromSecond }) => fromSecond <= second)!.kinds;
}

/** The times without traffic. What happened before does not change by it. */
export class QuietTimes {
  private readonly times: Array<{ startUs: number; endUs: number }> = [];

  constructor(private readonly nowUs: () => number) {}

  set(isQuiet: boolean): void {
    const last = this.times.at(-1);
    if (isQuiet && last?.endUs !== Infinity) {
      this.times.push({ startUs: this.nowUs(), endUs: Infinity });
    }
    if (!isQuiet && last?.endUs === Infinity) last.endUs = this.nowUs();
  }

  includes(timeUs: number): boolean {
    return this.times.some(({ startUs, endUs }) => timeUs >= startUs && timeUs < endUs);
  }
}
