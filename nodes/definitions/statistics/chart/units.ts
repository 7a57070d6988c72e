/** Numbers as people read them: SI prefixes, and ticks at round values. */

const PREFIXES: ReadonlyArray<[factor: number, prefix: string]> = [
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
];

/** `1500000` of `bit/s` is `1.5 Mbit/s`; three digits count. */
export function withPrefix(value: number, unit: string): string {
  const [factor, prefix] = prefixFor(value);
  return `${threeDigits(value / factor)} ${prefix}${unit}`.trim();
}

export interface Ticks {
  /** From 0, the last at or above the highest value. */
  values: number[];
  /** As long as the values; the unit stands with each, as it differs by prefix. */
  labels: string[];
}

/** About `wanted` round steps from 0 to `highest` or a little more. */
export function ticksUpTo(highest: number, wanted: number, unit: string): Ticks {
  const top = highest > 0 ? highest : 1;
  const rough = top / wanted;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough)! * magnitude;
  const count = Math.ceil(top / step - 1e-9);
  const values = Array.from({ length: count + 1 }, (_, index) => index * step);
  // One prefix for the whole axis, or its labels cannot be compared at a glance.
  const [factor, prefix] = axisPrefix(step, values.at(-1)!);
  const labels = values.map((value) =>
    value === 0 ? '0' : `${Number((value / factor).toPrecision(4))} ${prefix}${unit}`,
  );
  return { values, labels };
}

/** That of the step, so that no label begins with "0.", as long as the highest has four digits. */
function axisPrefix(step: number, highest: number): [number, string] {
  const small = prefixFor(step);
  return highest / small[0] <= 1500 ? small : prefixFor(highest);
}

function prefixFor(value: number): [number, string] {
  const found = PREFIXES.find(([factor]) => Math.abs(value) >= factor * 0.9995);
  return found ?? [1, ''];
}

function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) < 0.01) return value.toExponential(0);
  return String(Number(value.toPrecision(3)));
}
