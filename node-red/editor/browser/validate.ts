import { page, translate, type EditorNode } from './editor-api';
import type { EditorField } from './editor-field';
import { isShown, propertyOf } from './visibility';

/** `true`, or the reason that the editor shows. */
export type Verdict = true | string;

/** Validates one property of a node, open or not. */
export function validate(
  node: EditorNode,
  fields: readonly EditorField[],
  name: string,
  value: unknown,
): Verdict {
  const field = fields.find((candidate) => candidate.name === name);
  if (!field || !isShown(node, fields, field)) return true;
  const type = propertyOf(node, `${name}Type`);
  return verdict(node, field, value === undefined || value === null ? '' : String(value), type);
}

/** Validates the rows of a list. */
export function validateRows(
  node: EditorNode,
  fields: readonly EditorField[],
  name: string,
  rows: unknown,
): Verdict {
  const field = fields.find((candidate) => candidate.name === name);
  if (!field || !isShown(node, fields, field)) return true;
  if (!Array.isArray(rows) || propertyOf(node, `${name}Type`) !== 'rows') return true;
  for (const [index, row] of (rows as Array<Record<string, unknown>>).entries()) {
    for (const column of field.columns ?? []) {
      if (!isCellShown(column, row)) continue;
      const type = String(row[`${column.name}Type`] ?? '');
      const label = columnLabelOf(node, field, column);
      const found = verdict(node, column, String(row[column.name] ?? ''), type, label);
      if (found !== true) return rowProblem(node, field, index + 1, found);
    }
  }
  return true;
}

function rowProblem(node: EditorNode, field: EditorField, row: number, problem: string): string {
  const label = labelOf(node, field.name, field.label);
  const defaultValue = `${label}, row ${row}: ${problem}`;
  return node._('validation.row', { defaultValue, label, row, problem });
}

/** Whether a cell shows, given the other cells of its row. */
export function isCellShown(column: EditorField, row: Record<string, unknown>): boolean {
  return Object.entries(column.showWhen ?? {}).every(([name, wanted]) =>
    wanted.map(String).includes(String(row[name] ?? '')),
  );
}

function labelOf(node: EditorNode, name: string, label: string): string {
  return translate(node, `fields.${name}.label`, label);
}

function columnLabelOf(node: EditorNode, { name }: EditorField, column: EditorField): string {
  return translate(node, `fields.${name}.columns.${column.name}`, column.label);
}

function verdict(
  node: EditorNode,
  field: EditorField,
  value: string,
  type: string,
  label = labelOf(node, field.name, field.label),
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
  if (type === 'num') return numberVerdict(field, value, label, say);
  if (type === 'option') {
    const isKnown = field.options?.some((option) => option.value === value);
    return isKnown ? true : say('option', `${label} is not one of the choices`);
  }
  if (isStatic) return true;
  const found = page.RED.utils.validateTypedProperty?.(value, type, { label }) ?? true;
  return found === false ? say('invalid', `${label} is not valid`) : found;
}

function numberVerdict(
  { min, max, integer }: EditorField,
  value: string,
  label: string,
  say: (key: string, english: string, options?: Record<string, unknown>) => string,
): Verdict {
  const number = Number(value);
  if (!Number.isFinite(number)) return say('number', `${label} is not a number`);
  if (integer && !Number.isInteger(number)) return say('integer', `${label} is not a whole number`);
  if (min !== undefined && number < min) return say('min', `${label}: at least ${min}`, { min });
  if (max !== undefined && number > max) return say('max', `${label}: at most ${max}`, { max });
  return true;
}
