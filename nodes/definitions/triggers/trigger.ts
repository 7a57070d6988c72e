import type { Field, FieldValues } from '../field';
import type { LocalContext, RunContext } from '../definition';

/**
 * The platform-neutral description of what starts a workflow. As with nodes, a trigger is data plus
 * one function; n8n makes trigger nodes of it, Node-RED nodes without an input. A host keeps the
 * clock, the state and the network; the trigger only tells what an answer means.
 */
export type TriggerDefinition = PollTrigger | PushTrigger;

interface TriggerBase {
  /** Identity in lower camel case, e.g. `thresholdTrigger`. Never changes once published. */
  name: string;
  /** Title case, ends in `Trigger`. */
  label: string;
  /** A sentence for n8n's node panel, e.g. `On a statistic beyond a limit`. */
  action: string;
  /** One or two sentences, no final stop. */
  description: string;
  /** Paragraphs of plain text that help and docs show under the description. */
  details: string[];
  /** What the appliance's role or token must allow, in words. */
  permission: string;
  /** Where the vendor's pages describe what is used here. */
  source: string;
  warning?: string;
  /** Built on paths whose answers nobody documents; both editors say so. */
  isExperimental?: boolean;
  fields: Field[];
  /** One event as it comes out. */
  sampleOutput: Record<string, unknown>;
}

/** Asks the appliance again and again. */
export interface PollTrigger extends TriggerBase {
  kind: 'poll';
  /**
   * One poll. Nothing else is remembered than the state that the last one returned, so a restart of
   * the host changes nothing. When it throws, the host keeps the old state and polls again later.
   *
   * @param state `undefined` the first time: then the poll sets the baseline
   */
  poll(
    context: RunContext,
    values: FieldValues,
    state: TriggerState | undefined,
  ): Promise<PollOutcome>;
}

/** Takes what the appliance sends by itself. Needs no login of the appliance. */
export interface PushTrigger extends TriggerBase {
  kind: 'push';
  /**
   * Decodes one delivery. The host has checked the secret before, and answers 200 afterwards.
   *
   * @throws AllegroError of kind `badAnswer` when the body is none of the appliance's
   */
  receive(context: LocalContext, values: FieldValues, delivery: Delivery): PollOutcome['events'];
}

/** What a trigger remembers between polls: plain JSON, small, with a bound on what it collects. */
export interface TriggerState {
  /** Of the state's form, so that a later version can read an older one. */
  version: number;
  [name: string]: unknown;
}

export interface PollOutcome {
  /** To be kept before the events are sent: better one lost at a crash than all sent again. */
  state: TriggerState;
  /** Oldest first; often none. Each starts one run of the workflow, or is one item of it. */
  events: Array<Record<string, unknown>>;
  /** For a status line: how many elements were looked at, and how many are beyond the limit. */
  summary?: { watched: number; active: number };
}

/** What a web server of the host received. */
export interface Delivery {
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  /** Parsed where it was JSON, else the text. */
  body: unknown;
  /** Milliseconds since 1970-01-01 UTC, as this machine sees it. */
  receivedAt: number;
}
