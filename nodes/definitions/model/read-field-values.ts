import { inputError, type AllegroError } from '../../../client';
import { parseInstant } from '../../../client/values/instant';
import type { Field, ListField, NumberField, OptionsField } from './field';
import type { FieldValue, FieldValues, ValuesOf } from './field-values';
import type { InputFile } from './run-result';

/** What a host collected: strings where its form gives strings, `undefined` or blank for nothing. */
export type RawValues = Readonly<Record<string, unknown>>;

/**
 * What a host hands in for an expression that yielded nothing. Counts as blank, except in a field
 * whose blank lets everything through.
 */
export const NOTHING_FOUND = Symbol('nothing found');

/**
 * Reads what either host collected into typed values: numbers and booleans from text, defaults for
 * what is blank, bounds and choices checked. A field that does not show has its default.
 *
 * @throws AllegroError `input`, naming the field by its label
 */
export function readFieldValues<const Fields extends readonly Field[]>(
  { fields }: { fields: Fields },
  raw: RawValues,
): ValuesOf<Fields> {
  const shown: Record<string, FieldValue> = {};
  const hidden: Record<string, FieldValue> = {};
  // In order, because a field may depend on one that stands before it.
  for (const field of fields) {
    if (isShown(field, shown)) shown[field.name] = readField(field, raw[field.name]);
    else hidden[field.name] = blankValue(field);
  }
  // By construction: each field has its value under its name.
  return { ...hidden, ...shown } as ValuesOf<Fields>;
}

/** Whether a field shows, given the values of those before it. */
export function isShown({ showWhen }: Pick<Field, 'showWhen'>, values: FieldValues): boolean {
  return Object.entries(showWhen ?? {}).every(([name, wanted]) =>
    wanted.some((one) => one === values[name]),
  );
}

function readField(field: Field, raw: unknown): FieldValue {
  if (raw === NOTHING_FOUND && field.blankFitsAll) throw nothingFoundError(field);
  if (isBlank(raw)) {
    const isMissing = field.required && isBlank(field.default);
    if (isMissing) throw inputError(field.name, `"${field.label}" is missing.`, adviceFor(field));
    const isCleared =
      field.type === 'number' && field.blankIsNull && raw !== undefined && raw !== NOTHING_FOUND;
    return isCleared ? null : blankValue(field);
  }
  switch (field.type) {
    case 'text':
      return readText(field, raw);
    case 'number':
      return readNumber(field, raw);
    case 'boolean':
      return readBoolean(field, raw);
    case 'options':
      return readOption(field, raw);
    case 'dateTime':
      return parseInstant(raw, field.name);
    case 'list':
      return readList(field, raw);
    case 'file':
      return readFile(field, raw);
  }
}

/** The default; `null` for a time or a file, which have none. */
function blankValue(field: Field): FieldValue {
  return field.type === 'dateTime' || field.type === 'file' ? null : field.default;
}

function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === NOTHING_FOUND) return true;
  return typeof value === 'string' && !value.trim();
}

/** Going on without the value would be dangerous: a filter that is not there fits everything. */
function nothingFoundError({ name, label }: Field): AllegroError {
  return inputError(
    name,
    `"${label}" is to be taken from an expression, but there is nothing.`,
    'Put the value there, or leave the field blank in the node. Where all are meant, let the expression yield an empty text, as with ?? "" at its end.',
  );
}

function adviceFor({ description }: Field): string {
  return `Fill it in: ${description.charAt(0).toLowerCase()}${description.slice(1)}.`;
}

function readText(field: { name: string; label: string; json?: boolean }, raw: unknown): string {
  if (field.json && typeof raw === 'object') return JSON.stringify(raw);
  if (typeof raw === 'string') return raw.trim();
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
  throw inputError(
    field.name,
    `"${field.label}" is not text.`,
    'Enter text, or pick a single value.',
  );
}

function readNumber(field: NumberField, raw: unknown): number {
  const number = typeof raw === 'string' ? Number(raw.trim()) : raw;
  const unit = field.unit ? ` ${field.unit}` : '';
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw inputError(field.name, `"${field.label}" is not a number: ${quote(raw)}.`, range(field));
  }
  if (field.integer && !Number.isInteger(number)) {
    throw inputError(
      field.name,
      `"${field.label}" is not a whole number: ${number}.`,
      range(field),
    );
  }
  if (number < (field.min ?? -Infinity) || number > (field.max ?? Infinity)) {
    const what = `"${field.label}" is out of range: ${number}${unit}.`;
    throw inputError(field.name, what, range(field));
  }
  return number;
}

function range({ min, max, unit, integer }: NumberField): string {
  const kind = integer ? 'a whole number' : 'a number';
  const behind = unit ? ` (${unit})` : '';
  if (min !== undefined && max !== undefined)
    return `Enter ${kind} from ${min} to ${max}${behind}.`;
  if (min !== undefined) return `Enter ${kind} of at least ${min}${behind}.`;
  return `Enter ${kind}${max === undefined ? '' : ` of at most ${max}`}${behind}.`;
}

function readBoolean(field: { name: string; label: string }, raw: unknown): boolean {
  if (typeof raw === 'boolean') return raw;
  const text = String(raw).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  const what = `"${field.label}" is neither true nor false: ${quote(raw)}.`;
  throw inputError(field.name, what, 'Enter true or false.');
}

function readOption({ name, label, options }: OptionsField, raw: unknown): string {
  const value = String(raw);
  if (options.some((option) => option.value === value)) return value;
  const choices = options.map((option) => `"${option.value}"`).join(', ');
  throw inputError(name, `"${label}" cannot be ${quote(raw)}.`, `Choose one of ${choices}.`);
}

function readList(field: ListField, raw: unknown): Array<ValuesOf<ListField['columns']>> {
  const rows: unknown = typeof raw === 'string' ? parseRows(field, raw) : raw;
  if (!Array.isArray(rows)) {
    throw inputError(field.name, `"${field.label}" is not a list.`, 'Enter an array of rows.');
  }
  return rows.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null) {
      const what = `${field.rowLabel} ${index + 1} in "${field.label}" is not a row.`;
      const advice = 'Each row is an object with the columns as its properties.';
      throw inputError(field.name, what, advice);
    }
    return readFieldValues({ fields: field.columns }, row as RawValues);
  });
}

function parseRows(field: ListField, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw inputError(
      field.name,
      `"${field.label}" is not valid JSON.`,
      'Enter a JSON array of rows.',
    );
  }
}

function readFile(field: { name: string; label: string }, raw: unknown): InputFile {
  const { name, size, open } = raw as Partial<InputFile>;
  if (typeof name === 'string' && typeof size === 'number' && typeof open === 'function') {
    return raw as InputFile;
  }
  throw inputError(
    field.name,
    `"${field.label}" is no file.`,
    'Hand in a file from a node before.',
  );
}

function quote(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
