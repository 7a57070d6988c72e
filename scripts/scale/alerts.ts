import { createHash } from 'node:crypto';
import { STEADY_HOST, type RequestRecord, type Simulator } from '../../simulator';
import { countBy, mostAtOnce } from './figures';

export const CAPTURE_PATH = '/API/data/modules/capture';
const MARGIN_US = 1e6;
const SPACING_MS = 2000;
/** Between the newest alert and now: its window has surely reached the ring buffer. */
const AGE_MS = 5000;

/** What an alerting system sends. */
export interface Alert {
  id: string;
  /** ISO 8601 */
  time: string;
  ip: string;
}

/** What the capture of an alert has to hold, counted by the simulator without going over HTTP. */
export interface Truth {
  packets: number;
  sha256: string;
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

/** Seconds of traffic that so many alerts need. */
export function historyFor(count: number): number {
  return Math.ceil((count * SPACING_MS + AGE_MS) / 1000) + 60;
}

export async function truthOf(simulator: Simulator, alert: Alert): Promise<Truth> {
  const [startUs, endUs] = [startOf(alert), startOf(alert) + 2 * MARGIN_US];
  const expression = `ip==${alert.ip}`;
  const { packets } = await simulator.packetsIn(expression, startUs, endUs);
  const file = await simulator.fileOf(expression, startUs, endUs);
  return { packets, sha256: createHash('sha256').update(file).digest('hex') };
}

/** What the appliance says about captures, by its own log. */
export interface ApplianceLog {
  /** How often each alert's window was sent whole, by the alert's ID. */
  delivered: Map<string, number>;
  /** Captures that the other side broke off. */
  brokenOff: number;
  mostRequestsAtOnce: number;
  mostCapturesAtOnce: number;
  requests: number;
}

/** Reads the simulator's log since it was last cleared. */
export function readApplianceLog(simulator: Simulator, alerts: Alert[]): ApplianceLog {
  const { requests } = simulator;
  const captures = requests.filter(({ path, method }) => path === CAPTURE_PATH && method === 'GET');
  const byStart = new Map(alerts.map((alert) => [startOf(alert), alert.id]));
  const delivered = captures
    .filter(({ isAborted, isOpen, status }) => !isAborted && !isOpen && status === 200)
    .map(({ url }) =>
      byStart.get(Number(new URL(url, simulator.url).searchParams.get('startTime'))),
    )
    .filter((id) => id !== undefined);
  return {
    delivered: countBy(delivered),
    brokenOff: captures.filter(({ isAborted }) => isAborted).length,
    mostRequestsAtOnce: mostAtOnce(requests.map(interval)),
    mostCapturesAtOnce: mostAtOnce(captures.map(interval)),
    requests: requests.length,
  };
}

function interval({ startedAtMs, endedAtMs }: RequestRecord) {
  return { startMs: startedAtMs, endMs: endedAtMs ?? Date.now() };
}

/** In microseconds since 1970, as the request names it. */
function startOf({ time }: Alert): number {
  return Date.parse(time) * 1000 - MARGIN_US;
}
