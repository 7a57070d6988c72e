import {
  NodeOperationError,
  type IDataObject,
  type INodeExecutionData,
  type IPollFunctions,
} from 'n8n-workflow';
import { inputError } from '../../client';
import type { RunContext } from '../../nodes/definitions/model/definition';
import type { FieldValues } from '../../nodes/definitions/model/field';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import type {
  PollTrigger,
  TriggerEvent,
  TriggerState,
} from '../../nodes/definitions/triggers/trigger';
import type { CREDENTIAL_TYPES } from '../transport/credentials';
import { clientFor } from '../transport/client';
import { toNodeError } from './errors';
import { originOf } from './origin';
import { triggerValues } from './parameters';
import { TRIGGER_ON_NAME } from '../description/trigger-properties';

/** Where the state lies within the data that n8n keeps for a node. */
const STATE_NAME = 'state';
/** Where a mark of the poll lies that left the state. */
const MARK_NAME = 'poll';
/** For versions of n8n that do not tell how long a poll may take. */
const USUAL_BUDGET_MS = 300_000;
/** How long a poll makes up for lost time before it hands over what it has. */
const CATCH_UP_MS = 20_000;

/** Polls that run in this process, by workflow and node. */
const running = new Set<string>();
/** The marks of the last polls of this process. A state with another one comes from the store. */
const marks = new Map<string, string>();

/**
 * One poll. All events of a poll start one run of the workflow, as items.
 *
 * n8n stores a node's static data when a poll yields something and when the workflow is activated,
 * which includes every start of n8n; after a poll that yields nothing it stores nothing. So after a
 * restart the state may be older than the last poll. Triggers go on from where their state ends: what
 * they can read of the time since then, they read again, and where that is not possible, `restored`
 * makes of the state what is still sure.
 *
 * @returns nothing where nothing happened
 */
export async function pollOnce(
  host: IPollFunctions,
  triggers: readonly PollTrigger[],
): Promise<INodeExecutionData[][] | null> {
  const key = keyOf(host);
  // A slow appliance, or a long time to make up for: the next poll goes on from there.
  if (running.has(key)) return null;
  running.add(key);
  try {
    const trigger = chosenTrigger(host, triggers);
    const values = readFieldValues(trigger, await triggerValues(host, trigger.fields));
    const context = await contextOf(host);
    const isTest = host.getMode() === 'manual';
    const events = isTest
      ? await preview(host, trigger, context, values)
      : await pollFor(host, trigger, context, values);
    return events.length > 0 ? [events.map((event) => ({ json: event as IDataObject }))] : null;
  } catch (error) {
    throw toNodeError(host.getNode(), error, 0);
  } finally {
    running.delete(key);
  }
}

/** An event as it would look now; for the button that fetches a test event. */
async function preview(
  host: IPollFunctions,
  { preview: find }: PollTrigger,
  context: RunContext,
  values: FieldValues,
): Promise<TriggerEvent[]> {
  const events = await find(context, values);
  if (events.length > 0) return events;
  throw new NodeOperationError(host.getNode(), 'There is nothing to show as a test event.', {
    description:
      'The appliance has nothing of this kind right now. The workflow can be activated all the same.',
  });
}

async function pollFor(
  host: IPollFunctions,
  trigger: PollTrigger,
  context: RunContext,
  values: FieldValues,
): Promise<TriggerEvent[]> {
  const kept = host.getWorkflowStaticData('node');
  const key = keyOf(host);
  const isRestored = kept[MARK_NAME] === undefined || kept[MARK_NAME] !== marks.get(key);
  const start = Date.now();
  const all: TriggerEvent[] = [];
  for (let round = 1; ; round++) {
    const stored = plainState(kept[STATE_NAME]);
    const known = stored && round === 1 && isRestored ? restored(trigger, values, stored) : stored;
    const outcome = await trigger.poll(context, values, known).catch((error: unknown) => {
      if (round === 1) throw error;
      // What came before counts, and has to go out; the next poll meets the error again.
      context.log.warn(`Some of the time is left for the next poll: ${String(error)}`);
      return undefined;
    });
    if (!outcome) return all;
    // Before the events go out: n8n stores this together with them.
    kept[STATE_NAME] = outcome.state as IDataObject;
    kept[MARK_NAME] = `${start}-${Math.random()}`;
    marks.set(key, kept[MARK_NAME]);
    all.push(...outcome.events);
    if (!outcome.isBehind || Date.now() - start > CATCH_UP_MS) return all;
  }
}

function keyOf(host: IPollFunctions): string {
  return `${host.getWorkflow().id}:${host.getNode().id}`;
}

function restored(trigger: PollTrigger, values: FieldValues, state: TriggerState): TriggerState {
  return trigger.restored?.(values, state) ?? state;
}

/** n8n watches what it keeps; the definition gets a copy that nobody watches. */
function plainState(kept: unknown): TriggerState | undefined {
  return kept === undefined ? undefined : (JSON.parse(JSON.stringify(kept)) as TriggerState);
}

function chosenTrigger(host: IPollFunctions, triggers: readonly PollTrigger[]): PollTrigger {
  const chosen = host.getNodeParameter(TRIGGER_ON_NAME) as string;
  const trigger = triggers.find(({ name }) => name === chosen);
  if (trigger) return trigger;
  const choices = triggers.map(({ name }) => name).join(', ');
  throw inputError(
    TRIGGER_ON_NAME,
    `There is no trigger "${chosen}".`,
    `Choose one of: ${choices}.`,
  );
}

async function contextOf(host: IPollFunctions): Promise<RunContext> {
  const authentication = host.getNodeParameter('authentication') as keyof typeof CREDENTIAL_TYPES;
  // Older versions of n8n do not tell.
  const budget = (host as Partial<IPollFunctions>).getPollBudgetMs?.() ?? USUAL_BUDGET_MS;
  return {
    client: await clientFor(host, authentication),
    signal: AbortSignal.timeout(budget),
    progress: () => undefined,
    log: {
      debug: (message) => host.logger.debug(message),
      warn: (message) => host.logger.warn(message),
    },
    origin: originOf(host),
  };
}
