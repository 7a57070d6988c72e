import { say, type Sentence } from '../../../client/values/sentence';

/** A time window in whole seconds since 1970-01-01 UTC, by the appliance's clock. */
export interface Window {
  start: number;
  /** Exclusive. */
  end: number;
}

/** What is to be read, and how much before it is given up. */
export interface Due {
  windows: Window[];
  /** Seconds that are left out, so that a poll is bounded and reaches the present. */
  skippedSeconds: number;
}

/** How long the appliance may take until a second is counted. */
const SETTLE_SECONDS = 2;
/** What lies further back is given up: older statistics may be gone. */
const MAX_BACKLOG_SECONDS = 24 * 3600;
/** How many windows one poll reads, one request or more each: the latest ones. */
const MAX_WINDOWS = 240;

/** The last second that can be asked for, of the appliance's clock in milliseconds. */
export function countedUntil(clockMilliseconds: number): number {
  return Math.floor(clockMilliseconds / 1000) - SETTLE_SECONDS;
}

/**
 * The windows that are due: each follows the one before without a gap, so that whatever happens
 * between two polls, and while polls fail, is in exactly one window. After a long time without polls
 * only the latest, up to the present.
 *
 * @param until end of the last window; nothing before the first
 * @param now end of what can be asked for
 */
export function dueWindows(until: number | undefined, now: number, length: number): Due {
  if (until === undefined)
    return { windows: [{ start: now - length, end: now }], skippedSeconds: 0 };
  const longest = Math.min(Math.max(MAX_BACKLOG_SECONDS, length), MAX_WINDOWS * length);
  const from = Math.max(until, now - longest);
  const count = Math.max(0, Math.floor((now - from) / length));
  const windows = Array.from({ length: count }, (_, index) => ({
    start: from + index * length,
    end: from + (index + 1) * length,
  }));
  return { windows, skippedSeconds: from - until };
}

/** One window from the last one's end up to now, for what need not be cut into equal pieces. */
export function gapWindow(until: number | undefined, now: number, firstLength: number): Due {
  const from = until ?? now - firstLength;
  const start = Math.max(from, now - MAX_BACKLOG_SECONDS);
  return { windows: start < now ? [{ start, end: now }] : [], skippedSeconds: start - from };
}

/** For a log: what a poll leaves out. */
export function skippedText(seconds: number): Sentence {
  return say`Statistics of ${seconds} s were skipped after a long time without polls. What happened in that time is not reported; polls continue from now.`;
}

/** For a query. Source: "Time interval selection". */
export function windowQuery({ start, end }: Window): { starttime: number; endtime: number } {
  return { starttime: start, endtime: end };
}

/** ISO 8601 of whole seconds. */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
