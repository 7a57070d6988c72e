import { definitions } from '../../nodes/definitions';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import { readFieldValues } from '../../nodes/definitions/model/read-field-values';
import { fakeClient, runContext, type FakeAnswer } from './fake-transport';

const byName = (name: string): NodeDefinition => definitions.find((one) => one.name === name)!;

/** Runs a definition as a host would, over answers that a test makes up. */
export async function runByName(
  name: string,
  raw: Record<string, unknown>,
  answer: (path: string, method: string) => FakeAnswer,
) {
  const { client, transport } = fakeClient(({ path, method }) => answer(path, method));
  const results = [];
  const context = runContext({ client });
  const definition = byName(name);
  for await (const result of definition.run(context, readFieldValues(definition, raw))) {
    results.push(result);
  }
  return { results, transport };
}

/** When the answers below are from. */
export const NOW = Date.UTC(2026, 10, 23, 15, 50);
export const clock = { json: { currentTime: NOW + 0.25 } };
