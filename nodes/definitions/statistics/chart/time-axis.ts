/** Times of day in a zone of one's choice, at round steps. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
];

export interface TimeTick {
  /** Milliseconds since 1970-01-01 UTC. */
  at: number;
  label: string;
}

/** Whether the name is a time zone that is known here, such as `Europe/Berlin`. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** At most `most` ticks, at times that are round in the zone. */
export function timeTicks(from: number, to: number, most: number, zone: string): TimeTick[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? 28 * DAY;
  const ticks: TimeTick[] = [];
  // Round by the clock of the zone: where that is put forward or back, the steps go along.
  const first = Math.ceil((from + offsetOf(from, zone)) / step) * step;
  for (let local = first; ; local += step) {
    const at = local - offsetOf(local - offsetOf(local, zone), zone);
    if (at > to) return ticks;
    if (at >= from && at > (ticks.at(-1)?.at ?? -Infinity)) {
      ticks.push({ at, label: tickLabel(at, step, zone) });
    }
  }
}

/** `23 Nov 2026, 14:50 – 15:50 UTC`, with seconds where minutes are too coarse. */
export function intervalLabel(from: number, to: number, zone: string): string {
  const isShort = to - from < 5 * MINUTE || from % MINUTE !== 0 || to % MINUTE !== 0;
  const [start, end] = [parts(from, zone), parts(to, zone)];
  const day = ({ day: number, month, year }: Parts) => `${number} ${month} ${year}`;
  const time = ({ hour, minute, second }: Parts) =>
    isShort && to - from < DAY ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
  const until = day(start) === day(end) ? time(end) : `${day(end)}, ${time(end)}`;
  return `${day(start)}, ${time(start)} – ${until} ${zone.replace(/_/g, ' ')}`;
}

function tickLabel(at: number, step: number, zone: string): string {
  const { day, month, hour, minute, second } = parts(at, zone);
  if (step >= DAY || (step >= HOUR && hour === '00' && minute === '00')) return `${day} ${month}`;
  return step < MINUTE ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
}

type Parts = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;

function parts(at: number, zone: string): Parts {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  ) as Parts;
}

/** Milliseconds that the zone is ahead of UTC. */
function offsetOf(at: number, zone: string): number {
  const { year, day, hour, minute, second } = parts(at, zone);
  const month = new Intl.DateTimeFormat('en-GB', { timeZone: zone, month: 'numeric' }).format(at);
  const local = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  return local - Math.floor(at / 1000) * 1000;
}
