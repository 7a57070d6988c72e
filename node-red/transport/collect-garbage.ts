import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Small against what a transfer may need, large against what a collection costs. */
const EVERY_BYTES = 8_000_000;

type Collect = (options: { type: 'minor' }) => void;

let collect: Collect | undefined;
let passed = 0;

/**
 * Keeps the memory small that fast transfers leave behind. The chunks of a stream lie outside of
 * V8's heap, where it takes notice of them late: a transfer of hundreds of megabytes a second then
 * holds some 70 MB of chunks that nobody needs any more, and full collections get in its way. A
 * small collection every few megabytes takes about a millisecond and keeps it below 40 MB.
 *
 * @param bytes how many have passed since the last call, of all transfers together
 */
export function collectAsBytesPass(bytes: number): void {
  passed += bytes;
  if (passed < EVERY_BYTES) return;
  passed = 0;
  collect ??= findCollect();
  collect({ type: 'minor' });
}

/** The flag is on for this moment only, so that no other context gets the function. */
function findCollect(): Collect {
  if (typeof globalThis.gc === 'function') return globalThis.gc as Collect;
  try {
    setFlagsFromString('--expose-gc');
    return runInNewContext('gc') as Collect;
  } catch {
    // It works without, with more memory.
    return () => undefined;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
