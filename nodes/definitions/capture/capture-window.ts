import { inputError, type Address, type AllegroError } from '../../../client';
import type { CaptureWindow } from '../../../client/capture/capture-request';
import { BEGINNING_US } from '../../../client/capture/oldest-packet';
import { slotOf } from '../../../client/values/device-slot';
import type { TimeRange } from '../../../client/values/time-range';
import { checkTimeRange, resolveRange } from '../fields/time-range';
import type { RunContext } from '../model/run-context';
import { say } from '../../../client/values/sentence';

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
  const past = checkTimeRange(range, client.now(), address);
  // Packets of an analysis slot are from any time, and none is still to come.
  if (slotOf(address.mmId) > 0) {
    const milliseconds = client.now();
    return { ...resolveRange(range, { milliseconds }), clockOffsetSeconds: null };
  }
  const readClock = async () => {
    const time = await client.time({ signal, address });
    return { ...time, us: Math.round(time.milliseconds * 1000) };
  };
  const first = past ? await orNothing(readClock, signal) : await readClock();
  // What is over needs no clock, but where there is one it may know better.
  if (past && (!first || first.warning)) {
    return { ...past, clockOffsetSeconds: first?.offsetSeconds ?? null };
  }
  let clock = first!;
  const resolved = resolveRange(range, clock);
  const { offsetSeconds: clockOffsetSeconds, warning: clockWarning } = clock;
  const window = { ...resolved, clockOffsetSeconds, clockWarning };
  if (window.endUs <= clock.us || range.kind === 'last') return window;
  if (endInFuture === 'cut') return { ...window, endUs: clock.us };
  if (endInFuture === 'refuse') throw futureError(window.endUs, clock.us);
  while (clock.us < window.endUs + BUFFER_LAG_US) {
    const wait = (window.endUs + BUFFER_LAG_US - clock.us) / 1000;
    progress({ step: 'waiting', until: client.now() + wait });
    await client.sleep(wait, signal);
    clock = await readClock();
  }
  return window;
}

/** @returns nothing where it fails for another reason than a cancelled run */
async function orNothing<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return read().catch((error: unknown) => (signal.aborted ? Promise.reject(error) : undefined));
}

/**
 * All packets of an analysis slot, whatever their time.
 *
 * @throws AllegroError `input` where no slot is addressed
 */
export function wholeUpload({ client }: RunContext, { mmId }: Address): CaptureWindow {
  if (slotOf(mmId) > 0) {
    const span = { startUs: BEGINNING_US, endUs: client.now() * 1000 };
    return { ...span, clockOffsetSeconds: null, isWholeUpload: true };
  }
  throw inputError(
    'timeMode',
    say`"The Whole Upload" is a time range of an analysis slot.`,
    say`Set "Device or Slot" to a slot, such as ":1", or choose another time range.`,
  );
}

function futureError(endUs: number, nowUs: number): AllegroError {
  const seconds = Math.ceil((endUs - nowUs) / 1e6);
  return inputError(
    'until',
    say`The time range ends ${seconds} s in the future, by the clock of the appliance.`,
    say`Choose an end in the past, or let the node wait for it.`,
  );
}
