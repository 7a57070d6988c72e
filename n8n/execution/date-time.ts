const WITHOUT_ZONE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,3})\d*)?)?)?$/;

/**
 * Reads a time as n8n's form or an expression yields it. The form's date picker writes no zone, and
 * means the zone of the workflow; `$now` and its relatives are objects of the luxon library. Other
 * values are left as they are.
 */
export function readDateTime(value: unknown, timeZone: string): unknown {
  if (isLuxon(value)) return value.toJSDate();
  if (typeof value !== 'string') return value;
  const parts = WITHOUT_ZONE.exec(value.trim());
  if (!parts) return value;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const milliseconds = Number((parts[7] ?? '').padEnd(3, '0'));
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  // Out of range, such as June 31: left to the definition, whose error quotes the text as entered.
  if (new Date(asUtc).getUTCDate() !== day) return value;
  return new Date(asUtc - offsetOf(timeZone, asUtc)).toISOString();
}

/** Times in UTC, except those that a person is quoted with. */
const IN_UTC = /(?<!")\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z/g;

/** Writes the times within a text in a zone, with their offset; they stay ISO 8601. */
export function timesInZone(text: string, timeZone: string): string {
  return text.replace(IN_UTC, (whole, seconds: string, fraction = '') => {
    const instant = Date.parse(`${seconds}Z`);
    const offset = Number.isNaN(instant) ? 0 : offsetAt(timeZone, instant);
    if (offset === 0) return whole;
    const wallClock = new Date(instant + offset).toISOString().slice(0, 19);
    const distance = new Date(Math.abs(offset)).toISOString().slice(11, 16);
    return `${wallClock}${fraction}${offset < 0 ? '-' : '+'}${distance}`;
  });
}

/** How far a zone is ahead of UTC in milliseconds, for a time that is written in that zone. */
function offsetOf(timeZone: string, wallClock: number): number {
  // Around a change of the clocks, the first guess may be that of the other side.
  const guess = offsetAt(timeZone, wallClock);
  return offsetAt(timeZone, wallClock - guess);
}

function offsetAt(timeZone: string, instant: number): number {
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

function isLuxon(value: unknown): value is { toJSDate(): Date } {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { toJSDate?: unknown }).toJSDate === 'function'
  );
}
