/** Amounts as a person reads them: each kind in one form, in whatever text it stands. */

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** Writes a number in the form of a language, with so many fraction digits at most. */
type NumberFormat = (value: number, fractionDigits: number) => string;

const IN_ENGLISH: NumberFormat = (value, fractionDigits) =>
  value.toLocaleString('en', { maximumFractionDigits: fractionDigits });

/** Bytes in decimal units, as on the appliance's own pages, e.g. `1.5 MB`. */
export function sizeText(bytes: number, format?: NumberFormat): string {
  return scaledText(bytes, 'B', format);
}

/** Bits per second, e.g. `132 Mbit/s`. */
export function rateText(bitsPerSecond: number): string {
  return scaledText(bitsPerSecond, 'bit/s');
}

function scaledText(amount: number, unit: string, format = IN_ENGLISH): string {
  let value = amount;
  let step = 0;
  for (; value >= 999.5 && step < PREFIXES.length - 1; step++) value /= 1000;
  return `${format(value, step === 0 || value >= 99.95 ? 0 : 1)} ${PREFIXES[step]}${unit}`;
}

/** A number of seconds, e.g. `0.4 ms`, `35 ms` or `1.5 h`. */
export function durationText(seconds: number): string {
  if (seconds > 0 && seconds < 0.9995) {
    return `${IN_ENGLISH(seconds * 1000, seconds < 0.00995 ? 1 : 0)} ms`;
  }
  if (seconds < 120) return `${IN_ENGLISH(seconds, 1)} s`;
  if (seconds < 7200) return `${IN_ENGLISH(seconds / 60, 0)} min`;
  if (seconds < 3 * 86_400) return `${IN_ENGLISH(seconds / 3600, 1)} h`;
  return `${IN_ENGLISH(seconds / 86_400, 1)} days`;
}

/** A count with its noun, e.g. `1 packet` or `1,834 packets`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${numberText(count)} ${count === 1 ? noun : plural}`;
}

/** A part of 1, e.g. `12.5 %`. */
export function percentText(share: number): string {
  return `${IN_ENGLISH(share * 100, 1)} %`;
}

/** A value without a unit, or with one that takes no prefix. */
export function numberText(value: number): string {
  const digits = Math.abs(value) < 100 ? { maximumSignificantDigits: 4 } : {};
  return value.toLocaleString('en', { maximumFractionDigits: 0, ...digits });
}

/** Of an ISO time, as `2026-11-23 15:50:00 UTC`. */
export function utcText(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
