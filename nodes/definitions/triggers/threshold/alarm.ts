import type { Window } from '../window';

/**
 * When an element is beyond its limit, and when it no longer is. Pure: one step a window, and what
 * has to be remembered in between. Times are whole seconds since 1970-01-01 UTC, by the appliance's
 * clock.
 */

export interface Rules {
  condition: 'above' | 'below';
  /** Beyond it is what lies above, or below, this. The limit itself is not beyond. */
  limit: number;
  /** An alarm ends when the value reaches this. Between the two, everything stays as it is. */
  clearLimit: number;
  /** Number of consecutive windows beyond the limit that raise it. */
  windowsInARow: number;
  /** After an alarm was raised, the same element raises none for so long. */
  coolDownSeconds: number;
}

/** What is remembered of one element. Of most there is nothing to remember. */
export interface Alarm {
  /**
   * - `quiet`: not beyond the limit, or not for long enough
   * - `known`: beyond the limit since the first poll, which only takes stock
   * - `held`: beyond the limit, but not reported, because of the cool-down
   * - `raised`: reported
   */
  phase: 'quiet' | 'known' | 'held' | 'raised';
  /** Consecutive windows beyond the limit, counted up to what is needed. */
  streak: number;
  /** Start of the first window of the row. */
  since?: number;
  /** When it was last reported. */
  raisedAt?: number;
  /** How often it went beyond the limit and back since then, unreported. */
  suppressed?: number;
}

export interface Step {
  /** Absent: nothing to remember. */
  alarm?: Alarm;
  change?: Change;
}

/** Something that happened to an element. */
export interface Change {
  event: 'raised' | 'cleared';
  /** Start of the first window beyond the limit. */
  since: number;
  suppressed: number;
}

/** Whether a value is beyond the limit. No value never is. */
export function isBeyond(value: number | undefined, { condition, limit }: Rules): boolean {
  if (value === undefined) return false;
  return condition === 'above' ? value > limit : value < limit;
}

/** Whether a value ends an alarm. What is not listed any more does. */
export function isClear(value: number | undefined, { condition, clearLimit }: Rules): boolean {
  if (value === undefined) return true;
  return condition === 'above' ? value <= clearLimit : value >= clearLimit;
}

/** The alarm of an element that the first poll finds beyond the limit: known, and not reported. */
export function baseline(value: number | undefined, window: Window, rules: Rules): Step {
  if (!isBeyond(value, rules)) return {};
  return { alarm: { phase: 'known', streak: rules.windowsInARow, since: window.start } };
}

/** Takes one window more into account. */
export function step(
  previous: Alarm | undefined,
  value: number | undefined,
  window: Window,
  rules: Rules,
): Step {
  const alarm = counted(previous ?? { phase: 'quiet', streak: 0 }, value, window, rules);
  const { since = window.start, suppressed = 0 } = alarm;
  const isCoolingDown =
    alarm.raisedAt !== undefined && window.end - alarm.raisedAt < rules.coolDownSeconds;

  if (alarm.phase === 'quiet') {
    if (alarm.streak < rules.windowsInARow) return remembered(alarm, isCoolingDown);
    return isCoolingDown ? { alarm: { ...alarm, phase: 'held' } } : raised(alarm, window);
  }
  if (isClear(value, rules)) {
    const wasHeld = alarm.phase === 'held';
    const quiet = ended(alarm, wasHeld ? suppressed + 1 : suppressed);
    const next = remembered(quiet, isCoolingDown);
    if (alarm.phase !== 'raised') return next;
    return { ...next, change: { event: 'cleared', since, suppressed } };
  }
  const isDue = alarm.phase === 'held' && !isCoolingDown && isBeyond(value, rules);
  return isDue ? raised(alarm, window) : { alarm };
}

/** The same when nobody knows whether it ended meanwhile: only its cool-down is sure. */
export function unobserved(alarm: Alarm): Alarm {
  return ended(alarm, alarm.suppressed ?? 0);
}

/** The same after the clock was set: what has passed of its time stays what it was. */
export function moved(alarm: Alarm, seconds: number): Alarm {
  const { since, raisedAt } = alarm;
  return {
    ...alarm,
    ...(since === undefined ? {} : { since: since + seconds }),
    ...(raisedAt === undefined ? {} : { raisedAt: raisedAt + seconds }),
  };
}

function counted(alarm: Alarm, value: number | undefined, window: Window, rules: Rules): Alarm {
  if (isBeyond(value, rules)) {
    const streak = Math.min(alarm.streak + 1, rules.windowsInARow);
    return { ...alarm, streak, since: alarm.since ?? window.start };
  }
  // An alarm between its two limits goes on; a row of windows does not.
  const { since, ...rest } = alarm;
  return alarm.phase === 'quiet' ? { ...rest, streak: 0 } : { ...rest, streak: 0, since };
}

function raised(alarm: Alarm, window: Window): Step {
  const { since = window.start, suppressed = 0, streak } = alarm;
  return {
    alarm: { phase: 'raised', streak, since, raisedAt: window.end },
    change: { event: 'raised', since, suppressed },
  };
}

function ended({ raisedAt }: Alarm, suppressed: number): Alarm {
  return {
    phase: 'quiet',
    streak: 0,
    ...(raisedAt === undefined ? {} : { raisedAt }),
    ...(suppressed === 0 ? {} : { suppressed }),
  };
}

/** A quiet element is remembered only for its row of windows or its cool-down. */
function remembered(alarm: Alarm, isCoolingDown: boolean): Step {
  if (isCoolingDown) return { alarm };
  if (alarm.streak === 0) return {};
  const { streak, since } = alarm;
  return { alarm: { phase: 'quiet', streak, since } };
}
