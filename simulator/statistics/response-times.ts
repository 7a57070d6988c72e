import type { Exchange } from './service-log';

/** In milliseconds. Names of the sort keys of `ipsTCP`; what a response holds besides is open. */
export interface ResponseTimes {
  requests: number;
  avg: number;
  stddev: number;
  min: number;
  max: number;
  /** 1 (bad) to 5. */
  score: number;
}

/** How many addresses are green (4 or more), yellow (3 or more), red. */
export interface Scores {
  greenScores: number;
  yellowScores: number;
  redScores: number;
}

export function responseTimesOf(exchanges: readonly Exchange[]): ResponseTimes {
  const times = exchanges.flatMap(({ ms }) => (ms === undefined ? [] : [ms]));
  if (times.length === 0) {
    return { requests: exchanges.length, avg: 0, stddev: 0, min: 0, max: 0, score: 5 };
  }
  const avg = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const variance = times.reduce((sum, ms) => sum + (ms - avg) ** 2, 0) / times.length;
  return {
    requests: exchanges.length,
    avg,
    stddev: Math.sqrt(variance),
    min: times.reduce((least, ms) => Math.min(least, ms), Infinity),
    max: times.reduce((most, ms) => Math.max(most, ms), 0),
    score: scoreOf(avg),
  };
}

/** How an appliance gets from times to scores is not known: these bounds are an assumption. */
const BOUNDS = [50, 100, 200, 500];
const scoreOf = (avg: number) => 5 - BOUNDS.filter((bound) => avg > bound).length;

/** The scores of the servers that were asked, private ones and others apart. */
export function scoresOf(exchanges: readonly Exchange[]): { local: Scores; global: Scores } {
  const scores = {
    local: { greenScores: 0, yellowScores: 0, redScores: 0 },
    global: { greenScores: 0, yellowScores: 0, redScores: 0 },
  };
  for (const [ip, own] of byServer(exchanges)) {
    const { score } = responseTimesOf(own);
    const colour = score >= 4 ? 'greenScores' : score >= 3 ? 'yellowScores' : 'redScores';
    scores[isPrivate(ip) ? 'local' : 'global'][colour]++;
  }
  return scores;
}

export function byServer(exchanges: readonly Exchange[]): Map<string, Exchange[]> {
  return groupBy(exchanges, ({ serverIp }) => serverIp);
}

export function groupBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** RFC 1918 and 4193, and the prefix of RFC 3849 that the simulator's own hosts have. */
const isPrivate = (ip: string) =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd]|2001:db8:)/.test(ip);
