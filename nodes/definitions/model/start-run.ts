import type { AllegroClient } from '../../../client';
import type { NodeDefinition } from './define-node';
import type { FieldValues } from './field-values';
import type { LocalContext } from './run-context';
import type { RunResult } from './run-result';
import { skipRepeats } from './skip-repeats';
import { runOnDevices, type Store } from './run-on-devices';

/** Whether an appliance has to be chosen for it. */
export function needsAppliance({ needsAppliance: needs }: NodeDefinition): boolean {
  return needs !== false;
}

/**
 * Runs a definition with what it needs and no more, and stores each result before the next is asked
 * for, because a file's stream ends with the definition's step.
 *
 * @param getClient called only for definitions that need an appliance
 * @param store how the host keeps a result. Called for several results at the same time where the
 *   definition runs on several devices
 * @returns what `store` gives
 */
export async function* startRun<T extends Pick<RunResult, 'json'>>(
  definition: NodeDefinition,
  context: LocalContext,
  getClient: () => AllegroClient | Promise<AllegroClient>,
  values: FieldValues,
  store: Store<T>,
): AsyncGenerator<T> {
  if (definition.needsAppliance === false) {
    for await (const result of definition.run(context, values)) yield await store(result);
    return;
  }
  const ready = { ...context, client: await getClient() };
  const run = () => runOnDevices(definition, ready, values, store);
  yield* skipRepeats(definition, ready, values, run, store);
}
