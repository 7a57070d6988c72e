import { AllegroError } from '../../../client';
import type { Counters } from '../../../client/values/counters';
import { say, type Sentence } from '../../../client/values/sentence';

/** What a person should know where rows of traffic have no counters that can be read. */
export function missingCounters(counters: ReadonlyArray<Counters | undefined>): Sentence[] {
  const missing = counters.filter((one) => one === undefined).length;
  if (missing === 0) return [];
  return [
    say`The appliance reports no readable traffic counters for ${missing} of ${counters.length} [entry|entries].`,
  ];
}

/** An answer without any counters, which must not count as one without traffic. */
export function noCountersError(device: string, path: string): AllegroError {
  return new AllegroError({
    ...{ kind: 'badAnswer', device, method: 'GET', path },
    what: say`The response does not hold traffic counters.`,
    advice: say`Check the response with Get Stats.`,
  });
}
