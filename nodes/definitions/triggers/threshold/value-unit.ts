import { COUNTER_SETS, isTrafficLayout, RATE_SETS } from '../../../../client/values/counters';

/** What a value is, by where it is in an answer. */
export interface ValueUnit {
  /** Nothing where the unit is not known, as with most values that are no traffic. */
  unit: string | null;
  /** A position of a counter was named, though nobody knows that it counts traffic there. */
  isUnknownName: boolean;
}

/** Counters right below these, and at the top of an answer or a row, are known to be traffic. */
const TRAFFIC_PARENTS = new Set(['globalCounters', 'interfaces', 'displayedItems']);

const NAMED: Array<[end: string, unit: string]> = [
  ['BitsPerSecond', 'bit/s'],
  ['PacketsPerSecond', 'packets/s'],
  ['Bytes', 'bytes'],
  ['Packets', 'packets'],
];
/** By index. Source: "JSON output traffic counters". */
const COUNTED = ['packets', 'bytes', 'packets', 'bytes'];

/**
 * The unit of a value in an answer. Other statistics, such as response times, have counters of the
 * same form and the same names (`interval`), so only what is known to be traffic has a unit.
 *
 * @param valuePath names joined by dots; see `numberAt`
 * @param path of the answer
 */
export function unitOf(valuePath: string, path: string): ValueUnit {
  const names = valuePath.split('.').filter(Boolean);
  const last = names.at(-1) ?? '';
  const set = names.at(-2) ?? '';
  if (!COUNTER_SETS.has(set) && !RATE_SETS.has(set)) return { unit: null, isUnknownName: false };
  const isTraffic =
    isTrafficLayout(path) &&
    names.slice(0, -2).every((name) => TRAFFIC_PARENTS.has(name) || /^\d+$/.test(name));
  const named = NAMED.find(([end]) => last.endsWith(end))?.[1];
  if (!isTraffic) return { unit: null, isUnknownName: named !== undefined };
  const counted = COUNTED[Number(last)];
  const byIndex = counted && (RATE_SETS.has(set) ? `${counted}/s` : counted);
  return { unit: named ?? byIndex ?? null, isUnknownName: false };
}
