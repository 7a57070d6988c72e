import { inputError, type AllegroError } from '../../../client';
import { hasUnit, isAmbiguousNumber, parseQuantity } from '../../../client/values/quantity';
import { formText, listed, quoted, say, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';
import type { NumberField } from './field';

/**
 * A number of a field: from text also with a unit, such as `1.5 MB`; its bounds checked.
 *
 * @throws AllegroError `input`
 */
export function readNumber(field: NumberField, raw: unknown): number {
  const number = typeof raw === 'string' ? parseQuantity(raw, field.unit) : raw;
  if (typeof raw === 'string' && isAmbiguousNumber(raw)) {
    throw inputError(
      field.name,
      say`"${formText(field.label)}" is ambiguous: ${quote(raw)}.`,
      say`Write thousands without a sign, and decimals with a point: 1500 or 1.5.`,
    );
  }
  if (typeof raw === 'string' && Number.isNaN(number) && hasUnit(raw)) throw unitError(field, raw);
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw inputError(
      field.name,
      say`"${formText(field.label)}" is not a number: ${quote(raw)}.`,
      range(field),
    );
  }
  if (field.integer && !Number.isInteger(number)) {
    throw inputError(
      field.name,
      say`"${formText(field.label)}" is not a whole number: ${number}.`,
      range(field),
    );
  }
  if (number < (field.min ?? -Infinity) || number > (field.max ?? Infinity)) {
    const shown = field.unit ? say`${number} ${field.unit}` : number;
    const what = say`"${formText(field.label)}" is out of range: ${shown}.`;
    throw inputError(field.name, what, range(field));
  }
  return number;
}

function unitError(field: NumberField, raw: string): AllegroError {
  const { name, label, unit } = field;
  const what = unit
    ? say`"${formText(label)}" is in ${unit}, and does not take ${quote(raw)}.`
    : say`"${formText(label)}" does not take the unit of ${quote(raw)}.`;
  return inputError(name, what, range(field));
}

function range({ min, max, unit, integer }: NumberField): Sentence {
  const bounds = listed([boundsOf(min, max) ?? '', unit ? `(${unit})` : ''], ' ');
  if (bounds.length === 0) return integer ? say`Enter a whole number.` : say`Enter a number.`;
  return integer ? say`Enter a whole number ${bounds}.` : say`Enter a number ${bounds}.`;
}

function boundsOf(min?: number, max?: number): Sentence | undefined {
  if (min !== undefined && max !== undefined) return say`from ${min} to ${max}`;
  if (min !== undefined) return say`of at least ${min}`;
  return max === undefined ? undefined : say`of at most ${max}`;
}

/** What somebody entered, as a message shows it. */
export function quote(value: unknown): Sentence {
  const text = shown(value);
  return quoted(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** As JSON where it can be: a message may also hold big integers, and objects within themselves. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? asText(value);
  } catch {
    return asText(value);
  }
}
