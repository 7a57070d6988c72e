import { isoMicroseconds, isoNanoseconds } from '../values/instant';
import type { PacketTime } from './summary';

/** The last moment that a `Date` can be, in microseconds; pcapng can name later ones. */
const LATEST_DATE = 8.64e18;

/**
 * How a file counts time. Two 32-bit numbers hold a time; of two times by the same clock the one
 * with the greater high number, then the greater low number, is later.
 */
export interface Clock {
  /** Finer than a microsecond. */
  readonly fine: boolean;
  /** Since 1970-01-01 UTC, rounded down. */
  toNanoseconds(high: number, low: number): bigint;
  /** The same as a number, precise to half a microsecond: quick, for differences between packets. */
  toMicroseconds(high: number, low: number): number;
}

/** Seconds and their fraction, as in classic pcap. */
export function classicClock(nanosecond: boolean): Clock {
  const scale = nanosecond ? 1n : 1000n;
  return {
    fine: nanosecond,
    toNanoseconds: (seconds, fraction) =>
      BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * scale,
    toMicroseconds: (seconds, fraction) => seconds * 1e6 + fraction / (nanosecond ? 1000 : 1),
  };
}

/**
 * A 64-bit count of ticks, as in pcapng.
 *
 * @param resolution option `if_tsresol`: a power of 10, or of 2 when the highest bit is set
 * @param offsetSeconds option `if_tsoffset`
 */
export function tickClock(resolution: number, offsetSeconds: bigint): Clock {
  const exponent = BigInt(resolution & 0x7f);
  const ticksPerSecond = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
  const offset = offsetSeconds * 1_000_000_000n;
  const microsecondsPerTick = 1e6 / Number(ticksPerSecond);
  const offsetMicroseconds = Number(offsetSeconds) * 1e6;
  return {
    fine: ticksPerSecond > 1_000_000n,
    toNanoseconds: (high, low) =>
      (((BigInt(high) << 32n) | BigInt(low)) * 1_000_000_000n) / ticksPerSecond + offset,
    toMicroseconds: (high, low) =>
      (high * 2 ** 32 + low) * microsecondsPerTick + offsetMicroseconds,
  };
}

interface Moment {
  high: number;
  low: number;
  clock: Clock;
}

/** Keeps the earliest and the latest time, and counts steps back. */
export class PacketTimes {
  outOfOrder = 0;
  private earliest?: Moment;
  private latest?: Moment;
  private previous?: Moment;

  /** Times are compared in the form in which the file holds them: big integers would cost too much. */
  add(high: number, low: number, clock: Clock): void {
    const previous = this.previous;
    if (!previous || !this.earliest || !this.latest) {
      this.earliest = { high, low, clock };
      this.latest = { high, low, clock };
      this.previous = { high, low, clock };
      return;
    }
    if (isEarlier(high, low, clock, previous)) {
      this.outOfOrder++;
      if (isEarlier(high, low, clock, this.earliest)) set(this.earliest, high, low, clock);
    } else if (!isEarlier(high, low, clock, this.latest)) {
      set(this.latest, high, low, clock);
    }
    set(previous, high, low, clock);
  }

  get first(): PacketTime | undefined {
    return toPacketTime(this.earliest);
  }

  get last(): PacketTime | undefined {
    return toPacketTime(this.latest);
  }
}

function set(moment: Moment, high: number, low: number, clock: Clock): void {
  moment.high = high;
  moment.low = low;
  moment.clock = clock;
}

function isEarlier(high: number, low: number, clock: Clock, than: Moment): boolean {
  if (clock === than.clock) return high === than.high ? low < than.low : high < than.high;
  return clock.toNanoseconds(high, low) < than.clock.toNanoseconds(than.high, than.low);
}

function toPacketTime(moment: Moment | undefined): PacketTime | undefined {
  if (!moment) return undefined;
  const nanoseconds = moment.clock.toNanoseconds(moment.high, moment.low);
  // Division rounds towards zero, and an offset may lead to before 1970.
  const microseconds = Number((nanoseconds - (((nanoseconds % 1000n) + 1000n) % 1000n)) / 1000n);
  if (Math.abs(microseconds) > LATEST_DATE) return undefined;
  const iso = moment.clock.fine ? isoNanoseconds(nanoseconds) : isoMicroseconds(microseconds);
  return { microseconds, iso };
}
