import { inputError } from '../errors';

/**
 * The one model of time. Inside the client an instant is a number of whole microseconds since
 * 1970-01-01 UTC, which a double holds exactly until the year 2255. What a person typed is read
 * here, and turned into the unit of each place of the API here.
 */

export type TimeUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks';

/**
 * The stretch of time that a person wants. Instants may be in any form that {@link parseInstant}
 * reads.
 */
export type TimeRange =
  /** The time up to now, by the appliance's clock. */
  | { kind: 'last'; amount: number; unit: TimeUnit }
  /** From one instant to another; without `until` (not set, `null`, blank) up to now. */
  | { kind: 'between'; since: unknown; until?: unknown }
  /** Around one instant, such as an alert's. */
  | { kind: 'around'; time: unknown; secondsBefore: number; secondsAfter: number };

/** A stretch of time in whole microseconds. `startUs` is within it, `endUs` is just behind it. */
export interface TimeSpan {
  startUs: number;
  endUs: number;
}

export interface ResolvedTimeRange extends TimeSpan {
  /** The end lies after the appliance's now. Whether to wait or to refuse is the caller's to say. */
  endsInFuture: boolean;
}

/** Names of the fields that a range was read from, so that an error names the right one. */
export interface TimeRangeFields {
  amount?: string;
  since?: string;
  until?: string;
  time?: string;
  secondsBefore?: string;
  secondsAfter?: string;
}

const US_PER_SECOND = 1_000_000;

const UNIT_SECONDS: Record<TimeUnit, number> = {
  seconds: 1,
  minutes: 60,
  hours: 3_600,
  days: 86_400,
  weeks: 604_800,
};

/** An epoch before 1973-03-03 is hardly meant: `20261123` is a date without its hyphens. */
const EARLIEST_EPOCH_SECONDS = 100_000_000;
/** 2200-01-01; keeps numbers such as `20261123155000` from being taken for milliseconds. */
const LATEST_US = Date.UTC(2200, 0, 1) * 1000;

const ADVICE =
  'Use ISO 8601 with its zone, such as 2026-11-23T15:50:00Z, or an epoch in seconds, milliseconds or microseconds.';

/**
 * Reads an instant:
 * - ISO 8601, extended or basic, with zone; **without zone it is UTC**, because a workflow runs on
 *   machines in any zone, and the same workflow must ask for the same packets everywhere. A date
 *   alone is its midnight.
 * - an epoch as number, bigint or text, in seconds, milliseconds, microseconds or nanoseconds, told
 *   apart by magnitude. Fractions are kept to the microsecond.
 * - a `Date`, and objects of date libraries (`toMillis`, `toJSDate`, `toDate`).
 *
 * What is finer than a microsecond is cut off.
 *
 * @param field the field's name, for the error
 * @returns whole microseconds since 1970-01-01 UTC
 * @throws AllegroError of kind `input`
 */
export function parseInstant(value: unknown, field: string): number {
  const us = readInstant(value, field);
  if (!Number.isSafeInteger(us)) throw notATime(value, field);
  if (us < 0 || us >= LATEST_US) {
    throw inputError(
      field,
      `"${describe(value)}" is read as ${isoMicroseconds(us)}, outside the years 1970 to 2199.`,
      ADVICE,
    );
  }
  return us;
}

function readInstant(value: unknown, field: string): number {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return readEpoch(String(value), value, field);
  }
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '') throw inputError(field, 'The time is blank.', ADVICE);
    return isNumeric(text) ? readEpoch(text, value, field) : readIso(text, field);
  }
  const milliseconds = readDateLike(value);
  if (milliseconds === undefined) throw notATime(value, field);
  return Math.floor(milliseconds * 1000);
}

/** Hosts hand over dates from other realms and libraries, so `instanceof` does not do. */
function readDateLike(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const methods = value as Record<string, unknown>;
  for (const name of ['toMillis', 'getTime']) {
    const read = methods[name];
    if (typeof read === 'function') return Number(read.call(value));
  }
  for (const name of ['toJSDate', 'toDate']) {
    const convert = methods[name];
    if (typeof convert !== 'function') continue;
    const date: unknown = convert.call(value);
    if (date instanceof Date) return date.getTime();
  }
  return undefined;
}

function isNumeric(text: string): boolean {
  // Compact ISO dates (20261123T...) have letters; eight digits alone are refused as an epoch.
  return /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text);
}

/** Works on the digits, because a double holds neither nanoseconds nor all fractions. */
function readEpoch(text: string, value: unknown, field: string): number {
  const plain = /e/i.test(text) ? wholeText(Number(text)) : text;
  const digits = /^\+?(\d+)(?:\.(\d*))?$/.exec(plain);
  if (!digits) throw notATime(value, field);
  const [, whole, fraction = ''] = digits;
  const decimals = decimalsPerUnit(whole);
  if (decimals === undefined || (decimals === 6 && Number(whole) < EARLIEST_EPOCH_SECONDS)) {
    throw inputError(field, `"${describe(value)}" is no time that an epoch can name.`, ADVICE);
  }
  if (decimals < 0) return Number(BigInt(whole) / 10n ** BigInt(-decimals));
  return Number(whole + fraction.padEnd(decimals, '0').slice(0, decimals));
}

/** Writes out what came with an exponent. */
function wholeText(value: number): string {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : '';
}

/** How many decimal places the unit has over a microsecond: seconds 6, milliseconds 3, ... */
function decimalsPerUnit(whole: string): number | undefined {
  const magnitude = Number(whole);
  if (magnitude < 1e11) return 6;
  if (magnitude < 1e14) return 3;
  if (magnitude < 1e17) return 0;
  return magnitude < 1e20 ? -3 : undefined;
}

const ISO =
  /^(\d{4})(-?)(\d{2})\2(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

function readIso(text: string, field: string): number {
  const match = ISO.exec(text);
  if (!match) throw notATime(text, field);
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number);
  const milliseconds = Date.UTC(y, mo - 1, d, h, mi, s);
  const back = new Date(milliseconds);
  // Date.UTC carries the 31st of February on into March.
  const isReal = back.getUTCMonth() === mo - 1 && back.getUTCDate() === d;
  if (!isReal || h > 23 || mi > 59 || s > 59) {
    throw inputError(field, `"${text}" names a day or a time of day that does not exist.`, ADVICE);
  }
  const zoneMinutes = readZone(zone, text, field);
  return (milliseconds - zoneMinutes * 60_000) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function readZone(zone: string | undefined, text: string, field: string): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 14 || minutes > 59) {
    throw inputError(field, `"${text}" has a zone that does not exist.`, ADVICE);
  }
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function notATime(value: unknown, field: string): Error {
  return inputError(field, `"${describe(value)}" is not a time.`, ADVICE);
}

/**
 * Turns what a person chose into an interval.
 *
 * @param applianceNowUs the appliance's clock (`/API/stats/time`), in microseconds
 * @param fields the names of the fields, for errors; by default those of {@link TimeRange}
 * @throws AllegroError of kind `input` when the interval is empty or reversed, or begins after now
 */
export function resolveTimeRange(
  range: TimeRange,
  applianceNowUs: number,
  fields: TimeRangeFields = {},
): ResolvedTimeRange {
  const nowUs = Math.floor(applianceNowUs);
  const { startUs, endUs, startField } = rawSpan(range, nowUs, fields);
  if (startUs < 0) {
    throw inputError(startField, 'The time range begins before 1970.', 'Choose a shorter one.');
  }
  if (startUs >= nowUs) {
    throw inputError(
      startField,
      `The time range begins at ${isoMicroseconds(startUs)}, but it is ${isoMicroseconds(nowUs)} on the appliance.`,
      'Choose a beginning in the past. Write the zone with the time if it is meant to be earlier.',
    );
  }
  if (endUs <= startUs) {
    throw inputError(
      range.kind === 'between' ? (fields.until ?? 'until') : startField,
      `The time range ends at ${isoMicroseconds(endUs)}, not after its beginning at ${isoMicroseconds(startUs)}.`,
      'Choose an end that is later than the beginning.',
    );
  }
  return { startUs, endUs, endsInFuture: endUs > nowUs };
}

function rawSpan(
  range: TimeRange,
  nowUs: number,
  fields: TimeRangeFields,
): TimeSpan & { startField: string } {
  if (range.kind === 'last') {
    const startField = fields.amount ?? 'amount';
    const unitSeconds = Object.hasOwn(UNIT_SECONDS, range.unit) ? UNIT_SECONDS[range.unit] : NaN;
    const seconds = readSeconds(Number(range.amount) * unitSeconds, startField);
    return { startUs: nowUs - toUs(seconds), endUs: nowUs, startField };
  }
  if (range.kind === 'between') {
    const startField = fields.since ?? 'since';
    const startUs = parseInstant(range.since, startField);
    const endUs = isBlank(range.until) ? nowUs : parseInstant(range.until, fields.until ?? 'until');
    return { startUs, endUs, startField };
  }
  const startField = fields.time ?? 'time';
  const timeUs = parseInstant(range.time, startField);
  const before = readSeconds(range.secondsBefore, fields.secondsBefore ?? 'secondsBefore');
  const after = readSeconds(range.secondsAfter, fields.secondsAfter ?? 'secondsAfter');
  return { startUs: timeUs - toUs(before), endUs: timeUs + toUs(after), startField };
}

function isBlank(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
  );
}

function readSeconds(value: number, field: string): number {
  const seconds = Number(value);
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > LATEST_US / US_PER_SECOND) {
    throw inputError(
      field,
      'The length of time is not a number that makes sense.',
      'Use a positive number.',
    );
  }
  return seconds;
}

function toUs(seconds: number): number {
  return Math.round(seconds * US_PER_SECOND);
}

/**
 * The time range of a statistic in whole seconds since 1970-01-01 UTC, as its query parameters.
 * Source: "Time interval selection".
 */
export interface StatisticsInterval {
  starttime: number;
  endtime: number;
}

/** Whole seconds, widened so that nothing is lost. */
export function toStatisticsInterval(span: TimeSpan): StatisticsInterval {
  return {
    starttime: Math.floor(span.startUs / US_PER_SECOND),
    endtime: Math.ceil(span.endUs / US_PER_SECOND),
  };
}

/**
 * The interval in whole microseconds. Source: "Pcap extraction", parameters `startTime` and
 * `endTime`: the first packet at or after `endTime` is no longer in the file.
 */
export function toCaptureMicroseconds(span: TimeSpan): { start: number; end: number } {
  return { start: Math.floor(span.startUs), end: Math.ceil(span.endUs) };
}

/**
 * The interval of a connection, from `connectionStart` and `lastActivity`: milliseconds, which may
 * carry a fraction. The end of a capture is exclusive and milliseconds hide up to one of what
 * followed, so the end is rounded up and moved on by a margin; else the last packet is lost.
 *
 * @param marginMs milliseconds added to the end, at least the resolution of the times
 * @throws AllegroError of kind `input` when a time is missing or no number
 */
export function fromMilliseconds(startMs: unknown, endMs: unknown, marginMs = 1): TimeSpan {
  const startUs = scaleMilliseconds(readMilliseconds(startMs, 'connectionStart'), Math.floor);
  const endUs =
    scaleMilliseconds(readMilliseconds(endMs, 'lastActivity'), Math.ceil) +
    Math.ceil(marginMs * 1000);
  return { startUs, endUs: Math.max(endUs, startUs + 1) };
}

/** The fraction apart: of the whole product, a double would round the last digit. */
function scaleMilliseconds(milliseconds: number, round: (value: number) => number): number {
  const whole = Math.floor(milliseconds);
  return whole * 1000 + round((milliseconds - whole) * 1000);
}

function readMilliseconds(value: unknown, field: string): number {
  // Some firmware writes the fraction of a text with a comma.
  const text = typeof value === 'string' ? value.trim().replace(',', '.') : value;
  const milliseconds =
    typeof text === 'number' || (typeof text === 'string' && text) ? Number(text) : NaN;
  if (!(milliseconds >= 0 && milliseconds * 1000 < LATEST_US)) {
    throw inputError(
      field,
      `"${describe(value)}" is not a time in milliseconds.`,
      'Take it from a connection as the appliance lists it.',
    );
  }
  return milliseconds;
}

/** UTC with six digits of a second, e.g. `2026-11-23T15:50:00.123456Z`. */
export function isoMicroseconds(us: number): string {
  const ms = Math.floor(us / 1000);
  return withDigits(ms, String(Math.floor(us - ms * 1000)).padStart(3, '0'));
}

/** UTC with nine digits of a second. */
export function isoNanoseconds(ns: bigint): string {
  const below = ((ns % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return withDigits(Number((ns - below) / 1_000_000n), String(below).padStart(6, '0'));
}

function withDigits(ms: number, digits: string): string {
  return new Date(ms).toISOString().replace('Z', `${digits}Z`);
}
