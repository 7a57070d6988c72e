import type { Field } from '../../../nodes/definitions/model/field';
import type { RuntimeApi } from '../runtime-api';
import { statusWordsOf, type StatusWords } from './status-text';

/** How a status names the fields of a node: in the language of the runtime. */
export interface FieldNames {
  words: StatusWords;
  /** Nothing for what is not a field of the node. */
  labelOf(field: string): string | undefined;
}

/** What the form has besides its fields. */
const OTHER_KEYS: Readonly<Record<string, readonly string[]>> = {
  appliance: ['appliance'],
  secret: ['secret.label'],
};

/** @param fields those of the definition; others, such as the file's, are found in the catalogue */
export function fieldNamesOf(
  RED: Pick<RuntimeApi, '_'>,
  { fields }: { fields: readonly Field[] },
): FieldNames {
  const words = statusWordsOf(RED);
  return {
    words,
    labelOf(name) {
      if (name === '') return undefined;
      for (const key of [`fields.${name}.label`, ...(OTHER_KEYS[name] ?? [])]) {
        const label = words.text(key);
        // A key that the catalogue lacks comes back as it is.
        if (!label.endsWith(key)) return label;
      }
      return fields.find((field) => field.name === name)?.label;
    },
  };
}
