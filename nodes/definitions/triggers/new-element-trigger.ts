import type { CallOptions } from '../../../client';
import { readAddress } from '../fields/address';
import type { RunContext } from '../model/run-context';
import { newElementEvents } from './new-element/event';
import { NEW_ELEMENT_FIELDS, type NewElementValues } from './new-element/fields';
import { FIRST_WINDOW_SECONDS, planOf } from './new-element/poll-plan';
import { PREVIEWED, readElements } from './new-element/read-elements';
import { SeenElements } from './new-element/seen-elements';
import { continueState, subjectOf } from './trigger-state';
import { isClockMark, readFormer, readTick, type ClockMark } from './clock';
import { countedUntil, skippedText, type Window } from './window';
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

/** Tells when an address or a server port has traffic for the first time. */
export const newElementTrigger = definePollTrigger({
  kind: 'poll',
  name: 'newElementTrigger',
  label: 'New Element Trigger',
  action: 'On a new address, port or server',
  description:
    'Starts when an IP or MAC address, server port, DNS or DHCP server, or protocol is seen for the first time',
  details: [
    'Everything that the appliance lists at the first poll is treated as known. Later polls cover the time since the last one without a gap, up to 24 hours.',
    'If there are more elements than can be remembered, those without traffic for the longest time are forgotten, and reported again when they return. Choose a number well above the size of your network.',
    '"text" says in one line what is new, for a chat or a mail. "ip", "mac", "hostName" and "macVendor" are null where the appliance does not report them. For the first 20 new elements of a poll, the statistics of the address are asked as well.',
    'Ports are server ports, without ephemeral ports and those of calls unless Ports says otherwise. For Server Ports of Hosts, every poll reads one table for each host. Calls are known only where it has columns for the protocols, which the vendor does not document.',
    'Lists of DNS and DHCP servers have no documented shape beyond their path; every server that is listed counts.',
  ],
  permission: 'Read access to statistics',
  source: 'List queries; Time interval selection',
  fields: NEW_ELEMENT_FIELDS,
  messageProperties: { alertTime: 'alertTime', expression: 'expression', device: 'mmId' },
  sampleOutput: {
    event: 'new',
    text: 'New MAC address 00:11:22:33:44:55 (10.1.2.44, printer-2.example, Example Vendor), 3 kB since 2026-11-23 15:49:00 UTC. Appliance allegro-mm-1a2b, 2026-11-23 15:50:00 UTC.',
    elementKind: 'mac',
    element: '00:11:22:33:44:55',
    name: 'Example Vendor',
    ip: '10.1.2.44',
    mac: '00:11:22:33:44:55',
    hostName: 'printer-2.example',
    macVendor: 'Example Vendor',
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
    eventId: 'https://allegro-mm-1a2b|||mac|00:11:22:33:44:55|new|2026-11-23T15:50:00.000Z',
    dedupKey: 'https://allegro-mm-1a2b|||mac|00:11:22:33:44:55',
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
      const found = await readElements(context, values, {
        ...{ window, isBaseline: !known, limit, options },
      });
      const byElement = new Map(found.map((one) => [one.element, one]));
      return seenElements.see([...byElement.keys()]).map((element) => byElement.get(element)!);
    };
    const report = async (window: Window) => {
      const fresh = await read(window);
      return known
        ? newElementEvents(context, values, fresh, { window, event: 'new', options })
        : [];
    };
    for (const window of plan.learned) await read(window);
    const events: TriggerEvent[] = [];
    const { former } = plan;
    if (former) events.push(...(await readFormer(context, () => report(former))));
    for (const window of plan.reported) events.push(...(await report(window)));
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
    const found = await readElements(context, values, {
      ...{ window, isBaseline: true, limit: PREVIEWED, options },
    });
    const shown = found.slice(0, PREVIEWED);
    return newElementEvents(context, values, shown, { window, event: 'preview', options });
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

function settingsOf({ client, signal }: RunContext, values: NewElementValues) {
  const address = readAddress(values);
  const options: CallOptions = { signal, address };
  const { elementKind, portFilter, addresses } = values;
  // A choice of other ports would make those that were left out look new.
  const isPorts = ['hostPort', 'tcpPort', 'udpPort'].includes(elementKind);
  const choice = isPorts ? [portFilter, addresses] : [];
  const subject = subjectOf(client.baseUrl, address, elementKind, ...choice);
  return { options, limit: values.remembered, subject };
}
