import { setTimeout as pause } from 'node:timers/promises';
import type { Simulator } from '../../simulator';
import { CAPTURE_PATH } from '../contract/support/capture-faults';

/** How many requests for a path have been answered. */
export function answered(simulator: Simulator, path: string): number {
  return simulator.requests.filter((one) => one.path.endsWith(path) && !one.isOpen).length;
}

/**
 * Ends the traffic, and waits until the second that it ended in is over: what is counted from then on
 * can be counted again, and is the same.
 */
export async function endTraffic(simulator: Simulator): Promise<void> {
  simulator.setQuiet(true);
  const nextSecondUs = (Math.floor(simulator.nowUs() / 1e6) + 1) * 1e6;
  while (simulator.nowUs() < nextSecondUs) await pause(20);
}

/** How often the ring buffer was told to suspend or to resume. */
export function bufferChanges({ requests }: Simulator): number {
  const path = `${CAPTURE_PATH}/buffer`;
  return requests.filter((one) => one.method === 'POST' && one.path.startsWith(path)).length;
}
