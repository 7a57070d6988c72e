import { FailFast } from '../../../client/http/fail-fast';
import { Limiter } from '../../../client/http/limits/limiter';

/** How far tasks may be ahead of the slowest one, times those that run at once. */
const LOOK_AHEAD = 8;

/**
 * Runs a task for each item, at most `size` at once, and yields what they give in the order of the
 * items. The first that fails ends it, and so does whoever wants no more: then nothing else is begun,
 * and the signals of those that still run are aborted.
 *
 * @param outer ends all tasks
 * @param task gets a signal of its own
 */
export async function* mapInOrder<T, R>(
  items: readonly T[],
  size: number,
  outer: AbortSignal,
  task: (item: T, signal: AbortSignal) => Promise<R>,
): AsyncGenerator<R> {
  const limiter = new Limiter(size);
  const tasks = new FailFast(outer);
  const begun: Array<Promise<R>> = [];
  let next = 0;
  try {
    for (;;) {
      while (begun.length < size * LOOK_AHEAD && next < items.length) {
        const item = items[next++];
        const result = limiter.run(() => tasks.run((signal) => task(item, signal)));
        // Awaited in its turn; until then a rejection must not count as unhandled.
        result.catch(() => undefined);
        begun.push(result);
      }
      const first = begun.shift();
      if (!first) return;
      yield await first;
    }
  } finally {
    tasks.end();
  }
}
