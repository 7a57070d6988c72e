import type { ClientContext } from '../context';

/**
 * Runs `work` for at most `milliseconds`. Uses the host's `sleep`, because shipped code may not set
 * timers itself; the sleep ends with the work, so that nothing keeps a process alive.
 *
 * @param work gets a signal that is aborted on the limit or when `outer` is
 * @param onLimit makes the error that is thrown when time runs out
 */
export async function withTimeLimit<T>(
  context: ClientContext,
  milliseconds: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  onLimit: () => Error,
): Promise<T> {
  outer.throwIfAborted();
  const limit = new AbortController();
  const timeout = startTimeout(context, milliseconds, () => limit.abort(onLimit()));
  try {
    return await work(AbortSignal.any([outer, limit.signal]));
  } catch (error) {
    // However the work put it, the limit is why it failed.
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    timeout.cancel();
  }
}

/** Timers hold less than 2^31 ms, some 24 days; beyond, they ring at once. */
const LONGEST_SLEEP = 86_400_000;

/** Sleeps for any length of time. Rejects as soon as `signal` is aborted. */
export async function sleepFor(
  context: Pick<ClientContext, 'sleep'>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  let left = milliseconds;
  do {
    await context.sleep(Math.min(left, LONGEST_SLEEP), signal);
    left -= LONGEST_SLEEP;
  } while (left > 0);
}

/** Calls `onTimeout` once after `milliseconds`, unless cancelled before. */
export function startTimeout(
  context: Pick<ClientContext, 'sleep'>,
  milliseconds: number,
  onTimeout: () => void,
): { cancel(): void } {
  const cancelled = new AbortController();
  sleepFor(context, milliseconds, cancelled.signal).then(
    () => {
      if (!cancelled.signal.aborted) onTimeout();
    },
    () => undefined,
  );
  return { cancel: () => cancelled.abort() };
}

/** Watches over something that goes on in pieces. */
export interface SilenceWatch {
  /** Something came: the time counts from now. */
  touch(): void;
  /** Time does not count until the next `touch`. */
  pause(): void;
  cancel(): void;
}

/**
 * Calls `onTimeout` once when nothing came for `milliseconds`. One timeout that is set anew when it
 * ends, rather than one for every piece.
 */
export function watchForSilence(
  context: ClientContext,
  milliseconds: number,
  onTimeout: () => void,
): SilenceWatch {
  let silentSince: number | undefined = context.now();
  let timeout: { cancel(): void };
  const watch = (next: number) => {
    timeout = startTimeout(context, next, () => {
      const silent = silentSince === undefined ? 0 : context.now() - silentSince;
      if (silent < milliseconds) watch(Math.max(milliseconds - silent, 1));
      else onTimeout();
    });
  };
  watch(milliseconds);
  return {
    touch: () => void (silentSince = context.now()),
    pause: () => void (silentSince = undefined),
    cancel: () => timeout.cancel(),
  };
}
