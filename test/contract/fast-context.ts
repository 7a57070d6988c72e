import type { ClientContext } from '../../client';

/** Tests wait for limits of minutes; with this, a minute passes in two seconds. */
const SPEED = 30;

export interface FastContext extends ClientContext {
  /** Sleeps that nobody has ended: none may be left when work is done. */
  readonly sleeping: number;
}

/** Time that runs faster than on the wall, alike for the clock and for waiting. */
export function fastContext(speed = SPEED): FastContext {
  const start = Date.now();
  let sleeping = 0;
  return {
    get sleeping() {
      return sleeping;
    },
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
          sleeping--;
          reject(signal!.reason as Error);
        };
        sleeping++;
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', onAbort);
          sleeping--;
          resolve();
        }, milliseconds / speed);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
}
