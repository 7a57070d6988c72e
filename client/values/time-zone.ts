import { isoMicroseconds, isWithoutZone, parseInstant } from './instant';

/**
 * Gives an ISO 8601 time without a zone the one in which people read times at this host: the
 * workflow's in n8n, the server's in Node-RED.
 *
 * @param timeZone an IANA name
 * @returns the time in UTC; any other value as it is, also a time that does not exist, whose error
 *   quotes it as entered
 */
export function withZone(value: unknown, timeZone: string): unknown {
  if (typeof value !== 'string' || !isWithoutZone(value)) return value;
  let us: number;
  try {
    us = parseInstant(value, '');
  } catch {
    return value;
  }
  return isoMicroseconds(us - offsetOf(timeZone, Math.floor(us / 1000)) * 1000);
}

/** How far a zone is ahead of UTC in milliseconds, for a time that is written in that zone. */
function offsetOf(timeZone: string, wallClock: number): number {
  // Around a change of the clocks, the first guess may be that of the other side.
  const guess = offsetAt(timeZone, wallClock);
  return offsetAt(timeZone, wallClock - guess);
}

/**
 * The same for an instant.
 *
 * @param instant milliseconds since 1970-01-01 UTC
 */
export function offsetAt(timeZone: string, instant: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(
    format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const wallClock = Date.UTC(
    part.year,
    part.month - 1,
    part.day,
    part.hour,
    part.minute,
    part.second,
  );
  return wallClock - Math.floor(instant / 1000) * 1000;
}
