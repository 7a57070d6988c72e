import { inputError, missingError, type AllegroError } from '../../../client';
import { parseInstant } from '../../../client/values/instant';
import type { Field, ListField, OptionsField } from './field';
import type { FieldValue, FieldValues, ValuesOf } from './field-values';
import { quote, readNumber } from './read-number';
import type { InputFile } from './run-result';
import { formText, listed, quoted, say, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** What a host collected: strings where its form gives strings, `undefined` or blank for nothing. */
export type RawValues = Readonly<Record<string, unknown>>;

/**
 * What a host hands in for an expression that yielded nothing. Counts as blank, except in a field
 * whose blank lets everything through, or that refuses blank sources.
 */
export const NOTHING_FOUND = Symbol('nothing found');

/**
 * Reads what either host collected into typed values: numbers and booleans from text, defaults for
 * what is blank, bounds and choices checked. A field that does not show has its default.
 *
 * @param adviceFor what to do about a required field that is blank, in the words of the host
 * @throws AllegroError `input`, naming the field by its label
 */
export function readFieldValues<const Fields extends readonly Field[]>(
  { fields }: { fields: Fields },
  raw: RawValues,
  adviceFor: (field: Field) => Sentence = adviceForBlank,
): ValuesOf<Fields> {
  const shown: Record<string, FieldValue> = {};
  const hidden: Record<string, FieldValue> = {};
  // In order, because a field may depend on one that stands before it.
  for (const field of fields) {
    if (!isShown(field, shown)) {
      hidden[field.name] = blankValue(field);
      continue;
    }
    const value = raw[field.name];
    if (isMissing(field, value, shown)) {
      throw value === NOTHING_FOUND ? noValueError(field) : blankError(field, adviceFor(field));
    }
    shown[field.name] = readField(withUnit(field, fields, raw, shown), value);
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

/** The field with the unit that others decide, also one behind it. */
function withUnit(
  field: Field,
  fields: readonly Field[],
  raw: RawValues,
  before: FieldValues,
): Field {
  if (field.type !== 'number' || !field.unitWhen) return field;
  const behind = fields.slice(fields.indexOf(field) + 1);
  const values = behind.map(({ name, default: standard }) => [
    name,
    isBlank(raw[name]) ? standard : raw[name],
  ]);
  const known = { ...Object.fromEntries(values), ...before } as FieldValues;
  return { ...field, unit: field.unitWhen.find((one) => isShown(one, known))?.unit };
}

function isMissing(field: Field, raw: unknown, before: FieldValues): boolean {
  if (!isBlank(raw) || !isBlank(field.default)) return false;
  const { required, requiredWithout } = field;
  return required === true || (requiredWithout !== undefined && isBlank(before[requiredWithout]));
}

function blankError({ name, label }: Field, advice: Sentence): AllegroError {
  return missingError(name, say`"${formText(label)}" is missing.`, advice);
}

function readField(field: Field, raw: unknown): FieldValue {
  if (raw === NOTHING_FOUND) {
    if (field.refuseBlankSource) throw blankSourceError(field);
    if (field.blankFitsAll) throw nothingFoundError(field);
  }
  if (isBlank(raw)) {
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

/** Whether a value says nothing: also a text of blanks of any kind, or a list without rows. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === NOTHING_FOUND) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'string' && !value.trim();
}

/** Whether a source of the field's value that yields nothing is an error. */
export function needsValueOfSource({ required, refuseBlankSource }: Field): boolean {
  return required === true || refuseBlankSource === true;
}

/** Going on without the value would be dangerous: a filter that is not there fits everything. */
function nothingFoundError({ name, label }: Field): AllegroError {
  return missingError(
    name,
    say`"${formText(label)}" is taken from an expression, which returned nothing.`,
    say`Fix the expression, or leave the field blank. For all, let it return an empty text, for example with ?? "" at its end.`,
  );
}

function noValueError({ name, label }: Field): AllegroError {
  return missingError(
    name,
    say`"${formText(label)}" is missing: its expression returned nothing.`,
    say`Check the expression, and what the previous node returned.`,
  );
}

function blankSourceError({ name, label }: Field): AllegroError {
  return missingError(
    name,
    say`"${formText(label)}" is taken from an expression, which returned nothing.`,
    say`Fix the expression, or leave the field blank.`,
  );
}

function adviceForBlank({ description }: Field): Sentence {
  return say`Set the field. ${formText(description)}.`;
}

/** More than any list that a person writes: alerts fill in fields, too. */
const MAX_TEXT_LENGTH = 100_000;

function readText(field: { name: string; label: string; json?: boolean }, raw: unknown): string {
  if (field.json && typeof raw === 'object') return jsonText(field, raw);
  if (typeof raw === 'string') {
    if (!field.json && raw.length > MAX_TEXT_LENGTH) throw tooLongError(field);
    return raw.trim();
  }
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
  throw inputError(
    field.name,
    say`"${formText(field.label)}" is not text.`,
    say`Enter text, or pick a single value.`,
  );
}

function jsonText({ name, label }: { name: string; label: string }, raw: unknown): string {
  try {
    return JSON.stringify(raw);
  } catch {
    throw inputError(
      name,
      say`"${formText(label)}" cannot be sent as JSON.`,
      say`Use only text, numbers, true, false, null, lists, and objects that do not contain themselves.`,
    );
  }
}

function tooLongError({ name, label }: { name: string; label: string }): AllegroError {
  const what = say`"${formText(label)}" is longer than ${MAX_TEXT_LENGTH} characters.`;
  return inputError(name, what, say`Shorten it.`);
}

function readBoolean(field: { name: string; label: string }, raw: unknown): boolean {
  if (typeof raw === 'boolean') return raw;
  const text = asText(raw).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  const what = say`"${formText(field.label)}" is neither true nor false: ${quote(raw)}.`;
  throw inputError(field.name, what, say`Enter true or false.`);
}

function readOption({ name, label, options }: OptionsField, raw: unknown): string {
  const value = asText(raw);
  if (options.some((option) => option.value === value)) return value;
  const choices = listed(options.map(({ value: one }) => quoted(one)));
  throw inputError(
    name,
    say`"${formText(label)}" cannot be ${quote(raw)}.`,
    say`Choose one of ${choices}.`,
  );
}

function readList(field: ListField, raw: unknown): Array<ValuesOf<ListField['columns']>> {
  const rows: unknown = typeof raw === 'string' ? parseRows(field, raw) : raw;
  if (!Array.isArray(rows)) {
    throw inputError(
      field.name,
      say`"${formText(field.label)}" is not a list.`,
      say`Enter an array of rows.`,
    );
  }
  return rows.map((row: unknown, index) => {
    if (typeof row !== 'object' || row === null) {
      const what = say`${formText(field.rowLabel)} ${index + 1} in "${formText(field.label)}" is not a row.`;
      const advice = say`Each row is an object with the columns as its properties.`;
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
      say`"${formText(field.label)}" is not valid JSON.`,
      say`Enter a JSON array of rows.`,
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
    say`"${formText(field.label)}" is not a file.`,
    say`Connect a node that outputs a file.`,
  );
}
