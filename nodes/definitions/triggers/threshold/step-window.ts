import type { TriggerState } from '../trigger';
import type { Window } from '../window';
import type { ClockMark } from '../clock';
import { baseline, moved, step, type Alarm, type Change, type Rules } from './alarm';
import type { Reading } from './readings';

/** What a Threshold Trigger remembers: where it stands, and the elements that are not quiet. */
export interface ThresholdState extends TriggerState {
  version: 1;
  /** End of the last window, in seconds by the appliance's clock. */
  until: number;
  /** How many elements the last window showed. */
  watched: number;
  clock: ClockMark;
  alarms: Array<[element: string, alarm: Alarm]>;
  /** Alarms that are over, and their time: a clock that was set back comes to them again. */
  told: Told[];
}

type Told = [element: string, from: number, to: number];
/** The latest are kept. */
const MAX_TOLD = 1000;

export interface ElementChange extends Change {
  element: string;
  /** Absent where the element was no longer listed. */
  reading?: Reading;
  window: Window;
}

interface Context {
  subject: string;
  clock: ClockMark;
  rules: Rules;
  /** At the first window: take stock instead of reporting. */
  isBaseline: boolean;
  /** How many elements that only wait for the end of their cool-down may be remembered. */
  maxQuiet: number;
}

/**
 * Takes a window into account: what is remembered afterwards, and what happened, raised first;
 * `repeated` are elements whose alarm of this time was reported before the clock was set back.
 */
export function stepWindow(
  state: ThresholdState | undefined,
  readings: Reading[],
  window: Window,
  { subject, clock, rules, isBaseline, maxQuiet }: Context,
): { state: ThresholdState; changes: ElementChange[]; repeated: string[] } {
  const before = new Map(state?.alarms);
  const read = new Map(readings.map((reading) => [reading.element, reading]));
  const alarms: ThresholdState['alarms'] = [];
  const told = [...(state?.told ?? [])];
  const changes: ElementChange[] = [];
  const repeated: string[] = [];
  // What fell out of the list is looked at as well, so that no alarm hangs.
  for (const element of new Set([...read.keys(), ...before.keys()])) {
    const reading = read.get(element);
    const earlier = before.get(element);
    const { alarm, change } = isBaseline
      ? baseline(reading?.value, window, rules)
      : step(earlier, reading?.value, window, rules);
    if (change?.event === 'raised' && wasTold(told, element, change.since, window.end)) {
      alarms.push([element, { ...alarm!, phase: 'known' }]);
      repeated.push(element);
      continue;
    }
    if (earlier && isTold(earlier) && !(alarm && isTold(alarm))) {
      told.push([element, earlier.since ?? window.start, window.end]);
    }
    if (alarm) alarms.push([element, alarm]);
    if (change) changes.push({ ...change, element, reading, window });
  }
  return {
    state: {
      version: 1,
      subject,
      until: window.end,
      watched: readings.length,
      clock,
      alarms: bounded(alarms, maxQuiet),
      told: told.slice(-MAX_TOLD),
    },
    changes: sorted(changes, rules),
    repeated,
  };
}

/**
 * The state by a clock that was set by `seconds`: it goes on where it stood, and cool-downs last as
 * long as they would have.
 */
export function movedState(state: ThresholdState, seconds: number): ThresholdState {
  if (seconds === 0) return state;
  const open = state.alarms.filter(([, alarm]) => isTold(alarm));
  const told = open.map(([element, { since = state.until }]): Told => [
    element,
    since,
    state.until,
  ]);
  return {
    ...state,
    until: state.until + seconds,
    alarms: state.alarms.map(([element, alarm]) => [element, moved(alarm, seconds)]),
    told: [...state.told, ...told].slice(-MAX_TOLD),
  };
}

const isTold = ({ phase }: Alarm): boolean => phase === 'raised' || phase === 'known';

function wasTold(told: Told[], element: string, from: number, to: number): boolean {
  return told.some(([other, start, end]) => other === element && start < to && from < end);
}

/** How many elements are beyond their limit, or not yet clear. */
export function activeOf({ alarms }: ThresholdState): number {
  return alarms.filter(([, { phase }]) => phase !== 'quiet').length;
}

/** The cool-downs that began first are given up first. */
function bounded(alarms: ThresholdState['alarms'], maxQuiet: number): ThresholdState['alarms'] {
  const cooling = alarms.filter(([, { phase, streak }]) => phase === 'quiet' && streak === 0);
  if (cooling.length <= maxQuiet) return alarms;
  const oldestFirst = cooling.sort(([, a], [, b]) => (a.raisedAt ?? 0) - (b.raisedAt ?? 0));
  const dropped = new Set(oldestFirst.slice(0, cooling.length - maxQuiet));
  return alarms.filter((entry) => !dropped.has(entry));
}

function sorted(changes: ElementChange[], rules: Rules): ElementChange[] {
  const rank = ({ event }: ElementChange) => (event === 'raised' ? 0 : 1);
  const sign = rules.condition === 'above' ? -1 : 1;
  const value = ({ reading }: ElementChange) => sign * (reading?.value ?? 0);
  return changes.sort((a, b) => rank(a) - rank(b) || value(a) - value(b));
}
