import {
  ratesOver,
  roundedRates,
  type Counters,
  type Rates,
} from '../../../../client/values/counters';
import type { Direction } from './ranking';

type Columns = Partial<Counters & Rates>;

const COUNTER_OF: Readonly<Record<string, string>> = {
  bytes: 'Bytes',
  packets: 'Packets',
  bps: 'BitsPerSecond',
  pps: 'PacketsPerSecond',
};

/**
 * Counters and rates of a row as columns of a table, the one that the rows are sorted by first. Rates
 * are rounded; the counters behind them are exact.
 */
export function trafficColumns(
  counters: Counters | undefined,
  seconds: number | undefined,
  sortedBy: string,
  direction: Direction = 'both',
): Columns {
  const rates = counters && seconds ? roundedRates(ratesOver(counters, seconds)) : {};
  return firstOf(sortColumn(sortedBy, direction), { ...counters, ...rates });
}

function sortColumn(sortedBy: string, direction: Direction): string {
  return (direction === 'both' ? 'total' : direction) + (COUNTER_OF[sortedBy] ?? '');
}

/** Puts one property before the others, where it is there. */
function firstOf<T extends object>(name: string, row: T): T {
  return name in row ? { [name]: row[name as keyof T], ...row } : row;
}
