import type { CallOptions } from '../../../client';
import { toCounters } from '../../../client/values/counters';
import { nameOfRow, type Row } from '../../../client/api/rows';
import type { RunContext } from '../model/run-context';
import { defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { DEVICE_FIELD, LINK_GROUP_FIELD, readAddress } from '../fields/address';
import { displayName, RANKING_PATHS } from '../statistics/ranking';
import { FIRST_WINDOW_SECONDS, planOf } from './new-element/poll-plan';
import { SeenElements } from './new-element/seen-elements';
import { expressionFor } from '../statistics/element-expression';
import { continueState, subjectOf } from './trigger-state';
import { isClockMark, readFormer, readTick, type ClockMark } from './clock';
import { countedUntil, isoOf, skippedText, windowQuery, type Window } from './window';
import {
  definePollTrigger,
  withSkipped,
  type PollOutcome,
  type TriggerEvent,
  type TriggerState,
} from './trigger';

interface NewElementState extends TriggerState {
  version: 1;
  /** End of the last window, in seconds by the appliance's clock. */
  until: number;
  clock: ClockMark;
  /** Seconds in which everything is still taken as known. */
  learningLeft: number;
  /** Those that had traffic last come last. */
  seen: string[];
}

const STATE_VERSION = 1;
const PREVIEWED = 3;

const FIELDS = defineFields([
  {
    name: 'elementKind',
    label: 'Watch',
    type: 'options',
    default: 'mac',
    options: [
      { value: 'mac', label: 'MAC Addresses' },
      { value: 'ip', label: 'IP Addresses' },
      { value: 'tcpPort', label: 'TCP Server Ports' },
      { value: 'udpPort', label: 'UDP Server Ports' },
      { value: 'protocol', label: 'Protocols (Layer 7)' },
    ],
    description: 'Kind of element to report',
  },
  {
    name: 'learningHours',
    label: 'Learning Time',
    type: 'number',
    default: 0,
    min: 0,
    max: 8760,
    unit: 'h',
    description:
      'Everything seen during this period is treated as known, for elements that are seldom seen',
  },
  DEVICE_FIELD,
  LINK_GROUP_FIELD,
  {
    name: 'remembered',
    label: 'Max Elements',
    type: 'number',
    default: 10_000,
    min: 100,
    max: 100_000,
    integer: true,
    description: 'Maximum number of remembered elements',
    advanced: true,
  },
]);
type Values = ValuesOf<typeof FIELDS>;

/** Tells when an address or a server port has traffic for the first time. */
export const newElementTrigger = definePollTrigger({
  kind: 'poll',
  name: 'newElementTrigger',
  label: 'New Element Trigger',
  action: 'On a new address or port',
  description:
    'Starts when an IP address, MAC address, server port or protocol is seen for the first time',
  details: [
    'Everything that the appliance lists at the first poll is treated as known. Later polls cover the time since the last one without a gap, up to 24 hours.',
    'If there are more elements than can be remembered, those without traffic for the longest time are forgotten, and reported again when they return. Choose a number well above the size of your network.',
    'Ports are server ports, across all hosts.',
  ],
  permission: 'Read access to statistics',
  source: 'List queries; Time interval selection',
  fields: FIELDS,
  messageProperties: { alertTime: 'alertTime', expression: 'expression', device: 'mmId' },
  sampleOutput: {
    eventId: 'https://allegro-mm-1a2b|||mac|00:11:22:33:44:55|new|2026-11-23T15:50:00.000Z',
    dedupKey: 'https://allegro-mm-1a2b|||mac|00:11:22:33:44:55',
    event: 'new',
    elementKind: 'mac',
    element: '00:11:22:33:44:55',
    name: 'Example Vendor',
    alertTime: '2026-11-23T15:50:00.000Z',
    from: '2026-11-23T15:49:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    rxPackets: 12,
    rxBytes: 1800,
    txPackets: 9,
    txBytes: 1150,
    totalPackets: 21,
    totalBytes: 2950,
    expression: 'mac==00:11:22:33:44:55',
    device: 'https://allegro-mm-1a2b',
    mmId: null,
  },

  async poll(context, values, previous) {
    const { options, limit, subject } = settingsOf(context, values);
    const known = continueState<NewElementState>(
      previous,
      STATE_VERSION,
      subject,
      ({ until, learningLeft, clock, seen }) =>
        [until, learningLeft].every(Number.isFinite) && isClockMark(clock) && Array.isArray(seen),
    );
    const tick = await readTick(context, options, known?.clock);
    const plan = planOf(known, tick);
    if (plan.skippedSeconds > 0) context.log.warn(skippedText(plan.skippedSeconds));
    const seenElements = new SeenElements(known?.seen ?? [], limit);
    const read = async (window: Window) => {
      const rows = await readRows(context, values, window, !known, limit, options);
      const byElement = new Map(rows.map((row) => [elementOf(row), row]));
      const fresh = seenElements.see([...byElement.keys()]);
      return fresh.map((element) => newEvent(context, values, byElement.get(element)!, window));
    };
    for (const window of plan.learned) await read(window);
    const events: TriggerEvent[] = [];
    const { former } = plan;
    if (former) events.push(...(await readFormer(context, () => read(former))));
    for (const window of plan.reported) events.push(...(await read(window)));
    const seen = seenElements.toJSON();
    const state: NewElementState = {
      version: STATE_VERSION,
      subject,
      until: tick.now,
      clock: tick.mark,
      learningLeft: known
        ? Math.max(0, known.learningLeft - tick.elapsed)
        : values.learningHours * 3600,
      seen,
    };
    const isLearning = !known || (tick.step !== 0 && known.learningLeft > 0);
    return outcomeOf(state, isLearning ? [] : events, plan.skippedSeconds);
  },

  async preview(context, values) {
    const { options } = settingsOf(context, values);
    const now = countedUntil((await context.client.time(options)).milliseconds);
    const window = { start: now - FIRST_WINDOW_SECONDS, end: now };
    const rows = await readRows(context, values, window, true, PREVIEWED, options);
    return rows.map((row) => newEvent(context, values, row, window, 'preview'));
  },
});

function outcomeOf(
  state: NewElementState,
  events: TriggerEvent[],
  skippedSeconds: number,
): PollOutcome {
  return {
    state,
    events: withSkipped(events, skippedSeconds),
    summary: { watched: state.seen.length, active: events.length, skippedSeconds },
  };
}

function settingsOf({ client, signal }: RunContext, values: Values) {
  const address = readAddress(values);
  const options: CallOptions = { signal, address };
  const subject = subjectOf(client.baseUrl, address, values.elementKind);
  return { options, limit: values.remembered, subject };
}

/**
 * What had traffic in a window; at the baseline everything that is listed. Elements without traffic
 * in the window may be listed too, and come last.
 */
async function readRows(
  { client, log }: RunContext,
  values: Values,
  window: Window,
  isBaseline: boolean,
  limit: number,
  options: CallOptions,
): Promise<Row[]> {
  const path = RANKING_PATHS[values.elementKind];
  const query = { sort: 'bytes', reverse: true, skiphistorydata: true, ...windowQuery(window) };
  for (let asked = isBaseline ? limit : Math.min(100, limit); ; asked *= 4) {
    const most = Math.min(asked, limit);
    const { rows, total, warnings } = await client.rows({ path, query, limit: most }, options);
    const isAll = rows.length < most && warnings.length === 0;
    const listed = rows.filter((row) => elementOf(row) !== '');
    const isBehindTraffic = rows.length > 0 && !hadTraffic(rows.at(-1)!);
    if (isAll || isBaseline || isBehindTraffic || most >= limit) {
      if (limit > PREVIEWED && most >= limit && (total ?? 0) > limit && !isBehindTraffic) {
        log.warn(
          `The appliance lists ${total} elements in ${path}, but only ${limit} are remembered. Some may be reported though they are not new.`,
        );
      }
      return isBaseline ? listed : listed.filter(hadTraffic);
    }
  }
}

/** Without counters nobody can tell; then it counts. */
function hadTraffic(row: Row): boolean {
  return (toCounters(row.interval)?.totalPackets ?? 1) > 0;
}

function elementOf(row: Row): string {
  const value = nameOfRow(row)?.value;
  return value === undefined ? '' : String(value);
}

function newEvent(
  { client }: RunContext,
  values: Values,
  row: Row,
  window: Window,
  event: 'new' | 'preview' = 'new',
): TriggerEvent {
  const element = elementOf(row);
  const kind = values.elementKind;
  const { mmId, group } = readAddress(values);
  const alertTime = isoOf(window.end);
  const dedupKey = [client.baseUrl, mmId ?? '', group ?? '', kind, element].join('|');
  return {
    eventId: [dedupKey, event, alertTime].join('|'),
    dedupKey,
    event,
    elementKind: kind,
    element,
    ...displayName(row, nameOfRow(row)?.field),
    alertTime,
    from: isoOf(window.start),
    to: alertTime,
    ...toCounters(row.interval),
    expression: expressionFor(kind, element),
    device: client.baseUrl,
    mmId: mmId ?? null,
  };
}
