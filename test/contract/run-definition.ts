import type { AllegroClient, AllegroError } from '../../client';
import type { NodeDefinition, RunContext } from '../../nodes/definitions/definition';
import { readFieldValues } from '../../nodes/definitions/read-field-values';
import { ORIGIN } from '../unit/fake-transport';

/** Runs a definition with a client, as hosts do, and gives the JSON of its one result. */
export async function jsonOf(
  definition: NodeDefinition,
  client: AllegroClient,
  raw: Record<string, unknown>,
  signal = new AbortController().signal,
): Promise<Record<string, unknown>> {
  const context: RunContext = {
    client,
    signal,
    progress: () => undefined,
    log: { debug: () => undefined, warn: () => undefined },
    origin: ORIGIN,
  };
  const found: Array<Record<string, unknown>> = [];
  for await (const { json } of definition.run(context, readFieldValues(definition, raw))) {
    found.push(json);
  }
  expect(found).toHaveLength(1);
  return found[0];
}

/** The error that work ends with; fails where there is none. */
export function errorOf(work: Promise<unknown>): Promise<AllegroError> {
  return work.then(
    () => Promise.reject(new Error('There was no error.')),
    (error: unknown) => error as AllegroError,
  );
}
