import type { Field } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import type { Warning } from '../model/define-node';
import type { LocalContext, RunContext } from '../model/run-context';

/**
 * The platform-neutral description of what starts a workflow. As with nodes, a trigger is data plus
 * one function; n8n makes trigger nodes of it, Node-RED nodes without an input. A host keeps the
 * clock, the state and the network; the trigger only tells what an answer means.
 */
export type TriggerDefinition = PollTrigger | PushTrigger;

interface TriggerDescription<Fields extends readonly Field[]> {
  /** Identity in lower camel case, e.g. `thresholdTrigger`. Never changes once published. */
  name: string;
  /** Title case, ends in `Trigger`. */
  label: string;
  /** A sentence for n8n's node panel, e.g. `On a value crossing a threshold`. */
  action: string;
  /** One or two sentences, no final stop. */
  description: string;
  /** Paragraphs of plain text that help and docs show under the description. */
  details: readonly string[];
  /** What the appliance's role or token must allow, in words. */
  permission: string;
  /** Where the vendor's pages describe what is used here. */
  source: string;
  warnings?: readonly Warning[];
  /** Built on paths whose answers nobody documents; both editors say so. */
  isExperimental?: boolean;
  fields: Fields;
  /** One event as it comes out. */
  sampleOutput: TriggerEvent;
  /**
   * What a node that follows takes when its own field is blank: names of its message properties
   * (see `messageProperty` of a field), with the event's property that goes there. For Node-RED.
   */
  messageProperties: Readonly<Record<string, string>>;
}

/** Asks the appliance again and again. */
export interface PollTrigger<
  Fields extends readonly Field[] = readonly Field[],
> extends TriggerDescription<Fields> {
  kind: 'poll';
  /**
   * One poll. Nothing else is remembered than the state that the last one returned, so a restart of
   * the host changes nothing. When it throws, the host keeps the old state and polls again later:
   * what happened meanwhile is found by the next poll that succeeds.
   *
   * Polls of one node must not overlap.
   *
   * @param state `undefined` the first time: then the poll sets the baseline. One that belongs to
   *   another appliance or another choice of what to watch is told by itself, and counts as none.
   */
  poll(
    context: RunContext,
    values: ValuesOf<Fields>,
    state: TriggerState | undefined,
  ): Promise<PollOutcome>;

  /**
   * What to go on with when a host hands in a state that it may have stored before the last poll, as
   * after a restart of one that does not store each state. Absent where what happened since then is
   * read again anyway.
   */
  restored?(values: ValuesOf<Fields>, state: TriggerState): TriggerState;

  /**
   * Events as they would look now, whatever the limits and the past, for a host's test button. A few
   * at most; none where the appliance has nothing to show. Changes no state.
   */
  preview(context: RunContext, values: ValuesOf<Fields>): Promise<TriggerEvent[]>;
}

/** Takes what the appliance sends by itself. Needs no login of the appliance. */
export interface PushTrigger<
  Fields extends readonly Field[] = readonly Field[],
> extends TriggerDescription<Fields> {
  kind: 'push';
  /**
   * Decodes one delivery. The host asks a person for the secret where it keeps secrets, checks it
   * (see `refusalOf`) and limits the length of the body (`MAX_BODY_BYTES`) before; it
   * answers 200 as soon as this returns, 400 when it throws, and then starts the workflow.
   *
   * @throws AllegroError of kind `badAnswer` when the body is not from the appliance
   */
  receive(context: LocalContext, values: ValuesOf<Fields>, delivery: Delivery): TriggerEvent[];
}

/** Defines a trigger that polls, with values typed from its fields. */
export function definePollTrigger<const Fields extends readonly Field[]>(
  trigger: PollTrigger<Fields>,
): PollTrigger<Fields> {
  return trigger;
}

/** The same for one that the appliance pushes to. */
export function definePushTrigger<const Fields extends readonly Field[]>(
  trigger: PushTrigger<Fields>,
): PushTrigger<Fields> {
  return trigger;
}

/** What starts one run of a workflow, or is one item of it. Plain JSON. */
export interface TriggerEvent extends Record<string, unknown> {
  /** Unique and reproducible: when a host sends an event again after a crash, it is the same. */
  eventId: string;
  /** Says what happened, e.g. `raised`. */
  event: string;
  /** One line for a chat or a mail; see `eventText`. */
  text: string;
  /** ISO 8601, by the appliance's clock where it tells. The middle of a capture's window. */
  alertTime: string;
}

/** What a trigger remembers between polls: plain JSON, small, with a bound on what it collects. */
export interface TriggerState {
  /** Of the state's form, so that a later version can read an older one. */
  version: number;
  /** What the state is about: appliance, device and what is watched. */
  subject: string;
  [name: string]: unknown;
}

/**
 * Nothing is lost and nothing doubled as long as a host commits both together. Where it cannot, it
 * stores the state with the events in it as yet to be sent, sends, and then stores that they are
 * sent. A crash in between sends events again, with the same `eventId`.
 */
export interface PollOutcome {
  state: TriggerState;
  /** Oldest first; often none. Each starts one run of the workflow, or is one item of it. */
  events: TriggerEvent[];
  /**
   * For a status line: how many elements were looked at, how many are beyond the limit, and how many
   * seconds were left out after a long time without polls.
   */
  summary: { watched: number; active: number; skippedSeconds?: number };
}

/** Says in each event of a poll that some time before it was left out. */
export function withSkipped(events: TriggerEvent[], skippedSeconds: number): TriggerEvent[] {
  return skippedSeconds > 0 ? events.map((event) => ({ ...event, skippedSeconds })) : events;
}

/** How often a host polls unless told otherwise, in seconds. */
export const DEFAULT_POLL_SECONDS = 60;
/** How long one poll may take in all, in milliseconds. The next one goes on from the same state. */
export const POLL_LIMIT_MS = 120_000;
/** The vendor documents no limit of requests; more often than this would be a burden. */
export const MIN_POLL_SECONDS = 10;

/** What a web server of the host received. */
export interface Delivery {
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  /** The part of the path that the host's route reserves for the secret. */
  pathSecret?: string;
  /** Parsed where it was JSON, else the text. */
  body: unknown;
  /** Milliseconds since 1970-01-01 UTC, as this machine sees it. */
  receivedAt: number;
}

/** Longer bodies are refused with 413 before they are read. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
