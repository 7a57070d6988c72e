import { COUNTER_ROWS, type Counters, type Series } from '../../statistics/counters';
import { intervalOf, type Call } from '../request/call';
import type { Interval } from '../request/interval';
import { readBoolean, readNumber, type Query } from '../request/query';

/** The counters that most items have. Source: "JSON output traffic counters". */
interface CounterObject {
  interval: Readonly<Counters>;
  allTime: Readonly<Counters>;
  lastSecond: Readonly<Counters>;
  intervalPerSecond: Counters;
  history: History;
}

/**
 * `data` is flat: a timestamp in milliseconds, then one value for each row, over and over. Source:
 * the vendor's dashboard script; the unit of the timestamps is assumed.
 */
interface History {
  rows: Array<string | { name: string }>;
  data: number[];
  newestTimeStamp: number;
}

const USUAL_POINTS = 60;

export function countersOf(call: Call, series: Series, query = call.query): CounterObject {
  const interval = intervalOf(call);
  const second = Math.floor(call.slot.countedUntilUs() / 1e6);
  const isLoose = call.switches.looseValues;
  const shaped = (counters: Readonly<Counters>) =>
    (isLoose ? [...counters, 0] : counters) as Counters;
  const counters = series.between(interval.start, interval.end);
  const duration = Math.max(1, interval.end - interval.start);
  return {
    interval: shaped(counters),
    allTime: shaped(series.allTime),
    lastSecond: shaped(series.between(second - 1, second)),
    intervalPerSecond: shaped(counters.map((value) => value / duration) as Counters),
    history: {
      ...history(series, interval, second, query),
      ...(isLoose ? { rows: COUNTER_ROWS.map((name) => ({ name })) } : {}),
    },
  };
}

function history(series: Series, interval: Interval, second: number, query: Query): History {
  const span = readNumber(query, 'timespan') ?? USUAL_POINTS;
  const start = interval.isSelected ? interval.start : second - Math.max(1, span);
  const end = interval.isSelected ? interval.end : second;
  const points = Math.max(1, readNumber(query, 'values') ?? USUAL_POINTS);
  const step = Math.max(1, Math.ceil((end - start) / points));
  const data: number[] = [];
  if (!readBoolean(query, 'skiphistorydata', false)) {
    for (let from = Math.floor(start); from < end; from += step) {
      data.push(from * 1000, ...series.between(from, Math.min(from + step, end)));
    }
  }
  return { rows: COUNTER_ROWS, data, newestTimeStamp: second * 1000 };
}
