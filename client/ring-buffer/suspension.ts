import type { Api, CallOptions } from '../api/api';
import { ringBufferPath } from '../api/paths';
import { AllegroError } from '../errors';
import { toBoolean } from '../values/loose-value';
import { say } from '../values/sentence';

/** What became of a command to suspend or resume. */
export interface SuspensionChange {
  /** Whether the appliance reported the new state afterwards; reading it is not documented. */
  isConfirmed: boolean;
  /** What the appliance said to the command. */
  answer: unknown;
}

/** Milliseconds before the state is read again: an appliance may take a moment to change it. */
const READ_BACK_WAITS = [0, 500, 1500];

/**
 * Suspends or resumes a packet ring buffer, and reads its state back. Asking for the state that it
 * is in does no harm.
 *
 * @param ringBuffer index; 0 is the first
 * @throws AllegroError `refused` where the buffer kept its old state
 */
export async function setRingBufferSuspended(
  api: Api,
  ringBuffer: number,
  isSuspended: boolean,
  options: CallOptions,
): Promise<SuspensionChange> {
  const path = ringBufferPath(ringBuffer);
  const body = { command: 'changeConfig', config: { isSuspended } };
  const answer = await api.post(path, body, options);
  for (const wait of READ_BACK_WAITS) {
    if (wait > 0) await api.sleep(wait, options.signal);
    const found = await isRingBufferSuspended(api, ringBuffer, options);
    if (found === undefined) return { isConfirmed: false, answer };
    if (found === isSuspended) return { isConfirmed: true, answer };
  }
  throw new AllegroError({
    ...api.requestInfo({ method: 'POST', path }, options),
    kind: 'refused',
    what: isSuspended
      ? say`The appliance accepted the command, but the ring buffer is still recording.`
      : say`The appliance accepted the command, but the ring buffer is still suspended.`,
    advice: say`Check the ring buffer in the web interface of the appliance, then try again.`,
    canRetry: true,
  });
}

/**
 * Whether a packet ring buffer is suspended. Reading it is not documented, only the command to
 * change it, so an answer that does not report it is normal.
 *
 * @returns undefined where the appliance does not report it
 * @throws AllegroError `cancelled`; whatever else goes wrong counts as not told
 */
export async function isRingBufferSuspended(
  api: Api,
  ringBuffer: number,
  options: CallOptions,
): Promise<boolean | undefined> {
  try {
    return suspendedWithin(await api.get(ringBufferPath(ringBuffer), {}, options));
  } catch (error) {
    if (error instanceof AllegroError && error.kind === 'cancelled') throw error;
    return undefined;
  }
}

/** Beside other facts or, as the command has it, within `config`. */
function suspendedWithin(answer: unknown): boolean | undefined {
  const { isSuspended, config } = (answer ?? {}) as { isSuspended?: unknown; config?: unknown };
  return toBoolean(
    isSuspended ?? (config as { isSuspended?: unknown } | null | undefined)?.isSuspended,
  );
}
