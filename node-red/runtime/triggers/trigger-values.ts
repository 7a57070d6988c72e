import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import type { Field } from '../../../nodes/definitions/model/field';
import type { ValuesOf } from '../../../nodes/definitions/model/field-values';
import { languageOf } from '../values/language';
import { localContext } from '../values/local-context';
import type { NodeConfig, RuntimeApi, RuntimeNode } from '../runtime-api';
import { readValues } from '../values/read-values';
import type { RepeatLimit } from './repeat-limit';
import { say, type Sentence } from '../../../client/values/sentence';

/**
 * Reads fields of a trigger. They are values or environment variables, as there is no message.
 *
 * @throws AllegroError `input`
 */
export function readTriggerValues<const Fields extends readonly Field[]>(
  RED: RuntimeApi,
  node: RuntimeNode,
  config: NodeConfig,
  fields: Fields,
): Promise<ValuesOf<Fields>> {
  return readValues({ fields }, config, { RED, node, message: {} });
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
  const context = localContext({ RED, node, message: {} }, signal);
  return { ...context, log: { ...context.log, warn: (text) => warn(RED, node, warnings, text) } };
}

/** Warns, unless the same was warned of within the last hour. Numbers do not make it another one. */
export function warn(
  RED: Pick<RuntimeApi, '_'>,
  node: Pick<RuntimeNode, 'warn'>,
  warnings: RepeatLimit,
  text: Sentence,
): void {
  const leftOut = warnings.admit(text.slice(0, 300).replace(/\d+/g, '0'));
  if (leftOut === undefined) return;
  const more = leftOut > 0 ? say`${text} (${leftOut} more like this in the last hour)` : text;
  node.warn(languageOf(RED).show(more));
}
