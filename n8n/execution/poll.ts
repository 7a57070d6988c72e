import {
  NodeOperationError,
  type IDataObject,
  type INodeExecutionData,
  type IPollFunctions,
} from 'n8n-workflow';
import type { RunContext } from '../../nodes/definitions/model/run-context';
import type { FieldValues } from '../../nodes/definitions/model/field-values';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import type {
  PollTrigger,
  TriggerEvent,
  TriggerState,
} from '../../nodes/definitions/triggers/trigger';
import { clientFor } from '../transport/client';
import { chooseByName } from './choose-by-name';
import { toNodeError } from './errors';
import { localContext } from './local-context';
import { triggerValues } from './parameters';
import { TRIGGER_ON_NAME } from '../description/trigger-properties';

/** Name of the state within the static data that n8n keeps for a node. */
const STATE_NAME = 'state';
/** Name of the mark of the poll that wrote the state. */
const MARK_NAME = 'poll';
/** Time limit of a poll where n8n does not report one, as older versions do not. */
const DEFAULT_BUDGET_MS = 300_000;
/** How long one poll catches up before it returns what it has found. */
const CATCH_UP_MS = 20_000;

/** Polls that run in this process, by workflow and node. */
const running = new Set<string>();
/** Marks of the last polls of this process. A state with another mark was restored from the database. */
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
  // The previous poll is still running (slow appliance, or catching up): the next one goes on from there.
  if (running.has(key)) return null;
  running.add(key);
  try {
    const chosen = host.getNodeParameter(TRIGGER_ON_NAME);
    const trigger = chooseByName(triggers, chosen, TRIGGER_ON_NAME, 'trigger');
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
      context.log.warn(`Catching up stopped, the next poll goes on: ${String(error)}`);
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

/** A plain copy: n8n's static data is an observed object. */
function plainState(kept: unknown): TriggerState | undefined {
  return kept === undefined ? undefined : (JSON.parse(JSON.stringify(kept)) as TriggerState);
}

async function contextOf(host: IPollFunctions): Promise<RunContext> {
  // Older versions of n8n lack this function.
  const budget = (host as Partial<IPollFunctions>).getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
  const client = await clientFor(host, host.getNodeParameter('authentication'));
  return { ...localContext(host, AbortSignal.timeout(budget)), client };
}
