import type { Tick } from '../clock';
import { gapWindow, type Window } from '../window';

export const FIRST_WINDOW_SECONDS = 60;
/** More than a clock may be set by without that being noticed; see `readTick`. */
const OVERLAP_SECONDS = 30;

/** What a poll reads. */
interface PollPlan {
  /** Taken as known. */
  learned: Window[];
  /** What is left of the time before a step of the clock; may lie in what is the future now. */
  former?: Window;
  reported: Window[];
  skippedSeconds: number;
}

/**
 * Without a step: what is still to be learned, however far back, and then the gap up to now. (What
 * was learned is no event, so a host that stores the state only with events has to read it again
 * after a restart.) After a step: as much as has elapsed, by the clock as it was and as it is. The
 * windows overlap, as each element is told once anyway.
 */
export function planOf(
  known: { until: number; learningLeft: number } | undefined,
  { now, elapsed, step }: Pick<Tick, 'now' | 'elapsed' | 'step'>,
): PollPlan {
  if (!known) {
    const { windows } = gapWindow(undefined, now, FIRST_WINDOW_SECONDS);
    return { learned: [], reported: windows, skippedSeconds: 0 };
  }
  const { until, learningLeft } = known;
  if (step !== 0) {
    const { windows, skippedSeconds } = gapWindow(now - elapsed - OVERLAP_SECONDS, now, 0);
    const former = { start: until - OVERLAP_SECONDS, end: until + elapsed + OVERLAP_SECONDS };
    return { learned: [], former, reported: windows, skippedSeconds };
  }
  const learnedUntil = Math.min(until + learningLeft, now);
  if (learnedUntil > until) {
    const learned = [{ start: until, end: learnedUntil }];
    const { windows, skippedSeconds } = gapWindow(learnedUntil, now, 0);
    return { learned, reported: windows, skippedSeconds };
  }
  const { skippedSeconds } = gapWindow(until, now, 0);
  const { windows } = gapWindow(Math.min(until, now) - OVERLAP_SECONDS, now, 0);
  return { learned: [], reported: windows, skippedSeconds };
}
