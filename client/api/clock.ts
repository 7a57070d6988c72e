import { parseInstant } from '../values/instant';
import { say, type Sentence } from '../values/sentence';

/** The appliance's clock. */
export interface ApplianceTime {
  /** Milliseconds since 1970-01-01 UTC, possibly with a fraction. */
  milliseconds: number;
  /**
   * How far the appliance is ahead of this machine, in seconds; negative when behind, nothing where
   * the appliance named no time.
   */
  offsetSeconds: number | null;
  /** Where the time comes from, and how far it may be off; nothing for the documented clock. */
  warning?: Sentence;
}

/** 2000-01-01: an appliance that was never set counts as one without a clock. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
/** What a key says that is a time but not the present one. */
const OTHER_TIMES = /start|boot|up|zone|first|last|since|begin|end/i;
const PRESENT_TIMES = /time|now|clock|date/i;

/**
 * Finds the present time in an answer of `/API/stats/time`. Its shape is not documented: seen is
 * `currentTime` in milliseconds. Read as well: seconds, microseconds, ISO 8601, another key.
 *
 * @returns milliseconds since 1970-01-01 UTC and the key; nothing where there is no plausible time
 */
function presentTime(answer: unknown): { milliseconds: number; key: string } | undefined {
  if (typeof answer !== 'object' || answer === null) return timeOf('', answer);
  const entries = Object.entries(answer);
  const others = entries.filter(([key]) => PRESENT_TIMES.test(key) && !OTHER_TIMES.test(key));
  for (const [key, value] of [...entries.filter(([key]) => key === 'currentTime'), ...others]) {
    const found = timeOf(key, value);
    if (found) return found;
  }
  return undefined;
}

function timeOf(key: string, value: unknown): { milliseconds: number; key: string } | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  try {
    const milliseconds = parseInstant(value, 'currentTime') / 1000;
    return milliseconds >= EARLIEST_MS ? { milliseconds, key } : undefined;
  } catch {
    return undefined;
  }
}

/** A response that takes longer may make clocks that agree look as if they did not. */
const SLOW_MS = 2000;

/** When an answer was sent and when its headers came, by this machine's clock. */
interface Exchange {
  sentAt: number;
  answeredAt: number;
  headers: Record<string, string>;
}

/** The time that is told by an answer of the clock. */
export function timeFrom(answer: unknown, exchange: Exchange): ApplianceTime {
  const found = presentTime(answer);
  if (!found) return timeWithoutClock(exchange);
  const { milliseconds, key } = found;
  const time = { milliseconds, offsetSeconds: offsetOf(milliseconds, exchange) };
  if (key === 'currentTime') return time;
  const warning =
    key === ''
      ? say`The appliance reports no "currentTime". Its clock was read from the whole answer, which may be another time.`
      : say`The appliance reports no "currentTime". Its clock was read from "${key.slice(0, 40)}", which may be another time.`;
  return { ...time, warning };
}

/** The next best where an appliance does not report its clock, or not to this login. */
export function timeWithoutClock(exchange: Exchange): ApplianceTime {
  const { sentAt, answeredAt, headers } = exchange;
  const header = Date.parse(headers.date ?? '');
  if (header >= EARLIEST_MS) {
    // The header has whole seconds.
    const milliseconds = header + 500;
    const seconds = Math.ceil((500 + (answeredAt - sentAt) / 2) / 100) / 10;
    return {
      milliseconds,
      offsetSeconds: offsetOf(milliseconds, exchange),
      warning: say`The clock of the appliance cannot be read. The time of its web server was used (± ${seconds} s).`,
    };
  }
  return {
    milliseconds: answeredAt,
    offsetSeconds: null,
    warning: say`The clock of the appliance cannot be read. The clock of this machine was used; how far the two differ is unknown.`,
  };
}

/**
 * The clock was read somewhere between the two; the middle is the best guess. After a slow response it
 * is the least that the clocks differ by, because what the delay explains is no difference.
 */
function offsetOf(milliseconds: number, { sentAt, answeredAt }: Exchange): number {
  const guess = milliseconds - (sentAt + answeredAt) / 2;
  const delay = answeredAt - sentAt;
  const least = Math.sign(guess) * Math.max(0, Math.abs(guess) - delay / 2);
  const offset = delay > SLOW_MS ? least : guess;
  // Not -0, which JSON does not know.
  return (Math.round(offset / 10) || 0) / 100;
}
