import { inputError } from '../errors';
import { describeValue, isoMicroseconds, LATEST_US, parseInstant } from './instant';
import { say, type Sentence } from './sentence';
import { toNumber } from './loose-value';

/** Turns the time range that a person wants into the unit of each part of the API. */

export type TimeUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks';

/**
 * The time range that a person wants. Instants may be in any form that {@link parseInstant}
 * reads.
 */
export type TimeRange =
  /** The time up to now, by the appliance's clock. */
  | { kind: 'last'; amount: number; unit: TimeUnit }
  /** From one instant to another; without `until` (not set, `null`, blank) up to now. */
  | { kind: 'between'; since: unknown; until?: unknown }
  /** Around one instant, such as an alert's. */
  | { kind: 'around'; time: unknown; secondsBefore: number; secondsAfter: number };

/** A time range in whole microseconds. `startUs` is within it, `endUs` is not. */
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
  /** Whose clock that is, for errors. */
  where: Sentence = say`on the appliance`,
): ResolvedTimeRange {
  const nowUs = Math.floor(applianceNowUs);
  const { startUs, endUs, startField } = rawSpan(range, nowUs, fields);
  if (startUs < 0) {
    throw inputError(
      startField,
      say`The time range begins before 1970.`,
      say`Choose a shorter one.`,
    );
  }
  if (startUs >= nowUs) {
    throw inputError(
      startField,
      say`The time range begins at ${shortIso(startUs)}, but it is ${shortIso(nowUs)} ${where}.`,
      say`Choose a start in the past, and check the time zone.`,
    );
  }
  if (endUs <= startUs) {
    throw inputError(
      range.kind === 'between' ? (fields.until ?? 'until') : startField,
      say`The time range ends at ${shortIso(endUs)}, not after its start at ${shortIso(startUs)}.`,
      say`Choose an end after the start.`,
    );
  }
  return { startUs, endUs, endsInFuture: endUs > nowUs };
}

/** Without the zeros of a fraction, which only distract in a sentence. */
function shortIso(us: number): string {
  return isoMicroseconds(us).replace(/\.?0{1,6}Z$/, 'Z');
}

function rawSpan(
  range: TimeRange,
  nowUs: number,
  fields: TimeRangeFields,
): TimeSpan & { startField: string } {
  if (range.kind === 'last') {
    const startField = fields.amount ?? 'amount';
    const unitSeconds = Object.hasOwn(UNIT_SECONDS, range.unit) ? UNIT_SECONDS[range.unit] : NaN;
    const seconds = readSeconds((toNumber(range.amount) ?? NaN) * unitSeconds, startField);
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
  const seconds = toNumber(value);
  if (seconds === undefined || seconds < 0 || seconds > LATEST_US / US_PER_SECOND) {
    throw inputError(field, say`The duration is not a valid number.`, say`Use a positive number.`);
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
      say`"${describeValue(value)}" is not a time in milliseconds.`,
      say`Take it from a connection as the appliance lists it.`,
    );
  }
  return milliseconds;
}
