/**
 * Received packets, received bytes, transmitted packets, transmitted bytes. Source: "JSON output
 * traffic counters". Received is what came to the item; for protocols and ports, which have no side
 * of their own, what went to the server.
 */
export type Counters = [rxPackets: number, rxBytes: number, txPackets: number, txBytes: number];

export type Direction = 'rx' | 'tx';

export const COUNTER_ROWS = ['rxPackets', 'rxBytes', 'txPackets', 'txBytes'];

function noCounters(): Counters {
  return [0, 0, 0, 0];
}

function count(counters: Counters, direction: Direction, bytes: number): void {
  const offset = direction === 'rx' ? 0 : 2;
  counters[offset] += 1;
  counters[offset + 1] += bytes;
}

function add(to: Counters, from: Readonly<Counters>): void {
  for (let index = 0; index < 4; index++) to[index] += from[index];
}

/** Counters of one thing by the second. */
export class Series {
  private readonly seconds = new Map<number, Counters>();
  readonly allTime = noCounters();
  firstSecond = Infinity;
  lastSecond = -Infinity;

  count(second: number, direction: Direction, bytes: number): void {
    let counters = this.seconds.get(second);
    if (!counters) {
      counters = noCounters();
      this.seconds.set(second, counters);
      if (second < this.firstSecond) this.firstSecond = second;
      if (second > this.lastSecond) this.lastSecond = second;
    }
    count(counters, direction, bytes);
    count(this.allTime, direction, bytes);
  }

  /** From `start` up to, but without, `end`, in seconds since 1970. */
  between(start: number, end: number): Counters {
    const total = noCounters();
    if (end - start > this.seconds.size) {
      for (const [second, counters] of this.seconds) {
        if (second >= start && second < end) add(total, counters);
      }
      return total;
    }
    for (let second = Math.floor(start); second < end; second++) {
      const counters = this.seconds.get(second);
      if (counters && second >= start) add(total, counters);
    }
    return total;
  }
}
