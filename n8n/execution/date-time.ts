import { offsetAt, withZone } from '../../client/values/time-zone';

/**
 * Reads a time as n8n's form or an expression yields it. The form's date picker writes no zone, and
 * means the zone of the workflow; `$now` and its relatives are objects of the luxon library. Other
 * values are left as they are.
 */
export function readDateTime(value: unknown, timeZone: string): unknown {
  return isLuxon(value) ? value.toJSDate() : withZone(value, timeZone);
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

function isLuxon(value: unknown): value is { toJSDate(): Date } {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { toJSDate?: unknown }).toJSDate === 'function'
  );
}
