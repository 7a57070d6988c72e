import type { Api, CallOptions } from '../api/api';
import { ALL_TRAFFIC, ipPath, macPath } from '../api/paths';
import type { StatisticsInterval } from '../values/time-range';
import { countsIn, readTotalTraffic, type TrafficCounts } from './total-traffic';
import { say, type Sentence } from '../values/sentence';

/** The statistic that counts what a filter expression lets through, or more than that. */
export interface TrafficStatistic {
  path: string;
  /** Whether it counts exactly what the expression means; otherwise it counts more. */
  isExact: boolean;
  /** What is counted, as it goes into a sentence, e.g. `the host 10.1.2.3`. */
  what: Sentence;
}

const ADDRESS = String.raw`\d{1,3}(?:\.\d{1,3}){3}|(?=[^\s]*:[^\s]*:)[0-9a-f:.]+`;
const HOST_TERM = new RegExp(String.raw`^ip\s*(?:==|\beq\b)\s*(${ADDRESS})$`, 'i');
const HOST_PORT_TERM = /^ip\s*(?:==|\beq\b)\s*(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/i;
const MAC_TERM = /^mac\s*(?:==|\beq\b)\s*([0-9a-f]{2}(?::[0-9a-f]{2}){5})$/i;

/**
 * Finds the statistic for an expression. Nothing, one host and one MAC address have one of their
 * own. What is joined to a host by `and` is counted with all of that host, anything else with all
 * traffic; `isExact` is false for those.
 */
export function statisticFor(expression: string): TrafficStatistic {
  const text = expression.trim();
  if (text === '') return { path: ALL_TRAFFIC, isExact: true, what: say`all traffic` };
  const mac = MAC_TERM.exec(text)?.[1];
  if (mac) {
    return { path: macPath(mac.toLowerCase()), isExact: true, what: say`the MAC address ${mac}` };
  }
  const host = HOST_TERM.exec(text)?.[1];
  if (host) return hostStatistic(host, true);
  const some = hostWithin(text);
  return some
    ? hostStatistic(some, false)
    : { path: ALL_TRAFFIC, isExact: false, what: say`all traffic` };
}

function hostStatistic(ip: string, isExact: boolean): TrafficStatistic {
  return { path: ipPath(ip), isExact, what: say`the host ${ip}` };
}

/** A host that every packet of the expression has at one end. */
function hostWithin(text: string): string | undefined {
  // Where there is an "or" or a "not" anywhere, a term need not hold for every packet.
  if (/\bor\b|\|\||!/i.test(text)) return undefined;
  const terms = text.split(/\sand\s|&&/i).map((term) => term.replace(/[()]/g, '').trim());
  for (const term of terms) {
    const host = HOST_TERM.exec(term)?.[1] ?? HOST_PORT_TERM.exec(term)?.[1];
    if (host) return host;
  }
  return undefined;
}

/**
 * Reads what a statistic counted.
 *
 * @param path that of a {@link TrafficStatistic}, or all traffic, for which other sources are asked
 *   where the appliance does not have it
 * @param interval absent: only the counters of all time mean something
 * @throws AllegroError `notFound` also where the appliance never saw the address
 */
export async function readTraffic(
  api: Api,
  path: string,
  interval: StatisticsInterval | undefined,
  options: CallOptions,
): Promise<TrafficCounts> {
  const query = { ...interval, skiphistorydata: true };
  if (path === ALL_TRAFFIC) return readTotalTraffic(api, query, options);
  return countsIn(await api.get(path, query, options));
}
