import { sleep } from 'n8n-workflow';
import type { ClientContext } from '../../client';

/** Time and randomness for the client, as n8n offers them to nodes. */
export const clientContext: ClientContext = {
  now: () => Date.now(),
  random: () => Math.random(),
  async sleep(milliseconds, signal) {
    if (!signal) return sleep(milliseconds);
    signal.throwIfAborted();
    let stop: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      // Older versions of n8n take no signal here; then the sleep goes on, and nobody waits for it.
      await Promise.race([sleep(milliseconds, signal), aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  },
};
