import type { CallOptions } from '../../../client';
import { resolveTimeRange, toStatisticsSeconds, type TimeRange } from '../../../client/time';
import type { RunContext } from '../definition';

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
  const { milliseconds } = await client.time(options);
  const resolved = resolveTimeRange(range, Math.round(milliseconds * 1000));
  const { starttime, endtime } = toStatisticsSeconds(resolved);
  return {
    query: { starttime, endtime },
    seconds: endtime - starttime,
    from: new Date(starttime * 1000).toISOString(),
    to: new Date(endtime * 1000).toISOString(),
  };
}
