import type { NodeDefinition } from '../../../nodes/definitions/model/define-node';
import type { Message, NodeConfig } from '../runtime-api';
import { languageOf } from '../values/language';
import { readValues } from '../values/read-values';
import { runDefinition, type Outcome, type RunOptions } from './run-definition';
import { formText, say } from '../../../client/values/sentence';
import { toNumber } from '../../../client/values/loose-value';

/** An element of a list whose run failed, while others succeeded. */
export interface ElementFailure {
  /** With the element as its payload. */
  message: Message;
  thrown: unknown;
}

/**
 * Runs a node once for a message, or one after the other for each element of the list in its payload
 * where the node takes lists, as `takesEach` says. What a person entered in the node takes precedence.
 *
 * @param onFailure told of each element that failed, after the results
 * @throws what a run throws; for a list only if all elements fail, or the work is cancelled
 */
export async function* runForEach(
  options: RunOptions,
  onFailure: (failure: ElementFailure) => void,
): AsyncGenerator<Outcome> {
  const { definition, config, scope, signal } = options;
  const list = listOf(definition, config, scope.message);
  if (!list) {
    yield* runDefinition(options);
    return;
  }
  const elements = await withinLimit(options, list);
  const failures: ElementFailure[] = [];
  for (const [done, element] of elements.entries()) {
    const message = { ...scope.message, payload: element };
    try {
      const results = runDefinition({
        ...options,
        scope: { ...scope, message },
        progress: (progress) => options.progress({ ...progress, done, total: elements.length }),
      });
      // Of the whole list it is not known: other elements may fail.
      for await (const outcome of results) yield { ...outcome, count: undefined };
    } catch (thrown) {
      failures.push({ message, thrown });
      if (signal.aborted) break;
    }
  }
  // The last one says who cancelled.
  if (signal.aborted && failures.length > 0) throw failures.at(-1)!.thrown;
  if (failures.length > 0 && failures.length === elements.length) throw failures[0]!.thrown;
  failures.forEach(onFailure);
}

/** The list itself, or the one within what another node of the palette has sent. */
function listOf(
  { takesEach, fields }: NodeDefinition,
  config: NodeConfig,
  { payload }: Message,
): readonly unknown[] | undefined {
  if (!takesEach) return undefined;
  const isFilledIn = fields.some(
    ({ itemProperty, required, name }) =>
      itemProperty !== undefined && required && !['', undefined].includes(config[name] as string),
  );
  if (isFilledIn) return undefined;
  const list = Array.isArray(payload)
    ? (payload as unknown[])
    : (payload as Record<string, unknown> | null | undefined)?.[takesEach.property];
  return Array.isArray(list) ? list : undefined;
}

async function withinLimit(
  { definition, config, scope }: RunOptions,
  list: readonly unknown[],
): Promise<readonly unknown[]> {
  const { property, limit: name } = definition.takesEach!;
  const field = definition.fields.find((candidate) => candidate.name === name)!;
  const values = await readValues({ fields: [field] }, config, scope);
  const limit = toNumber(values[name]) ?? 0;
  if (list.length > limit) {
    const { show } = languageOf(scope.RED);
    scope.node.warn(
      show(
        say`The list has ${list.length} ${property}, of which the first ${limit} are used. Raise "${formText(field.label)}" in the node, or send fewer.`,
      ),
    );
  }
  return list.slice(0, limit);
}
