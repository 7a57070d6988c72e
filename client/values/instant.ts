import { inputError } from '../errors';
import { say, type SentenceValue } from './sentence';
import { toNumber } from './loose-value';
import { asText } from './text';

/**
 * An instant is a number of whole microseconds since 1970-01-01 UTC, which a double holds exactly
 * until the year 2255. What a person typed is read here.
 */

/** An epoch before 1973-03-03 is hardly meant: `20261123` is a date without its hyphens. */
const EARLIEST_EPOCH_SECONDS = 100_000_000;
/** 2200-01-01; keeps numbers such as `20261123155000` from being taken for milliseconds. */
export const LATEST_US = Date.UTC(2200, 0, 1) * 1000;

const ADVICE = say`Use ISO 8601 with its zone, such as 2026-11-23T15:50:00Z, or a Unix time in seconds, milliseconds or microseconds.`;

/**
 * Reads an instant:
 * - ISO 8601, extended or basic, with zone; without zone it is UTC, so hosts add theirs before
 *   (`withZone`). A date alone is its midnight.
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
      say`"${describeValue(value)}" is read as ${isoMicroseconds(us)}, outside the years 1970 to 2199.`,
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
    if (text === '') throw inputError(field, say`The time is blank.`, ADVICE);
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
    if (typeof read === 'function') return toNumber(read.call(value));
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
    throw inputError(field, say`"${describeValue(value)}" is not a Unix time.`, ADVICE);
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

/** Whether a text has the form of an ISO 8601 time that names no zone. */
export function isWithoutZone(text: string): boolean {
  const match = ISO.exec(text.trim());
  return match !== null && match.at(-1) === undefined;
}

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
    throw inputError(field, say`"${text}" is a date or time that does not exist.`, ADVICE);
  }
  const zoneMinutes = readZone(zone, text, field);
  return (milliseconds - zoneMinutes * 60_000) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function readZone(zone: string | undefined, text: string, field: string): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 14 || minutes > 59) {
    throw inputError(field, say`"${text}" has a zone that does not exist.`, ADVICE);
  }
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

export function describeValue(value: unknown): SentenceValue {
  if (typeof value === 'object' && value !== null) return say`an object`;
  const text = asText(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function notATime(value: unknown, field: string): Error {
  return inputError(field, say`"${describeValue(value)}" is not a time.`, ADVICE);
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
