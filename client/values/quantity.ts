/** Imports nothing: Node-RED's forms use it in the browser. */

const PREFIXES = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY = { kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4 };

/** What may follow a number, in lower case, by what is counted: each in the first one. */
const SIZES = { bytes: 1, byte: 1, b: 1, ...prefixed(['b', '']), ...BINARY };
const RATES = { 'bit/s': 1, ...prefixed(['bit/s', 'bit', '']) };
const TIMES = { s: 1, ms: 0.001, m: 60, min: 60, h: 3600, d: 86_400 };
const COUNTS = prefixed(['']);
const KINDS: ReadonlyArray<Readonly<Record<string, number>>> = [SIZES, RATES, TIMES];

function prefixed(units: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(PREFIXES).flatMap(([prefix, factor]) =>
      units.map((unit) => [prefix + unit, factor]),
    ),
  );
}

/**
 * Reads a number that may have a unit, as people type limits: `500 MB`, `2G`, `10k`, `5 min`.
 *
 * @param unit what the field counts in, and what a number alone means; blank for a plain count
 * @returns in that unit; NaN for anything else
 */
export function parseQuantity(text: string, unit = ''): number {
  const trimmed = text.trim();
  const plain = Number(trimmed);
  if (trimmed !== '' && !Number.isNaN(plain)) return plain;
  const [, digits = '', typed = ''] =
    /^([+-]?\d{1,20}(?:\.\d{1,20})?)\s{0,3}([a-z/]{1,6})$/i.exec(trimmed) ?? [];
  const own = unit.toLowerCase();
  const factors =
    unit === '' ? { ...COUNTS, '': 1 } : KINDS.find((kind) => Object.hasOwn(kind, own));
  const name = typed.toLowerCase();
  if (digits === '' || !factors || !Object.hasOwn(factors, name)) return NaN;
  const value = (Number(digits) * factors[name]!) / factors[own]!;
  // Without what binary fractions add at the end.
  return Number(value.toPrecision(15));
}
