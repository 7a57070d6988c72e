import { AllegroError } from '../../../client';
import { NO_TRAFFIC, toCounters, type Counters } from '../../../client/values/counters';
import { say, type Sentence } from '../../../client/values/sentence';

/** What an appliance reports of one address, port or other element. */
interface Counted {
  interval?: unknown;
  allTime?: unknown;
}

/**
 * The counters of rows: of the interval that was asked for, or of all time.
 *
 * @returns nothing for a row whose counters cannot be read, and what a person should know of the rows
 */
export function countersOf(
  rows: readonly Counted[],
  hasInterval: boolean,
): { counters: Array<Counters | undefined>; warnings: Sentence[] } {
  const counters = rows.map((row) => {
    if (!hasInterval) return toCounters(row.allTime);
    return isIdle(row) ? NO_TRAFFIC : toCounters(row.interval);
  });
  const missing = counters.filter((one) => one === undefined).length;
  const warnings: Sentence[] = [];
  if (missing > 0) {
    warnings.push(
      say`The appliance reports no readable traffic counters for ${missing} of ${rows.length} [entry|entries].`,
    );
  }
  if (hasInterval && rows.length > 0 && rows.every(isIdle)) {
    warnings.push(
      say`The appliance reports only totals, no counters of the time range, for ${rows.length} [entry|entries]: they count as without traffic in it.`,
    );
  }
  return { counters, warnings };
}

/** Assumption: a row with totals but without `interval` had no traffic in the interval. */
function isIdle({ interval, allTime }: Counted): boolean {
  return interval === undefined && toCounters(allTime) !== undefined;
}

/** An answer without any counters, which must not count as one without traffic. */
export function noCountersError(device: string, path: string): AllegroError {
  return new AllegroError({
    ...{ kind: 'badAnswer', device, method: 'GET', path },
    what: say`The response does not hold traffic counters.`,
    advice: say`Check the response with Get Stats.`,
  });
}
