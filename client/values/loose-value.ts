/** Values of answers whose types are not documented: numbers and booleans may come as text. */

/**
 * A finite number, also as text. Nothing else is one: `null`, a blank text, a boolean and a list are not
 * 0 or 1, as JavaScript has it.
 */
export function toNumber(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) {
    return undefined;
  }
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

const BOOLEANS = new Map([
  ...['true', '1', 'yes'].map((text) => [text, true] as const),
  ...['false', '0', 'no'].map((text) => [text, false] as const),
]);

/** A boolean, also as text or as 1 and 0. */
export function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'object') return undefined;
  return BOOLEANS.get(String(value).slice(0, 10).toLowerCase());
}

/** A text that names something, also as a number; nothing for a blank one and for whatever else. */
export function toName(value: unknown): string | undefined {
  return (typeof value === 'string' && value.trim() !== '') || typeof value === 'number'
    ? String(value)
    : undefined;
}
