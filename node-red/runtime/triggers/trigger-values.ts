import type { LocalContext } from '../../../nodes/definitions/model/definition';
import type { FieldValues } from '../../../nodes/definitions/model/field';
import type { TriggerDefinition, TriggerEvent } from '../../../nodes/definitions/triggers/trigger';
import { originOf } from '../values/origin';
import type { Message, NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { triggerFields } from './trigger-fields';
import { readValues } from '../values/values';

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

/** What a definition may know of this host. */
export function triggerContext(
  RED: RuntimeApi,
  node: RuntimeNode,
  signal: AbortSignal,
): LocalContext {
  return {
    signal,
    progress: () => undefined,
    log: { debug: (text) => node.debug(text), warn: (text) => node.warn(text) },
    origin: originOf({ RED, node, message: {} }),
  };
}

/** One message for each event, with what a node behind takes when its own fields are blank. */
export function messageOf(trigger: TriggerDefinition, event: TriggerEvent): Message {
  const properties = Object.entries(trigger.messageProperties).flatMap(([name, from]) =>
    event[from] === null || event[from] === undefined ? [] : [[name, event[from]] as const],
  );
  return {
    topic: String(event.dedupKey ?? event.eventId),
    payload: event,
    ...Object.fromEntries(properties),
  };
}
