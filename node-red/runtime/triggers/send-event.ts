import type { TriggerDefinition, TriggerEvent } from '../../../nodes/definitions/triggers/trigger';
import { languageOf } from '../values/language';
import type { Message, RuntimeApi, RuntimeNode } from '../runtime-api';
import { asText } from '../../../client/values/text';

/** Sends an event. What a following node throws is reported, so that later events are sent too. */
export function sendEvent(
  RED: Pick<RuntimeApi, '_'>,
  node: Pick<RuntimeNode, 'send' | 'error'>,
  trigger: TriggerDefinition,
  event: TriggerEvent,
): void {
  try {
    node.send(messageOf(trigger, event));
  } catch (error) {
    node.error(error instanceof Error ? error : languageOf(RED).reason(error));
  }
}

/** One message for each event, with the properties that a following node reads if left blank. */
function messageOf(trigger: TriggerDefinition, event: TriggerEvent): Message {
  const properties = Object.entries(trigger.messageProperties).flatMap(([name, from]) =>
    event[from] === null || event[from] === undefined ? [] : [[name, event[from]] as const],
  );
  return {
    topic: topicOf(event),
    payload: event,
    ...Object.fromEntries(properties),
  };
}

/** What a person reads: the element, the incident's rule, or the exported statistic. */
function topicOf({ element, incident, statistic, eventId }: TriggerEvent): string {
  const named = element ?? (incident as { ruleName?: unknown } | null | undefined)?.ruleName;
  return asText(named ?? statistic ?? eventId);
}
