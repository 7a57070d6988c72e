import type { CallOptions } from '../../../client';
import { toStatisticsSeconds, type TimeRange } from '../../../client/values/time';
import type { RunContext } from '../model/definition';
import { checkTimeRange, resolveRange } from '../fields/time-range';

/** An interval as the statistics take it, and as a result tells it. */
export interface Interval {
  /** For the query: whole seconds since 1970-01-01 UTC. Source: "Time interval selection". */
  query: { starttime: number; endtime: number };
  seconds: number;
  /** For the result: ISO 8601. */
  from: string;
  to: string;
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
  checkTimeRange(range, client.now());
  const { milliseconds } = await client.time(options);
  const resolved = resolveRange(range, milliseconds);
  const { start, end } = toStatisticsSeconds(resolved);
  return {
    query: { starttime: start, endtime: end },
    seconds: end - start,
    from: new Date(start * 1000).toISOString(),
    to: new Date(end * 1000).toISOString(),
  };
}
