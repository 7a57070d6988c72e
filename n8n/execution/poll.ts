import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import type { RunContext } from '../../nodes/definitions/model/run-context';
import type { FieldValues } from '../../nodes/definitions/model/field-values';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import { pollWithin } from '../../nodes/definitions/triggers/poll-within';
import {
  POLL_LIMIT_MS,
  type PollTrigger,
  type TriggerEvent,
  type TriggerState,
} from '../../nodes/definitions/triggers/trigger';
import { clientFor } from '../transport/client';
import { chooseByName } from '../transport/choose-by-name';
import { toNodeError } from './errors';
import { localContext } from './local-context';
import { triggerValues } from './parameters';
import { TRIGGER_ON_NAME } from '../description/trigger-properties';

/** Name of the state within the static data that n8n keeps for a node. */
const STATE_NAME = 'state';
/** Name of the mark of the poll that wrote the state. */
const MARK_NAME = 'poll';

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
  // The previous poll is still running (slow appliance): the next one goes on from there.
  if (running.has(key)) return null;
  running.add(key);
  try {
    const chosen = host.getNodeParameter(TRIGGER_ON_NAME);
    const trigger = chooseByName(triggers, chosen, TRIGGER_ON_NAME, 'trigger');
    const values = readFieldValues(trigger, await triggerValues(host, trigger.fields));
    const client = await clientFor(host, host.getNodeParameter('authentication'));
    // The button that fetches a test event shows events as they would look now.
    const isTest = host.getMode() === 'manual';
    const events = await pollWithin(new AbortController().signal, limitOf(host), (signal) => {
      const context = { ...localContext(host, signal), client };
      return isTest ? trigger.preview(context, values) : pollFor(host, trigger, context, values);
    });
    return events.length > 0 ? [events.map((event) => ({ json: event as IDataObject }))] : null;
  } catch (error) {
    throw toNodeError(host.getNode(), error, 0, host.getTimezone());
  } finally {
    running.delete(key);
  }
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
  const stored = plainState(kept[STATE_NAME]);
  const known = stored && isRestored ? restored(trigger, values, stored) : stored;
  const { state, events } = await trigger.poll(context, values, known);
  // Before the events go out: n8n stores this together with them.
  kept[STATE_NAME] = state as IDataObject;
  kept[MARK_NAME] = `${Date.now()}-${Math.random()}`;
  marks.set(key, kept[MARK_NAME]);
  return events;
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

/** n8n may give a poll less time than this package does. Older versions lack this function. */
function limitOf(host: IPollFunctions): number {
  const budget = (host as Partial<IPollFunctions>).getPollBudgetMs?.();
  return budget! > 0 ? Math.min(budget!, POLL_LIMIT_MS) : POLL_LIMIT_MS;
}
