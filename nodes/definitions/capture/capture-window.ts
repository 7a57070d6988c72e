import { inputError, type Address, type AllegroError } from '../../../client';
import type { CaptureWindow } from '../../../client/capture/capture-request';
import type { TimeRange } from '../../../client/values/time-range';
import { checkTimeRange, resolveRange } from '../fields/time-range';
import type { RunContext } from '../model/run-context';

/** How long packets take from the wire into the buffer, with some margin. */
const BUFFER_LAG_US = 2_000_000;

interface WindowRequest {
  range: TimeRange;
  /** What to do with an end that lies in the future. */
  endInFuture: 'wait' | 'refuse' | 'cut';
  address: Address;
}

/**
 * Turns a time range into microseconds by the clock of the appliance. May wait for an end that lies
 * in the future.
 *
 * @throws AllegroError `input`
 */
export async function resolveWindow(
  { client, signal, progress }: RunContext,
  { range, endInFuture, address }: WindowRequest,
): Promise<CaptureWindow> {
  checkTimeRange(range, client.now());
  const readClock = async () => {
    const time = await client.time({ signal, address });
    return { ...time, us: Math.round(time.milliseconds * 1000) };
  };
  let clock = await readClock();
  const window = resolveRange(range, clock.milliseconds);
  const clockOffsetSeconds = clock.offsetSeconds;
  if (window.endUs <= clock.us || range.kind === 'last') return { ...window, clockOffsetSeconds };
  if (endInFuture === 'cut') return { ...window, endUs: clock.us, clockOffsetSeconds };
  if (endInFuture === 'refuse') throw futureError(window.endUs, clock.us);
  while (clock.us < window.endUs + BUFFER_LAG_US) {
    progress({ step: 'waiting' });
    await client.sleep((window.endUs + BUFFER_LAG_US - clock.us) / 1000, signal);
    clock = await readClock();
  }
  return { ...window, clockOffsetSeconds };
}

function futureError(endUs: number, nowUs: number): AllegroError {
  const seconds = Math.ceil((endUs - nowUs) / 1e6);
  return inputError(
    'until',
    `The time range ends ${seconds} s in the future, by the clock of the appliance.`,
    'Choose an end in the past, or let the node wait for it.',
  );
}
