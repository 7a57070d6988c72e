import { inputError, type AllegroError } from '../../../client';
import type { CaptureWindow } from '../../../client/capture/capture-request';
import type { RunContext } from '../model/definition';
import type { FieldValues } from '../model/field';
import { readAddress } from '../fields/address';
import { checkTimeRange, readTimeRange, resolveRange } from '../fields/time-range';

/** How long packets take from the wire into the buffer, with some margin. */
const BUFFER_LAG_US = 2_000_000;

/**
 * Turns the time range into microseconds by the clock of the appliance. An end that lies in the
 * future is waited for, refused or cut, as the field says.
 */
export async function readWindow(context: RunContext, values: FieldValues): Promise<CaptureWindow> {
  const { client, signal, progress } = context;
  // The fields offer no "no interval", so there is always a range.
  const range = readTimeRange(values)!;
  checkTimeRange(range, client.now());
  const readClock = async () => {
    const time = await client.time({ signal, address: readAddress(values) });
    return { ...time, us: Math.round(time.milliseconds * 1000) };
  };
  let clock = await readClock();
  const window = resolveRange(range, clock.milliseconds);
  const clockOffsetSeconds = clock.offsetSeconds;
  if (window.endUs <= clock.us || values.timeMode === 'last') {
    return { ...window, clockOffsetSeconds };
  }
  if (values.endInFuture === 'cut') {
    return { ...window, endUs: clock.us, clockOffsetSeconds };
  }
  if (values.endInFuture === 'refuse') throw futureError(window.endUs, clock.us);
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
