import {
  isResourceLocatorValue,
  type IExecuteFunctions,
  type IPollFunctions,
  type IWebhookFunctions,
} from 'n8n-workflow';
import type { Field } from '../../nodes/definitions/model/field';
import type { NodeDefinition } from '../../nodes/definitions/model/define-node';
import {
  isBlank,
  needsValueOfSource,
  NOTHING_FOUND,
  type RawValues,
} from '../../nodes/definitions/model/read-field-values';
import { readDateTime } from './date-time';
import { ROWS_NAME } from '../description/field-properties';
import { inputFile } from './input-file';
import { OPTIONS_NAME } from '../description/properties';

/** How a node's parameters are read; where n8n has no items, it names none. */
interface ParameterReader {
  /** A parameter that does not show may be absent altogether: then the fallback. */
  get(name: string, fallback: unknown): unknown;
  /** The same parameter with its expressions as they were entered. */
  getEntered(name: string, fallback: unknown): unknown;
  timeZone: string;
  /** Of the item; a trigger has none. */
  file?(property: string): Promise<unknown>;
}

/** Tells n8n to leave expressions alone. */
const AS_ENTERED = { rawExpressions: true };

/** Collects an item's parameters as the definition's fields name them; nothing is judged here. */
export function rawValues(
  host: IExecuteFunctions,
  { fields }: Pick<NodeDefinition, 'fields'>,
  itemIndex: number,
): Promise<RawValues> {
  return readParameters(fields, {
    get: (name, fallback) => host.getNodeParameter(name, itemIndex, fallback),
    getEntered: (name, fallback) => host.getNodeParameter(name, itemIndex, fallback, AS_ENTERED),
    timeZone: host.getTimezone(),
    file: (property) => inputFile(host, itemIndex, property),
  });
}

/** The same for a trigger, which has no items. */
export function triggerValues(
  host: IPollFunctions | IWebhookFunctions,
  fields: readonly Field[],
): Promise<RawValues> {
  return readParameters(fields, {
    get: (name, fallback) => host.getNodeParameter(name, fallback),
    getEntered: (name, fallback) => host.getNodeParameter(name, fallback, AS_ENTERED),
    timeZone: host.getTimezone(),
  });
}

/** The same for any node. */
async function readParameters(
  fields: readonly Field[],
  reader: ParameterReader,
): Promise<RawValues> {
  const options = reader.get(OPTIONS_NAME, {}) as RawValues;
  const own = fields.filter((field) => field.onlyIn === undefined);
  const entries = own.map(async (field) => {
    const value = field.advanced ? options[field.name] : reader.get(field.name, null);
    const raw = await rawValue(reader, field, value);
    const isAbsent = needsValueOfSource(field) ? isBlank(raw) : isNothing(raw);
    return [field.name, isAbsent && isExpression(reader, field) ? NOTHING_FOUND : raw] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Whether a person entered an expression, which n8n marks by an equals sign. */
function isExpression(reader: ParameterReader, { name, advanced }: Field): boolean {
  const entered = advanced
    ? (reader.getEntered(OPTIONS_NAME, {}) as RawValues | null)?.[name]
    : reader.getEntered(name, null);
  const value = isResourceLocatorValue(entered) ? entered.value : entered;
  return typeof value === 'string' && value.startsWith('=');
}

async function rawValue(reader: ParameterReader, field: Field, value: unknown): Promise<unknown> {
  if (isResourceLocatorValue(value)) return value.value;
  switch (field.type) {
    case 'dateTime':
      return readDateTime(value, reader.timeZone);
    case 'list':
      return rowsOf(value);
    case 'file':
      return typeof value === 'string' && value ? reader.file?.(value) : undefined;
    default:
      return value;
  }
}

/** An expression may yield the rows themselves instead of the collection around them. */
function rowsOf(value: unknown): unknown {
  const isCollection = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isCollection ? ((value as Record<string, unknown>)[ROWS_NAME] ?? []) : value;
}
