import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { Field } from '../../nodes/definitions/model/field';
import type { RunContext } from '../../nodes/definitions/model/run-context';
import type { RunResult } from '../../nodes/definitions/model/run-result';

export type Run = (
  context: RunContext,
  values: Record<string, unknown>,
) => AsyncGenerator<RunResult>;

const DEFAULTS = { number: null, boolean: false, list: [] };

/** A field with what every field has: its label and description are its name. */
export function fieldOf(name: string, type: Field['type'], more: object = {}): Field {
  const label = name.charAt(0).toUpperCase() + name.slice(1);
  const usual = type in DEFAULTS ? DEFAULTS[type as keyof typeof DEFAULTS] : '';
  return { name, type, label, description: label, default: usual, ...more } as Field;
}

/** A definition around a function. */
export function definitionOf(run: Run, more: Partial<NodeDefinition> = {}): NodeDefinition {
  return {
    ...{
      name: 'doIt',
      label: 'Do It',
      group: 'Statistics',
      verb: 'Do',
      action: '',
      description: '',
    },
    ...{ details: [], permission: '', source: '', fields: [], sampleOutput: {} },
    producesFile: false,
    run,
    ...more,
  };
}

/** A definition whose work gives these results at once. */
export function definitionWith(
  results: Array<Record<string, unknown>>,
  more: Partial<NodeDefinition> = {},
): NodeDefinition {
  return definitionOf(async function* () {
    for (const json of results) yield { json };
  }, more);
}
