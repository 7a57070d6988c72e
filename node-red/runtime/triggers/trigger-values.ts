import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import type { FieldValues } from '../../../nodes/definitions/model/field-values';
import type { TriggerDefinition, TriggerEvent } from '../../../nodes/definitions/triggers/trigger';
import { originOf } from '../values/origin';
import type { Message, NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { triggerFields } from './trigger-fields';
import { readValues } from '../values/read-values';
import type { RepeatLimit } from './repeat-limit';

/**
 * Reads all fields of a trigger. They are values or environment variables, as there is no message.
 *
 * @throws AllegroError `input`
 */
export function readTriggerValues(
  RED: RuntimeApi,
  node: RuntimeNode,
  config: NodeConfig,
  trigger: TriggerDefinition,
): Promise<FieldValues> {
  return readValues({ fields: triggerFields(trigger) }, config, { RED, node, message: {} });
}

/**
 * What a definition may know of this host.
 *
 * @param warnings of the node, so that one that comes back at every poll is not logged each time
 */
export function triggerContext(
  RED: RuntimeApi,
  node: RuntimeNode,
  signal: AbortSignal,
  warnings: RepeatLimit,
): LocalContext {
  return {
    signal,
    progress: () => undefined,
    log: { debug: (text) => node.debug(text), warn: (text) => warn(node, warnings, text) },
    origin: originOf({ RED, node, message: {} }),
  };
}

/** Warns, unless the same was warned of within the last hour. Numbers do not make it another one. */
export function warn(node: Pick<RuntimeNode, 'warn'>, warnings: RepeatLimit, text: string): void {
  const leftOut = warnings.admit(text.slice(0, 300).replace(/\d+/g, '0'));
  if (leftOut === undefined) return;
  node.warn(leftOut > 0 ? `${text} (${leftOut} more like this in the last hour)` : text);
}

/** One message for each event, with what a node behind takes when its own fields are blank. */
export function messageOf(trigger: TriggerDefinition, event: TriggerEvent): Message {
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
  return String(named ?? statistic ?? eventId);
}
