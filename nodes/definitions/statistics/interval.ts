import type { CallOptions } from '../../../client';
import {
  toStatisticsInterval,
  type StatisticsInterval,
  type TimeRange,
} from '../../../client/values/time-range';
import { slotOf } from '../../../client/values/device-slot';
import type { RunContext } from '../model/run-context';
import { checkTimeRange, resolveRange } from '../fields/time-range';
import type { Sentence } from '../../../client/values/sentence';

/** An interval as the statistics take it, and as a result tells it. */
export interface Interval {
  query: StatisticsInterval;
  seconds: number;
  /** For the result: ISO 8601. */
  from: string;
  to: string;
  /** Where it goes by another clock than the appliance's. */
  warnings: Sentence[];
}

/**
 * Turns a person's choice of time into the interval that is asked for. What is relative to now goes
 * by the clock of the appliance.
 */
export async function resolveInterval(
  { client }: RunContext,
  range: TimeRange,
  options: CallOptions,
): Promise<Interval> {
  const past = checkTimeRange(range, client.now(), options.address);
  const isSlot = slotOf(options.address?.mmId) > 0;
  const time = past || isSlot ? undefined : await client.time(options);
  const resolved = past ?? resolveRange(range, time ?? { milliseconds: client.now() });
  const query = toStatisticsInterval(resolved);
  return {
    query,
    seconds: query.endtime - query.starttime,
    from: new Date(query.starttime * 1000).toISOString(),
    to: new Date(query.endtime * 1000).toISOString(),
    warnings: time?.warning === undefined ? [] : [time.warning],
  };
}
