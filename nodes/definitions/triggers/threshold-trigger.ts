import { reasonOf } from '../../../client';
import type { RunContext } from '../model/run-context';
import { continueState, subjectOf } from './trigger-state';
import { isClockMark, readFormer, readTick, type Tick } from './clock';
import { dueWindows, gapWindow, skippedText, type Due, type Window } from './window';
import { unobserved } from './threshold/alarm';
import { thresholdEvent, whatOf } from './threshold/event';
import { THRESHOLD_FIELDS } from './threshold/fields';
import { mergedReadings, readWindow, type Reading } from './threshold/readings';
import { isMomentary, readSettings, type Settings } from './threshold/settings';
import { activeOf, movedState, stepWindow, type ThresholdState } from './threshold/step-window';
import {
  definePollTrigger,
  withSkipped,
  type PollOutcome,
  type TriggerEvent,
  type TriggerState,
} from './trigger';
import { listed, say } from '../../../client/values/sentence';

const STATE_VERSION = 1;
const PREVIEWED = 3;

/** Tells when a statistic goes beyond a limit. */
export const thresholdTrigger = definePollTrigger({
  kind: 'poll',
  name: 'thresholdTrigger',
  label: 'Threshold Trigger',
  action: 'On a value crossing a threshold',
  description:
    'Starts when the traffic of an address, protocol, port or interface, the reach of the ring buffer, or any other value crosses a threshold',
  details: [
    'Windows follow each other without a gap, by the clock of the appliance. After an outage, missed windows are caught up: at most 24 hours or 240 windows. "skippedSeconds" says what was skipped.',
    'An element is reported once it has been beyond the threshold for the number of Consecutive Windows. It can be reported again after it has returned to the clear threshold and the cool-down has ended.',
    'Elements beyond the threshold at the first poll are not reported, unless Report at Start is on.',
    'Rates are averages over a window: a short window finds short peaks, a long one raises fewer alarms. For other values, such as TCP retransmissions, choose Any List and look up their names with Get Stats. For the reach of the ring buffer, each poll captures its oldest packet: poll every few minutes.',
    '"text" says in one line what happened, for a chat or a mail. "dedupKey" is the same for an alarm and its end; "eventId" is unique.',
  ],
  permission: 'Read access to statistics; "pcap" for the reach of the ring buffer',
  source: 'List queries; JSON output traffic counters; Time interval selection',
  fields: THRESHOLD_FIELDS,
  messageProperties: { alertTime: 'alertTime', expression: 'expression', device: 'mmId' },
  sampleOutput: {
    event: 'raised',
    text: '10.1.2.3 (fileserver.example) has 132 Mbit/s, above the threshold of 100 Mbit/s since 2026-11-23 15:48:00 UTC. Appliance allegro-mm-1a2b, 2026-11-23 15:50:00 UTC.',
    watched: 'ip',
    element: '10.1.2.3',
    name: 'fileserver.example',
    measure: 'bitsPerSecond',
    unit: 'bit/s',
    direction: 'both',
    value: 132_400_000,
    condition: 'above',
    limit: 100_000_000,
    clearLimit: 80_000_000,
    alertTime: '2026-11-23T15:50:00.000Z',
    since: '2026-11-23T15:48:00.000Z',
    from: '2026-11-23T15:49:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    suppressed: 0,
    expression: 'ip==10.1.2.3',
    device: 'https://allegro-mm-1a2b',
    mmId: null,
    eventId:
      'https://allegro-mm-1a2b|||ip|bitsPerSecond|both|above|10.1.2.3|raised|2026-11-23T15:50:00.000Z',
    dedupKey: 'https://allegro-mm-1a2b|||ip|bitsPerSecond|both|above|10.1.2.3',
  },

  async poll(context, values, previous) {
    const settings = readSettings(values);
    const known = knownState(context, settings, previous);
    const tick = await tickOf(context, settings, known);
    const state = known && movedState(known, tick.step);
    return readWindows(context, settings, tick, state);
  },

  restored(values, state) {
    // Of all else the windows since then are read; a value is only known as it is now.
    if (!isMomentary(values.watched) || !Array.isArray(state.alarms)) return state;
    const { alarms } = state as ThresholdState;
    const sure = alarms.map(([element, alarm]) => [element, unobserved(alarm)]);
    return { ...state, alarms: sure };
  },

  async preview(context, values) {
    const settings = readSettings(values);
    const { windows } = dueFor(settings, undefined, await tickOf(context, settings, undefined));
    const window = windows[0]!;
    const readings = await readWindow(context, settings, window);
    return readings.slice(0, PREVIEWED).map((reading) =>
      thresholdEvent(settings, context.client.baseUrl, {
        event: 'preview',
        element: reading.element,
        reading,
        window,
        since: window.start,
        suppressed: 0,
      }),
    );
  },
});

function subjectFor({ client }: RunContext, settings: Settings): string {
  const { address, elements, windowSeconds } = settings;
  return subjectOf(client.baseUrl, address, ...whatOf(settings), elements.join(','), windowSeconds);
}

function knownState(
  context: RunContext,
  settings: Settings,
  previous: TriggerState | undefined,
): ThresholdState | undefined {
  return continueState<ThresholdState>(
    previous,
    STATE_VERSION,
    subjectFor(context, settings),
    ({ until, clock, alarms, told }) =>
      Number.isFinite(until) && isClockMark(clock) && [alarms, told].every(Array.isArray),
  );
}

function tickOf(
  context: RunContext,
  { address }: Settings,
  known: ThresholdState | undefined,
): Promise<Tick> {
  return readTick(context, { signal: context.signal, address }, known?.clock);
}

/** Those that are due; a single value is read once a poll. */
function dueFor(
  { watched, windowSeconds }: Settings,
  state: ThresholdState | undefined,
  { now }: Pick<Tick, 'now'>,
): Due {
  const find = isMomentary(watched) ? gapWindow : dueWindows;
  return find(state?.until, now, windowSeconds);
}

async function readWindows(
  context: RunContext,
  settings: Settings,
  tick: Tick,
  known: ThresholdState | undefined,
): Promise<PollOutcome> {
  const { rules, reportsAtStart, reportsCleared, maxElements } = settings;
  const { windows, skippedSeconds } = dueFor(settings, known, tick);
  if (skippedSeconds > 0) context.log.warn(skippedText(skippedSeconds));
  const subject = subjectFor(context, settings);
  const events: TriggerEvent[] = [];
  let state = known && { ...known, clock: tick.mark };
  const repeated: string[] = [];
  let isFirst = true;
  for (const window of windows) {
    const readings = await readBothTimes(context, settings, window, tick.step).catch(
      (error: unknown) => {
        // What was read before counts; the next poll goes on from there.
        if (isFirst) throw error;
        context.log.warn(say`Part of the time range is left for the next poll: ${reasonOf(error)}`);
        return undefined;
      },
    );
    if (!readings) break;
    isFirst = false;
    const stepped = stepWindow(state, readings, window, {
      subject,
      clock: tick.mark,
      rules,
      isBaseline: state === undefined && !reportsAtStart,
      maxQuiet: maxElements,
    });
    state = stepped.state;
    repeated.push(...stepped.repeated);
    for (const change of stepped.changes) {
      if (change.event === 'cleared' && !reportsCleared) continue;
      events.push(thresholdEvent(settings, context.client.baseUrl, change));
    }
  }
  if (repeated.length > 0) {
    context.log.warn(
      say`${repeated.length} [alarm is|alarms are] not reported again, as [it was|they were] before the clock was set back: ${listed(repeated.slice(0, 5))}.`,
    );
  }
  // There is always a window as long as there is no state.
  const final = state!;
  return {
    state: final,
    events: withSkipped(events, skippedSeconds),
    summary: { watched: final.watched, active: activeOf(final), skippedSeconds },
  };
}

/**
 * Reads a window; when the clock was set since the last poll, also the same time by the clock as it
 * was before. What happened before the step is counted there, the rest here.
 */
async function readBothTimes(
  context: RunContext,
  settings: Settings,
  window: Window,
  step: number,
): Promise<Reading[]> {
  const readings = await readWindow(context, settings, window);
  if (step === 0 || isMomentary(settings.watched)) return readings;
  const former = { start: window.start - step, end: window.end - step };
  const before = await readFormer(context, () => readWindow(context, settings, former));
  return mergedReadings(settings, before, readings);
}
