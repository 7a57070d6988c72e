import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Bytes that this process holds, without garbage: what it takes for buffers and on V8's heap. The
 * memory of buffers that one collection finds dead is freed by the beginning of the next one, so
 * that the figure does not depend on when V8 gets to it.
 */
export async function liveBytes(): Promise<{ buffers: number; heap: number }> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    // What was used last may be held until the end of the turn.
    await setImmediate();
    collect();
  }
  const { arrayBuffers: buffers, heapUsed: heap } = process.memoryUsage();
  return { buffers, heap };
}
