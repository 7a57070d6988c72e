import { HttpError } from '../reply/http-error';
import { readNumber, type Query } from './query';

/** A selected time, in seconds since 1970; the end is not part of it. */
export interface Interval {
  start: number;
  end: number;
  /** Whether the request asked for one. Without one it is the last full second. */
  isSelected: boolean;
}

/** Source: "Time interval selection" and "JSON output traffic counters". */
export function readInterval(query: Query, nowUs: number): Interval {
  const second = Math.floor(nowUs / 1e6);
  const start = readNumber(query, 'starttime');
  const end = readNumber(query, 'endtime');
  if (start === undefined && end === undefined) {
    return { start: second - 1, end: second, isSelected: false };
  }
  const interval = { start: start ?? 0, end: end ?? second, isSelected: true };
  if (interval.end < interval.start) throw new HttpError(400, 'endtime is before starttime.');
  return interval;
}
