import type { Counters, Series } from '../../statistics/counters';
import { intervalOf, type Call } from '../request/call';
import { countersOf } from './counter-object';
import { csvOf } from './csv';
import { HttpError } from './http-error';
import { readBoolean, readWhole } from '../request/query';
import type { Reply } from './reply';

/** One element of a list. Its counters are read where it is shown. */
export interface Item {
  names: Record<string, unknown>;
  series: Series;
  /** What it may be sorted by besides, where that is not a name. */
  values?: Record<string, number>;
}

export function rowOf(call: Call, { names, series }: Item, query = call.query): object {
  return { ...names, ...countersOf(call, series, query) };
}

const USUAL_COUNT = 10;

const TOTALS: Record<string, (counters: Readonly<Counters>) => number> = {
  bytes: ([, rx, , tx]) => rx + tx,
  rxbytes: ([, rx]) => rx,
  txbytes: ([, , , tx]) => tx,
  packets: ([rx, , tx]) => rx + tx,
  rxpackets: ([rx]) => rx,
  txpackets: ([, , tx]) => tx,
};
const RATES: Record<string, keyof typeof TOTALS> = {
  bps: 'bytes',
  rxbps: 'rxbytes',
  txbps: 'txbytes',
  pps: 'packets',
  rxpps: 'rxpackets',
  txpps: 'txpackets',
};

/**
 * Sorts, pages and packs items. Source: "List queries".
 *
 * @throws HttpError 400 for a sort key that is unknown: what an appliance does then is not known,
 *   and a wrong key must not go unnoticed here
 */
export function listReply(call: Call, items: Item[], names: string[], query = call.query): Reply {
  const { countCap, endlessPages } = call.switches;
  const wanted = query.filter?.toLowerCase();
  const isFound = (item: Item) =>
    names.some((name) => String(item.names[name]).toLowerCase().includes(wanted!));
  const sorted = sortItems(call, wanted ? items.filter(isFound) : items, names);
  if (readBoolean(query, 'csv', false)) return csvReply(call, sorted, names);
  const asked = Math.max(1, readWhole(query, 'count') ?? USUAL_COUNT);
  const itemsPerPage = countCap > 0 ? Math.min(asked, countCap) : asked;
  const page = endlessPages ? 0 : (readWhole(query, 'page') ?? 0);
  const shown = sorted.slice(page * itemsPerPage, (page + 1) * itemsPerPage);
  const numberOfItems = endlessPages ? 1e15 : sorted.length;
  const rows = shown.map((item) => rowOf(call, item, query));
  return shaped(call, rows, names, {
    numberOfItems,
    numberOfPages: Math.ceil(numberOfItems / itemsPerPage),
    itemsPerPage,
  });
}

interface Envelope {
  numberOfItems: number;
  numberOfPages: number;
  itemsPerPage: number;
}

function shaped(call: Call, rows: object[], [name]: string[], envelope: Envelope): Reply {
  const { listShape, emptyList } = call.switches;
  const isEmpty = envelope.numberOfItems === 0;
  if (isEmpty && emptyList === '404') {
    throw new HttpError(404, `There is nothing at ${call.path}.`);
  }
  if (listShape === 'array' || (isEmpty && emptyList === 'array')) return { body: rows };
  const byName = rows.map((row) => [String((row as Record<string, unknown>)[name]), row] as const);
  // A connection has no name of its own: nothing could list many of one client by it.
  const isNamed = new Map(byName).size === rows.length;
  const displayedItems = listShape === 'object' && isNamed ? Object.fromEntries(byName) : rows;
  return { body: { displayedItems, ...envelope } };
}

export function sortItems(call: Call, items: Item[], names: string[]): Item[] {
  const { query } = call;
  const { start, end, isSelected } = intervalOf(call);
  const key = query.sort ?? 'bytes';
  const sign = readBoolean(query, 'reverse', false) ? -1 : 1;
  let compare: (a: Item, b: Item) => number;
  if (key in TOTALS) {
    const total = TOTALS[key];
    const value = ({ series }: Item) =>
      total(isSelected ? series.between(start, end) : series.allTime);
    compare = (a, b) => value(a) - value(b);
  } else if (key in RATES) {
    // The seconds are the same for all, so the sums of the interval sort as the rates do.
    const total = TOTALS[RATES[key]];
    compare = (a, b) => total(a.series.between(start, end)) - total(b.series.between(start, end));
  } else if (names.includes(key)) {
    const value = (item: Item) => item.values?.[key] ?? item.names[key];
    compare = (a, b) => compareNames(value(a), value(b));
  } else {
    throw new HttpError(400, `Unknown sort key "${key}".`);
  }
  // The name decides between equals, so that pages never overlap.
  const [first] = names;
  return [...items].sort(
    (a, b) => sign * compare(a, b) || compareNames(a.names[first], b.names[first]),
  );
}

function compareNames(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** All rows, whatever page is asked for. Source: "Output IP Table as CSV file"; columns unknown. */
function csvReply(call: Call, items: Item[], names: string[]): Reply {
  const { start, end, isSelected } = intervalOf(call);
  const columns = [...names, 'rxPackets', 'rxBytes', 'txPackets', 'txBytes'];
  const lines = items.map(({ names: named, series }) => [
    ...names.map((name) => String(named[name] ?? '')),
    ...(isSelected ? series.between(start, end) : series.allTime),
  ]);
  return {
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    body: csvOf(columns, lines),
    mayCompress: true,
  };
}
