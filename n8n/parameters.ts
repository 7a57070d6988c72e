import { isResourceLocatorValue, type IExecuteFunctions } from 'n8n-workflow';
import type { Field } from '../nodes/definitions/field';
import type { NodeDefinition } from '../nodes/definitions/definition';
import type { RawValues } from '../nodes/definitions/read-field-values';
import { readDateTime } from './date-time';
import { ROWS_NAME } from './field-properties';
import { inputFile } from './input-file';
import { OPTIONS_NAME } from './properties';

/** Collects an item's parameters as the definition's fields name them; nothing is judged here. */
export async function rawValues(
  host: IExecuteFunctions,
  { fields }: NodeDefinition,
  itemIndex: number,
): Promise<RawValues> {
  const options = host.getNodeParameter(OPTIONS_NAME, itemIndex, {}) as RawValues;
  const entries = fields.map(async (field) => {
    const value: unknown = field.advanced
      ? options[field.name]
      : // A parameter that does not show may be absent altogether.
        host.getNodeParameter(field.name, itemIndex, null);
    return [field.name, await rawValue(host, field, value, itemIndex)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function rawValue(
  host: IExecuteFunctions,
  field: Field,
  value: unknown,
  itemIndex: number,
): Promise<unknown> {
  if (isResourceLocatorValue(value)) return value.value;
  switch (field.type) {
    case 'dateTime':
      return readDateTime(value, host.getTimezone());
    case 'list':
      return rowsOf(value);
    case 'file':
      return typeof value === 'string' && value ? inputFile(host, itemIndex, value) : undefined;
    default:
      return value;
  }
}

/** An expression may yield the rows themselves instead of the collection around them. */
function rowsOf(value: unknown): unknown {
  const isCollection = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isCollection ? ((value as Record<string, unknown>)[ROWS_NAME] ?? []) : value;
}
