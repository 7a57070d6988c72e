import { Limiter } from '../../../client/limiter';

/** How far tasks may be ahead of the slowest one, times those that run at once. */
const LOOK_AHEAD = 8;

/**
 * Runs a task for each item, at most `size` at once, and yields what they give in the order of the
 * items. The first that fails ends it; those that still run are left to their signal.
 */
export async function* mapInOrder<T, R>(
  items: readonly T[],
  size: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const limiter = new Limiter(size);
  const begun: Array<Promise<R>> = [];
  let next = 0;
  for (;;) {
    while (begun.length < size * LOOK_AHEAD && next < items.length) {
      const item = items[next++];
      const result = limiter.run(() => task(item));
      // Awaited in its turn; until then a rejection must not count as unhandled.
      result.catch(() => undefined);
      begun.push(result);
    }
    const first = begun.shift();
    if (!first) return;
    yield await first;
  }
}
