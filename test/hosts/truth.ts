import { createHash } from 'node:crypto';
import type { Simulator } from '../../simulator';
import { CAPTURE_PATH } from '../contract/support/capture-faults';
import { ask } from '../simulator/support';

export interface Row {
  ip: string;
  packets: number;
  bytes: number;
}

/**
 * Asks for a list without any code of the product, and ranks it by bytes. Only a time range gives
 * `interval` a meaning.
 */
export async function ranking(
  simulator: Simulator,
  path: string,
  counters: 'interval' | 'allTime',
): Promise<Row[]> {
  const all = path.replace(/count=\d+/, 'count=100').replace(/page=\d+/, 'page=0');
  const { json } = await ask(simulator, all);
  const { displayedItems } = json as {
    displayedItems: Array<{ ip: string } & Record<typeof counters, number[]>>;
  };
  return displayedItems
    .map(({ ip, [counters]: [rxPackets, rxBytes, txPackets, txBytes] }) => ({
      ip,
      packets: rxPackets! + txPackets!,
      bytes: rxBytes! + txBytes!,
    }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}

/**
 * What the only capture was asked for.
 *
 * @throws Error where there was none, or more than one
 */
export function onlyCapture(simulator: Simulator): AskedCapture {
  const [capture, ...others] = capturesOf(simulator);
  if (!capture || others.length > 0) {
    throw new Error(`There were ${capture ? others.length + 1 : 0} captures.`);
  }
  return capture;
}

interface AskedCapture {
  expression: string;
  startUs: number;
  endUs: number;
}

/**
 * What captures were asked for, in microseconds; ends are exclusive. One without a filter asks how far
 * back the buffer reaches, which is of interest where the first packet comes late.
 */
export function capturesOf({ requests, url }: Simulator): AskedCapture[] {
  return requests
    .filter((one) => one.path === CAPTURE_PATH && one.url.includes('expression='))
    .map((request) => {
      const query = new URL(request.url, url).searchParams;
      const [startUs, endUs] = ['startTime', 'endTime'].map((name) => Number(query.get(name)));
      return { expression: query.get('expression')!, startUs: startUs!, endUs: endUs! };
    });
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of an ISO time with six digits behind the point, in microseconds since 1970. */
function microseconds(iso: string): number {
  return Date.parse(`${iso.slice(0, 19)}Z`) * 1000 + Number(iso.slice(20, 26));
}

/** What a capture was asked for, in microseconds; the end is exclusive. */
export function requestedWindow({ json }: { json: Record<string, unknown> }): {
  startUs: number;
  endUs: number;
} {
  const { from, to } = json.requestedWindow as { from: string; to: string };
  return { startUs: microseconds(from), endUs: microseconds(to) };
}
