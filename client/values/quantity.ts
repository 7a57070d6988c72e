/** Imports nothing: Node-RED's forms use it in the browser. */

const PREFIXES = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY = { kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4 };

/** What may follow a number, by what is counted: each in the first one. Also in lower case. */
const SIZES = { bytes: 1, byte: 1, b: 1, ...prefixed(['b', '']), ...BINARY };
const BIT_RATES = { 'bit/s': 1, bps: 1, ...prefixed(['bit/s', 'bit', 'bps', '']) };
const PACKET_RATES = { 'packets/s': 1, 'pakete/s': 1, pps: 1, ...prefixed(['pps', '']) };
const PACKETS = { packets: 1, packet: 1, pakete: 1, paket: 1, ...prefixed(['']) };
const TIMES = {
  ...times(1, 's sec second seconds sekunde sekunden'),
  ...times(0.001, 'ms'),
  ...times(60, 'm min minute minutes minuten'),
  ...times(3600, 'h hour hours stunde stunden'),
  ...times(86_400, 'd day days tag tage'),
  ...times(604_800, 'w week weeks woche wochen'),
};
const COUNTS = { '': 1, ...prefixed(['']) };
const KINDS: ReadonlyArray<Readonly<Record<string, number>>> = [
  SIZES,
  BIT_RATES,
  PACKET_RATES,
  PACKETS,
  TIMES,
];
/** Before "/s" or "ps", `b` means bits and `B` bytes: `mb/s` may be either, and is refused. */
const CASED_BIT_RATES: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries({ '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }).flatMap(([prefix, factor]) => [
    [`${prefix}b/s`, factor],
    [`${prefix}B/s`, factor * 8],
    [`${prefix}Bps`, factor * 8],
    [`${prefix}Byte/s`, factor * 8],
    [`${prefix}byte/s`, factor * 8],
  ]),
);

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

const QUANTITY = /^([+-]?\d{1,20}(?:[.,]\d{1,20})?)\s{0,3}([^\d\s.,+-]{0,12})$/;

/**
 * Reads a number that may have a unit, as people type limits: `500 MB`, `2G`, `10k`, `5 min`, `10 %`,
 * `100 Mbit/s`. A comma is the decimal sign as well. Not what {@link isAmbiguousNumber}.
 *
 * @param unit what the field counts in, and what a number alone means; blank for a plain count
 * @returns in that unit; NaN for anything else
 */
export function parseQuantity(text: string, unit = ''): number {
  const trimmed = text.trim();
  if (trimmed === '' || isAmbiguousNumber(trimmed)) return NaN;
  const plain = Number(trimmed);
  if (!Number.isNaN(plain)) return plain;
  const [, digits = '', typed = ''] = QUANTITY.exec(trimmed) ?? [];
  const factor = factorOf(typed, unit.toLowerCase());
  if (digits === '' || factor === undefined) return NaN;
  // Without what binary fractions add at the end.
  return Number((Number(digits.replace(',', '.')) * factor).toPrecision(15));
}

/** By what a number in the typed unit is multiplied to be in the field's own. */
function factorOf(typed: string, own: string): number | undefined {
  const known = own === '' ? COUNTS : KINDS.find((kind) => Object.hasOwn(kind, own));
  const factors: Readonly<Record<string, number>> = known ?? { [own]: 1 };
  // As likely minutes as millions.
  if (known === COUNTS && typed === 'm') return undefined;
  // First: in lower case, bytes of `MBps` would be the bits of `Mbps`.
  if (known === BIT_RATES && Object.hasOwn(CASED_BIT_RATES, typed)) return CASED_BIT_RATES[typed];
  const name = typed === '' ? own : typed.toLowerCase();
  return Object.hasOwn(factors, name) ? factors[name]! / factors[own]! : undefined;
}

/**
 * Whether the sign in it may group thousands or be the decimal one, as in `1,500` and `1.500`: the
 * English read one of them as 1500, Germans the other.
 */
export function isAmbiguousNumber(text: string): boolean {
  return /^\s{0,9}[+-]?[1-9]\d{0,2}[.,]\d{3}(?![\de])/i.test(text);
}

/** Whether it is a number with any unit, known or not. */
export function hasUnit(text: string): boolean {
  return (QUANTITY.exec(text.trim())?.[2] ?? '') !== '';
}
