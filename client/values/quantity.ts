/** Imports nothing: Node-RED's forms use it in the browser. */

const PREFIXES = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY = { kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4 };

/** What may follow a number, in lower case, by what is counted: each in the first one. */
const SIZES = { bytes: 1, byte: 1, b: 1, ...prefixed(['b', '']), ...BINARY };
const RATES = { 'bit/s': 1, ...prefixed(['bit/s', 'bit', '']) };
const TIMES = {
  ...times(1, 's sec second seconds sekunde sekunden'),
  ...times(0.001, 'ms'),
  ...times(60, 'm min minute minutes minuten'),
  ...times(3600, 'h hour hours stunde stunden'),
  ...times(86_400, 'd day days tag tage'),
};
const COUNTS = { '': 1, ...prefixed(['']) };
const KINDS: ReadonlyArray<Readonly<Record<string, number>>> = [SIZES, RATES, TIMES];

function prefixed(units: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(PREFIXES).flatMap(([prefix, factor]) =>
      units.map((unit) => [prefix + unit, factor]),
    ),
  );
}

function times(seconds: number, names: string): Record<string, number> {
  return Object.fromEntries(names.split(' ').map((name) => [name, seconds]));
}

/**
 * Reads a number that may have a unit, as people type limits: `500 MB`, `2G`, `10k`, `5 min`, `10 %`.
 * A comma is the decimal sign as well, except where {@link isAmbiguousNumber}.
 *
 * @param unit what the field counts in, and what a number alone means; blank for a plain count
 * @returns in that unit; NaN for anything else
 */
export function parseQuantity(text: string, unit = ''): number {
  const trimmed = text.trim();
  const plain = Number(trimmed);
  if (trimmed !== '' && !Number.isNaN(plain)) return plain;
  const [, digits = '', typed = ''] =
    /^([+-]?\d{1,20}(?:[.,]\d{1,20})?)\s{0,3}([^\d\s.,+-]{0,12})$/.exec(trimmed) ?? [];
  const own = unit.toLowerCase();
  const known = unit === '' ? COUNTS : KINDS.find((kind) => Object.hasOwn(kind, own));
  const factors: Readonly<Record<string, number>> = known ?? { [own]: 1 };
  const name = typed === '' ? own : typed.toLowerCase();
  if (digits === '' || isAmbiguousNumber(trimmed) || !Object.hasOwn(factors, name)) return NaN;
  const value = (Number(digits.replace(',', '.')) * factors[name]!) / factors[own]!;
  // Without what binary fractions add at the end.
  return Number(value.toPrecision(15));
}

/** Whether a comma may group thousands or be the decimal sign, as in `1,500`. */
export function isAmbiguousNumber(text: string): boolean {
  return /^\s{0,9}[+-]?[1-9]\d{0,2},\d{3}(?!\d)/.test(text);
}
