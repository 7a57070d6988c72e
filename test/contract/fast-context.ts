import type { ClientContext } from '../../client';

/** Tests wait for limits of minutes; with this, a minute passes in two seconds. */
const SPEED = 30;

/** Time that runs faster than on the wall, alike for the clock and for waiting. */
export function fastContext(speed = SPEED): ClientContext {
  const start = Date.now();
  return {
    now: () => start + (Date.now() - start) * speed,
    random: () => 0.5,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const onAbort = () => {
          clearTimeout(timer);
          reject(signal!.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        }, milliseconds / speed);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
}
