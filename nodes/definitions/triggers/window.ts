/** A time window in whole seconds since 1970-01-01 UTC, by the appliance's clock. */
export interface Window {
  start: number;
  /** Exclusive. */
  end: number;
}

/** How long the appliance may take until a second is counted. */
const SETTLE_SECONDS = 2;
/** What lies further back is given up: older statistics may be gone. */
const MAX_BACKLOG_SECONDS = 24 * 3600;
/** How many windows one poll reads; the next one goes on from there. */
const MAX_WINDOWS = 30;
/** So far may clocks and rounding be apart before it counts as a clock that was set back. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** The last second that can be asked for, of the appliance's clock in milliseconds. */
export function countedUntil(clockMilliseconds: number): number {
  return Math.floor(clockMilliseconds / 1000) - SETTLE_SECONDS;
}

/**
 * The windows that are due: each follows the one before without a gap, so that whatever happens
 * between two polls, and while polls fail, is in exactly one window.
 *
 * @param until end of the last window; nothing before the first
 * @param now end of what can be asked for
 */
export function dueWindows(until: number | undefined, now: number, length: number): Window[] {
  if (until === undefined || isSetBack(until, now)) return [{ start: now - length, end: now }];
  const from = Math.max(until, now - Math.max(MAX_BACKLOG_SECONDS, length));
  const count = Math.min(Math.floor((now - from) / length), MAX_WINDOWS);
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    start: from + index * length,
    end: from + (index + 1) * length,
  }));
}

/** Whether there may be more windows behind those that {@link dueWindows} gave. */
export function mayBeMore(windows: readonly Window[]): boolean {
  return windows.length >= MAX_WINDOWS;
}

/** One window from the last one's end up to now, for what need not be cut into equal pieces. */
export function gapWindow(
  until: number | undefined,
  now: number,
  firstLength: number,
): Window | undefined {
  if (until === undefined || isSetBack(until, now)) return { start: now - firstLength, end: now };
  const start = Math.max(until, now - MAX_BACKLOG_SECONDS);
  return start < now ? { start, end: now } : undefined;
}

function isSetBack(until: number, now: number): boolean {
  return until > now + CLOCK_TOLERANCE_SECONDS;
}

/** For a query. Source: "Time interval selection". */
export function windowQuery({ start, end }: Window): { starttime: number; endtime: number } {
  return { starttime: start, endtime: end };
}

/** ISO 8601 of whole seconds. */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
