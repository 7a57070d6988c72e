import type { Api, CallOptions } from '../api/api';
import { cancelledError } from '../http/body';
import { withTimeLimit } from '../http/limits/time-limit';

/**
 * Runs calls of the API for a limited time.
 *
 * @param work gets options with a signal that also ends at the limit
 * @param onLimit makes the error that is thrown when time runs out
 * @throws AllegroError `cancelled` when `options.signal` was aborted, whatever the work made of it
 */
export async function limitedCall<T>(
  api: Api,
  milliseconds: number,
  options: CallOptions,
  work: (options: CallOptions) => Promise<T>,
  onLimit: () => Error,
): Promise<T> {
  const run = (signal: AbortSignal) => work({ ...options, signal });
  try {
    return await withTimeLimit(api.context, milliseconds, options.signal, run, onLimit);
  } catch (error) {
    if (!options.signal.aborted) throw error;
    throw cancelledError({ device: api.baseUrl }, options.signal.reason);
  }
}
