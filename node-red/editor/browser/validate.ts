import { hasUnit, isAmbiguousNumber, parseQuantity } from '../../../client/values/quantity';
import { page, type EditorNode } from './editor-api';
import type { EditorField } from './editor-field';
import { defaultTypeOf, formOf, textOf } from './forms';
import { isShown, propertyOf } from './visibility';

/** `true`, or the reason that the editor shows. */
export type Verdict = true | string;

/** Validates one property of a node, open or not. */
export function validate(node: EditorNode, name: string, value: unknown): Verdict {
  const { fields } = formOf(node);
  const field = fields.find((candidate) => candidate.name === name);
  if (!field || !isShown(node, fields, field)) return true;
  const type = propertyOf(node, `${name}Type`);
  return verdict(node, field, String(value ?? field.default), type);
}

/** Validates the rows of a list. */
export function validateRows(node: EditorNode, name: string, rows: unknown): Verdict {
  const { fields } = formOf(node);
  const field = fields.find((candidate) => candidate.name === name);
  if (!field || !isShown(node, fields, field)) return true;
  if (!Array.isArray(rows) || propertyOf(node, `${name}Type`) !== 'rows') return true;
  for (const [index, row] of (rows as Array<Record<string, unknown>>).entries()) {
    for (const column of field.columns ?? []) {
      if (!isCellShown(column, field.columns ?? [], row)) continue;
      const type = String(row[`${column.name}Type`] ?? defaultTypeOf(column));
      const label = textOf(node, `fields.${name}.columns.${column.name}`);
      const found = verdict(node, column, String(row[column.name] ?? column.default), type, label);
      if (found !== true) return rowProblem(node, field, index + 1, found);
    }
  }
  return true;
}

function rowProblem(node: EditorNode, field: EditorField, row: number, problem: string): string {
  const label = labelOf(node, field);
  const defaultValue = `${label}, row ${row}: ${problem}`;
  return node._('validation.row', { defaultValue, label, row, problem });
}

/** Whether a cell shows, given the other cells of its row. */
export function isCellShown(
  { showWhen = {} }: EditorField,
  columns: readonly EditorField[],
  row: Record<string, unknown>,
): boolean {
  return Object.entries(showWhen).every(([name, wanted]) => {
    const standard = columns.find((column) => column.name === name)?.default;
    return wanted.map(String).includes(String(row[name] ?? standard));
  });
}

function labelOf(node: EditorNode, { name }: EditorField): string {
  return textOf(node, `fields.${name}.label`);
}

function verdict(
  node: EditorNode,
  field: EditorField,
  value: string,
  type: string,
  label = labelOf(node, field),
): Verdict {
  const say = (key: string, english: string, options: Record<string, unknown> = {}) =>
    node._(`validation.${key}`, { defaultValue: english, label, ...options });
  if (type === 'date' || type === 'rows') return true;
  const isStatic = ['', 'str', 'num', 'bool', 'option'].includes(type);
  if (isStatic && value === '') {
    const isMissing = field.required === true && field.messageProperty === undefined;
    return isMissing ? say('missing', `${label} is missing`) : true;
  }
  // As the editor itself does it for whole values.
  if (/^\$[({][a-zA-Z_]\w*[)}]$/.test(value)) return true;
  if (type === 'num') return numberVerdict(node, field, value, label, say);
  if (type === 'option') {
    const isKnown = field.options?.includes(value);
    return isKnown ? true : say('option', `${label} is not one of the choices`);
  }
  if (isStatic) return true;
  const found = page.RED.utils.validateTypedProperty?.(value, type, { label }) ?? true;
  return found === false ? say('invalid', `${label} is not valid`) : found;
}

/** In the unit of the field; where a message decides which that is, in any that it may be. */
export function parsedNumber(node: EditorNode, field: EditorField, value: string): number {
  const { fields } = formOf(node);
  const units = field.unitWhen?.filter((one) => isShown(node, fields, one)) ?? [field];
  const numbers = (units.length > 0 ? units : [field]).map(({ unit }) =>
    parseQuantity(value, unit),
  );
  return numbers.find((number) => !Number.isNaN(number)) ?? NaN;
}

function numberVerdict(
  node: EditorNode,
  field: EditorField,
  value: string,
  label: string,
  say: (key: string, english: string, options?: Record<string, unknown>) => string,
): Verdict {
  if (isAmbiguousNumber(value)) {
    return say('ambiguous', `${label} is ambiguous: write 1500 or 1.5`);
  }
  const { min, max, integer } = field;
  const number = parsedNumber(node, field, value);
  if (Number.isNaN(number) && hasUnit(value)) {
    return say('unit', `${label} does not take this unit`);
  }
  if (!Number.isFinite(number)) return say('number', `${label} is not a number`);
  if (integer && !Number.isInteger(number)) return say('integer', `${label} is not a whole number`);
  if (min !== undefined && number < min) return say('min', `${label}: at least ${min}`, { min });
  if (max !== undefined && number > max) return say('max', `${label}: at most ${max}`, { max });
  return true;
}
