import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import type { RawValues } from '../../nodes/definitions/model/read-field-values';

/** One entry of the menu *Operation*: a definition, or one of its variants. */
export interface MenuOperation {
  /** The value of the parameter `operation`. */
  name: string;
  /** What the menu says, below its resource. */
  verb: string;
  /** What it is called where the resource does not stand beside it. */
  label: string;
  action: string;
  description: string;
  definition: NodeDefinition;
  /** Values of fields that the operation decides, so that the form has none for them. */
  fixed: RawValues;
}

/** All operations, in the order of the definitions. */
export function operationsOf(definitions: readonly NodeDefinition[]): MenuOperation[] {
  return definitions.flatMap((definition) => {
    const { name, verb, label, action, description, variants } = definition;
    const own = { name, verb, label, action, description, definition };
    if (!variants) return [{ ...own, fixed: {} }];
    const { field, own: ownValue, others } = variants;
    return [
      { ...own, fixed: { [field]: ownValue } },
      ...Object.entries(others).map(([value, variant]) => ({
        ...variant,
        definition,
        fixed: { [field]: value },
      })),
    ];
  });
}

/** Names of the operations that a definition stands for. */
export function operationNames(definition: NodeDefinition): string[] {
  return operationsOf([definition]).map(({ name }) => name);
}
