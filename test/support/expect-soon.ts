import { setTimeout as pause } from 'node:timers/promises';

/** For what a program shows or saves a moment after it was asked to. */
const LIMIT_MS = 600_000;

/** Reads something until it passes a check; fails with what the check says of the last reading. */
export async function expectSoon<T>(
  read: () => Promise<T>,
  check: (found: T) => void,
): Promise<void> {
  for (const end = performance.now() + LIMIT_MS; ; await pause(250)) {
    const found = await read();
    try {
      check(found);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
