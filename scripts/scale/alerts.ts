import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startSimulator, STEADY_HOST, type Simulator } from '../../simulator';

export const CAPTURE_PATH = '/API/data/modules/capture';
const MARGIN_US = 1e6;
const SPACING_MS = 2000;
/** Between the newest alert and now: its window has surely reached the ring buffer. */
const AGE_MS = 5000;
/** What takes longer is broken, on a busy machine, too. */
export const PATIENCE_SECONDS = 900;
/**
 * Captures in progress that stay so until the faults are cleared: a few bytes a second, so that no
 * idle timeout ends them.
 */
export const HELD_CAPTURE = {
  kind: 'slow',
  bytesPerSecond: 10,
  path: CAPTURE_PATH,
  method: 'GET',
} as const;

/** What an alerting system sends. */
export interface Alert {
  id: string;
  /** ISO 8601 */
  time: string;
  ip: string;
}

/** What is true of a burst on either host. */
export interface BurstFacts {
  alerts: number;
  /** Violations of what is promised; none if all is well. */
  problems: string[];
  /** From the first alert sent to the last capture stored. */
  seconds: number;
  /** From an alert sent to its stored capture: median, 95 %, longest. */
  storedSeconds: [number, number, number];
  /** How many of the stored captures each worker or instance made. */
  spread: Record<string, number>;
  /** Alerts whose window the appliance had to send more than once. */
  sentTwice: number;
  /** Captures whose connection broke. */
  brokenOff: number;
  mostCapturesAtOnce: number;
}

/** A capture as it was stored. */
export interface StoredCapture {
  packets: number;
  /** Stated by the node, and computed anew from what is stored. */
  sha256: string[];
}

/** Runs with a simulated appliance that has enough history, and a folder. */
export async function withAppliance<T>(
  alerts: number,
  run: (simulator: Simulator, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'allegro-scale-'));
  const historySeconds = Math.ceil((alerts * SPACING_MS + AGE_MS) / 1000) + 60;
  const simulator = await startSimulator({ historySeconds });
  try {
    return await run(simulator, folder);
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Alerts of the past, each with a window of its own, so that the appliance's log tells which one a
 * request was for.
 *
 * @param shiftMs sets the windows of two bursts apart; below the spacing of two seconds
 */
export function makeAlerts(simulator: Simulator, prefix: string, count: number, shiftMs = 0) {
  const newest = Math.floor(simulator.nowUs() / 1e6) * 1000 - AGE_MS - shiftMs;
  return Array.from({ length: count }, (_, index): Alert => ({
    id: `${prefix}-${String(index + 1).padStart(4, '0')}`,
    time: new Date(newest - index * SPACING_MS).toISOString(),
    ip: STEADY_HOST,
  }));
}

/** What the appliance's own log says about the captures since it was last cleared. */
export function readLog({ requests, url }: Simulator, alerts: Alert[]) {
  const captures = requests.filter(({ path, method }) => path === CAPTURE_PATH && method === 'GET');
  const byStart = new Map(alerts.map((alert) => [startOf(alert), alert.id]));
  const delivered = captures
    .filter(({ isAborted, isOpen, status }) => !isAborted && !isOpen && status === 200)
    .map((capture) => byStart.get(Number(new URL(capture.url, url).searchParams.get('startTime'))));
  const sentTwice = alerts.filter(({ id }) => delivered.filter((one) => one === id).length > 1);
  return {
    delivered: new Set(delivered),
    sentTwice: sentTwice.length,
    brokenOff: captures.filter(({ isAborted }) => isAborted).length,
    mostCapturesAtOnce: mostAtOnce(
      captures.map(({ startedAtMs, endedAtMs }) => [startedAtMs, endedAtMs ?? Date.now()]),
    ),
  };
}

/** Each alert has one complete capture with exactly the packets that the simulator has for it. */
export async function checkCaptures(
  simulator: Simulator,
  alerts: Alert[],
  captures: Map<string, StoredCapture>,
): Promise<string[]> {
  const problems: string[] = [];
  const { delivered } = readLog(simulator, alerts);
  for (const alert of alerts) {
    const say = (what: string) => problems.push(`${alert.id} ${what}.`);
    const stored = captures.get(alert.id);
    const [startUs, endUs] = [startOf(alert), startOf(alert) + 2 * MARGIN_US];
    const { packets } = await simulator.packetsIn(`ip==${alert.ip}`, startUs, endUs);
    const file = await simulator.fileOf(`ip==${alert.ip}`, startUs, endUs);
    const sha256 = createHash('sha256').update(file).digest('hex');
    if (packets === 0) say('has no packets to find: the test itself is wrong');
    if (!stored) say('has no stored capture');
    else if (stored.packets !== packets) say(`has ${stored.packets} packets, not ${packets}`);
    for (const found of stored?.sha256 ?? []) {
      if (found !== sha256) say(`has the SHA-256 ${found}, not ${sha256}`);
    }
    if (!delivered.has(alert.id)) say('was never completely sent by the appliance');
  }
  return problems;
}

/** Median, 95 % and longest, each a measured value (nearest rank). */
export function percentiles(values: number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return [at(0.5), at(0.95), at(1)];
}

/** The most intervals, each with start and end, that have one moment in common. */
export function mostAtOnce(intervals: Array<[number, number]>): number {
  const changes = intervals.flatMap(([start, end]) => [
    { at: start, by: 1 },
    { at: end, by: -1 },
  ]);
  // What ends in a millisecond does not overlap with what begins in it.
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of changes) most = Math.max(most, (now += by));
  return most;
}

export function countBy(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/**
 * Waits for a state that stays once it is reached.
 *
 * @param found what is the case instead, for the error
 * @throws Error when it is not reached
 */
export async function untilReached(
  state: string,
  isReached: () => boolean | Promise<boolean>,
  found: () => unknown,
): Promise<void> {
  if (await within(PATIENCE_SECONDS, isReached)) return;
  const instead = JSON.stringify(await found());
  throw new Error(`Waited ${PATIENCE_SECONDS} s in vain for ${state}; found ${instead}.`);
}

/** Whether something comes true in time. */
export async function within(
  seconds: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const fromMs = Date.now();
  while (Date.now() - fromMs < seconds * 1000) {
    if (await isTrue()) return true;
    await pause(100);
  }
  return isTrue();
}

/** In microseconds since 1970, as the request names it. */
function startOf({ time }: Alert): number {
  return Date.parse(time) * 1000 - MARGIN_US;
}
