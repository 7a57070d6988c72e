import type { AllegroClient } from '../../client';
import type { LocalContext, LocalDefinition, NodeDefinition, RunResult } from './definition';
import type { FieldValues } from './field';

/** Whether an appliance has to be chosen for it. */
export function needsAppliance({ needsAppliance: needs }: NodeDefinition): boolean {
  return needs !== false;
}

/**
 * Starts a definition with what it needs and no more.
 *
 * @param getClient called only for definitions that need an appliance
 */
export async function* startRun(
  definition: NodeDefinition,
  context: LocalContext,
  getClient: () => AllegroClient | Promise<AllegroClient>,
  values: FieldValues,
): AsyncGenerator<RunResult> {
  if (!needsAppliance(definition)) {
    yield* (definition as LocalDefinition).run(context, values);
    return;
  }
  const client = await getClient();
  yield* definition.run({ ...context, client }, values);
}
