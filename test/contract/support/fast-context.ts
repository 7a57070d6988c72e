import type { ClientContext } from '../../../client';

/** Tests wait for limits of minutes; with this, a minute passes in two seconds. */
const SPEED = 30;

/**
 * A sleep is counted in steps: where a busy machine keeps this process from running, the appliance in
 * it stands still as well, and no limit must run out meanwhile.
 */
const STEP_MS = 20;

export interface FastContext extends ClientContext {
  /** Sleeps that nobody has ended: none may be left when work is done. */
  readonly sleeping: number;
}

/** Time that runs faster than on the wall, alike for the clock and for waiting. */
export function fastContext(speed = SPEED): FastContext {
  const start = Date.now();
  const startedAt = performance.now();
  let sleeping = 0;
  return {
    get sleeping() {
      return sleeping;
    },
    now: () => start + Math.floor((performance.now() - startedAt) * speed),
    random: () => 0.5,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const onAbort = () => {
          clearTimeout(timer);
          sleeping--;
          reject(signal!.reason as Error);
        };
        sleeping++;
        let left = milliseconds / speed;
        const step = () => {
          if (left <= 0) {
            signal?.removeEventListener('abort', onAbort);
            sleeping--;
            resolve();
            return;
          }
          const next = Math.min(left, STEP_MS);
          left -= next;
          timer = setTimeout(step, next);
        };
        let timer = setTimeout(step);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
}
