import type { Counters } from '../statistics/counters';
import type { CounterObject } from './counter-object';
import { csvOf } from './csv';
import { HttpError } from './http-error';
import type { Interval } from './interval';
import { readBoolean, readWhole, type Query } from './query';
import type { Reply } from './reply';

/** A row of a list: what names it, and what was counted. */
export type Row = CounterObject & Record<string, unknown>;

const USUAL_COUNT = 10;

const TOTALS: Record<string, (counters: Counters) => number> = {
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

interface ListOptions {
  countCap: number;
  /** Whether the rows come in the envelope with the numbers of items and pages. */
  envelope: boolean;
}

/**
 * Sorts, pages and packs rows. Source: "List queries".
 *
 * @throws HttpError 400 for a sort key that is unknown: what an appliance does then is not known,
 *   and a wrong key must not go unnoticed here
 */
export function listReply(
  rows: Row[],
  names: string[],
  interval: Interval,
  query: Query,
  { countCap, envelope }: ListOptions,
): Reply {
  const wanted = query.filter?.toLowerCase();
  const found = wanted
    ? rows.filter((row) => names.some((name) => String(row[name]).toLowerCase().includes(wanted)))
    : rows;
  const sorted = sortRows(found, names, interval, query);
  if (readBoolean(query, 'csv', false)) return csvReply(sorted, names);
  const asked = Math.max(1, readWhole(query, 'count') ?? USUAL_COUNT);
  const itemsPerPage = countCap > 0 ? Math.min(asked, countCap) : asked;
  const page = readWhole(query, 'page') ?? 0;
  const displayedItems = sorted.slice(page * itemsPerPage, (page + 1) * itemsPerPage);
  if (!envelope) return { body: displayedItems };
  const numberOfItems = sorted.length;
  const numberOfPages = Math.ceil(numberOfItems / itemsPerPage);
  return { body: { displayedItems, numberOfItems, numberOfPages, itemsPerPage } };
}

export function sortRows<T extends Row>(
  rows: T[],
  names: string[],
  { isSelected }: Interval,
  query: Query,
): T[] {
  const key = query.sort ?? 'bytes';
  const sign = readBoolean(query, 'reverse', false) ? -1 : 1;
  let compare: (a: T, b: T) => number;
  if (key in TOTALS) {
    const value = (row: T) => TOTALS[key](isSelected ? row.interval : row.allTime);
    compare = (a, b) => value(a) - value(b);
  } else if (key in RATES) {
    const total = TOTALS[RATES[key]];
    const value = (row: T) => total(isSelected ? row.intervalPerSecond : row.lastSecond);
    compare = (a, b) => value(a) - value(b);
  } else if (names.includes(key)) {
    compare = (a, b) => compareNames(a[key], b[key]);
  } else {
    throw new HttpError(400, `Unknown sort key "${key}".`);
  }
  // The name decides between equals, so that pages never overlap.
  return [...rows].sort((a, b) => sign * compare(a, b) || compareNames(a[names[0]], b[names[0]]));
}

function compareNames(a: unknown, b: unknown): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b), 'en', { numeric: true });
}

function csvReply(rows: Row[], names: string[]): Reply {
  const columns = [...names, 'rxPackets', 'rxBytes', 'txPackets', 'txBytes'];
  const lines = rows.map((row) => [
    ...names.map((name) => String(row[name] ?? '')),
    ...row.allTime,
  ]);
  return {
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    body: csvOf(columns, lines),
    mayCompress: true,
  };
}
