import { AllegroError } from '../../../client';
import { say } from '../../../client/values/sentence';

/**
 * Runs a poll with a deadline of its own, so that an answer that never ends holds no trigger for
 * ever. The clock of the deadline is that of the platform: code that ships to n8n sets no timers.
 *
 * @param signal of the host; aborted when the flow ends
 * @param limit milliseconds for the whole poll
 * @throws AllegroError `timeout` when the time is over
 */
export async function pollWithin<T>(
  signal: AbortSignal,
  limit: number,
  poll: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(limit);
  try {
    return await poll(AbortSignal.any([signal, deadline]));
  } catch (error) {
    throw deadline.aborted && !signal.aborted ? deadlineError(limit, error) : error;
  }
}

function deadlineError(limit: number, error: unknown): AllegroError {
  const { device, method, path } = error instanceof AllegroError ? error : {};
  return new AllegroError({
    kind: 'timeout',
    what: say`The poll took longer than ${limit / 1000} s, and was ended.`,
    advice: say`The next poll continues from the same state. Check how fast the appliance responds.`,
    canRetry: true,
    device,
    method,
    path,
  });
}
