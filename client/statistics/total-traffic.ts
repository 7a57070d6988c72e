import { AllegroError, isNotFound } from '../errors';
import type { Api, CallOptions } from '../api/api';
import { ALL_TRAFFIC, INTERFACES, IP_MODULE } from '../api/paths';
import type { Query } from '../http/query';
import { toCounters, type Counters } from '../values/counters';
import { say, type Sentence } from '../values/sentence';

/** What a statistic counted. A set of counters that the answer lacks is missing. */
export interface TrafficCounts {
  /** In the interval that was asked for. */
  interval?: Counters;
  /** Since the appliance, or the analysis in a slot, started. */
  allTime?: Counters;
  /** What a person should know of the counters. */
  warnings: Sentence[];
}

interface Source {
  path: string;
  /** Absent for the one that counts every frame. */
  warning?: Sentence;
}

/** In the order in which they are asked. None is described by the vendor's page. */
const SOURCES: Source[] = [
  { path: ALL_TRAFFIC },
  {
    path: IP_MODULE,
    warning: say`All traffic was taken from the statistics of IP, because this appliance has no statistics of MAC protocols. Frames without IP are missing.`,
  },
  {
    path: INTERFACES,
    warning: say`All traffic was taken from the counters of the interfaces, because this appliance has no statistics of MAC protocols. What passes several interfaces is counted several times.`,
  },
];

/**
 * Reads what was counted of all traffic, from the first source that this appliance has. Without
 * counters where a source answers, but has none, as before a slot has counted anything.
 *
 * @throws AllegroError `notFound` where it has none; the error of a source that failed otherwise
 */
export async function readTotalTraffic(
  api: Api,
  query: Query,
  options: CallOptions,
): Promise<TrafficCounts> {
  let answered: TrafficCounts | undefined;
  let last: unknown;
  for (const { path, warning } of SOURCES) {
    try {
      const counts = countsIn(await api.get(path, query, options));
      if (counts.interval || counts.allTime) {
        return { ...counts, warnings: warning === undefined ? [] : [warning] };
      }
      answered ??= counts;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      last = error;
    }
  }
  if (answered) return answered;
  throw new AllegroError({
    kind: 'notFound',
    what: say`The appliance has no counters of all traffic.`,
    advice: say`None of ${SOURCES.map(({ path }) => path).join(', ')} returned any. Check the device or slot, and whether these modules are enabled.`,
    device: api.baseUrl,
    cause: last,
  });
}

/** The counters of an answer, or the sum of those of its interfaces. */
export function countsIn(answer: unknown): TrafficCounts {
  const { globalCounters, interfaces } = (answer ?? {}) as Record<string, unknown>;
  const all = Array.isArray(interfaces) ? interfaces : [globalCounters ?? answer];
  const parts = all.map((part) => (part ?? {}) as { interval?: unknown; allTime?: unknown });
  return {
    interval: sumOf(parts.map(({ interval }) => toCounters(interval))),
    allTime: sumOf(parts.map(({ allTime }) => toCounters(allTime))),
    warnings: [],
  };
}

function sumOf(parts: Array<Counters | undefined>): Counters | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  const sum = { ...known[0]! };
  for (const part of known.slice(1)) {
    for (const name of Object.keys(sum) as Array<keyof Counters>) sum[name] += part[name];
  }
  return sum;
}
