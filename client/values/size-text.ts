const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/**
 * Bytes as a person reads them, in decimal units as on the appliance's own pages, e.g. `1.5 MB`.
 *
 * @param format writes a number in the form of a language; in English without grouping otherwise
 */
export function sizeText(
  bytes: number,
  format = (value: number, fractionDigits: number) => value.toFixed(fractionDigits),
): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${format(value, unit === 0 || value >= 99.95 ? 0 : 1)} ${UNITS[unit]}`;
}

/** A number of seconds as a person reads it, e.g. `1.5 h`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 3 * 86_400) return `${Math.round(seconds / 360) / 10} h`;
  return `${Math.round(seconds / 8640) / 10} days`;
}
