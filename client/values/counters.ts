import { toNumber } from './loose-value';

/**
 * Traffic counters with names instead of positions. Source: "JSON output traffic counters": index 0
 * received packets, 1 received bytes, 2 transmitted packets, 3 transmitted bytes; all are byte
 * counters, times 8 for bits. What follows is module specific and stays out.
 */

/** Counted over a time. */
export interface Counters {
  rxPackets: number;
  rxBytes: number;
  txPackets: number;
  txBytes: number;
  totalPackets: number;
  totalBytes: number;
}

export const NO_TRAFFIC: Counters = {
  rxPackets: 0,
  rxBytes: 0,
  txPackets: 0,
  txBytes: 0,
  totalPackets: 0,
  totalBytes: 0,
};

/** Averaged per second. */
export interface Rates {
  rxPacketsPerSecond: number;
  rxBitsPerSecond: number;
  txPacketsPerSecond: number;
  txBitsPerSecond: number;
  totalPacketsPerSecond: number;
  totalBitsPerSecond: number;
}

/** What a counter of 64 bits can hold: anything else would become absurd figures in texts. */
export function isCount(value: number): boolean {
  return value >= 0 && value <= 2 ** 64;
}

/** Names the first four positions, or gives nothing where one of them does not count. */
export function toCounters(raw: unknown): Counters | undefined {
  if (!Array.isArray(raw) || raw.length < 4) return undefined;
  const counts = raw.slice(0, 4).map((one) => toNumber(one) ?? NaN);
  if (!counts.every(isCount)) return undefined;
  const [rxPackets, rxBytes, txPackets, txBytes] = counts as [number, number, number, number];
  return {
    rxPackets,
    rxBytes,
    txPackets,
    txBytes,
    totalPackets: rxPackets + txPackets,
    totalBytes: rxBytes + txBytes,
  };
}

/** Names a counter that holds averages per second. */
function toRates(raw: unknown): Rates | undefined {
  const counters = toCounters(raw);
  return counters && roundedRates(ratesOver(counters, 1));
}

/** Rates as people read them. The counters that they come from are exact. */
export function roundedRates(rates: Rates): Rates {
  const entries = Object.entries(rates).map(([name, value]) => [
    name,
    roundedRate(value as number),
  ]);
  return Object.fromEntries(entries) as Rates;
}

/** Whole where a part of one means nothing, else three digits or more. */
export function roundedRate(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000;
}

/** What was counted in `seconds`, per second. */
export function ratesOver(counters: Counters, seconds: number): Rates {
  const per = (count: number) => count / seconds;
  return {
    rxPacketsPerSecond: per(counters.rxPackets),
    rxBitsPerSecond: per(counters.rxBytes * 8),
    txPacketsPerSecond: per(counters.txPackets),
    txBitsPerSecond: per(counters.txBytes * 8),
    totalPacketsPerSecond: per(counters.totalPackets),
    totalBitsPerSecond: per(counters.totalBytes * 8),
  };
}

/** Names of counters over a time, wherever they are in an answer. */
export const COUNTER_SETS = new Set(['interval', 'allTime']);
/** The same for averages per second. */
export const RATE_SETS = new Set(['intervalPerSecond', 'lastSecond']);
/** Below these paths the four positions mean something else. */
const OTHER_LAYOUTS = [/\/modules\/packet_size(\/|$)/, /\/modules\/dns\/servers_paged/];

/** Whether counters below a path have the layout of traffic, as far as is known. */
export function isTrafficLayout(path: string): boolean {
  return !OTHER_LAYOUTS.some((layout) => layout.test(path));
}

/**
 * Gives a whole answer named counters: wherever an object has `interval`, `allTime`, `lastSecond` or
 * `intervalPerSecond` as an array of at least four numbers, names replace the positions. The
 * `history` is left as it is.
 *
 * @param path tells the few places where the positions mean something else
 */
export function nameCounters(answer: unknown, path: string): unknown {
  return isTrafficLayout(path) ? nameWithin(answer) : answer;
}

function nameWithin(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nameWithin);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      nameOne(key, inner) ?? nameInner(key, inner),
    ]),
  );
}

function nameOne(key: string, value: unknown): Counters | Rates | undefined {
  if (COUNTER_SETS.has(key)) return toCounters(value);
  return RATE_SETS.has(key) ? toRates(value) : undefined;
}

function nameInner(key: string, value: unknown): unknown {
  return key === 'history' ? value : nameWithin(value);
}
