import type { Field } from '../../../nodes/definitions/model/field';

/**
 * What a node has where its flow stores nothing: flows hold only what differs from it. Texts
 * throughout, as inputs return them.
 */
export function defaultText(field: Field): string {
  if (field.type === 'list' || field.default === null) return '';
  return String(field.default);
}

/** The type that a field has when nobody chose another. */
export function defaultType({ type }: Pick<Field, 'type'>): string {
  switch (type) {
    case 'number':
      return 'num';
    case 'boolean':
      return 'bool';
    case 'options':
      return 'option';
    case 'list':
      return 'rows';
    default:
      return 'str';
  }
}
