import type { Api, CallOptions } from '../api/api';
import { ringBufferPath } from '../api/paths';
import { AllegroError } from '../errors';

/**
 * Suspends or resumes a packet ring buffer. Asking for the state that it is in does no harm.
 *
 * @param ringBuffer index; 0 is the first
 * @returns what the appliance answered
 */
export function setRingBufferSuspended(
  api: Api,
  ringBuffer: number,
  isSuspended: boolean,
  options: CallOptions,
): Promise<unknown> {
  const body = { command: 'changeConfig', config: { isSuspended } };
  return api.post(ringBufferPath(ringBuffer), body, options);
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
  const found =
    isSuspended ?? (config as { isSuspended?: unknown } | null | undefined)?.isSuspended;
  const text = String(found).toLowerCase();
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}
