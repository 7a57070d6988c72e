/** Bytes of young memory used up for each byte that passes, in arrays of this size. */
const FACTOR = 3;
const ARRAY_BYTES = 16_384;
const SLOT_BYTES = 8;

/** Stored, so that the allocation is not optimised away. */
const latest: { array?: unknown[] } = {};

/**
 * Makes V8 run its quick collection of young objects every few megabytes of a transfer, by
 * allocating short-lived arrays. Measured in n8n 2.x, a capture of 1 GB into binary data on disk:
 * 319 MB/s with it, 122 MB/s without.
 *
 * Why: the chunks of a stream lie outside of V8's heap, and a collection of young objects (half a
 * millisecond) frees them. But a transfer allocates so few objects in the heap that this collection
 * hardly ever runs. V8 then counts some 20 MB of chunks as memory pressure and collects the whole
 * heap of n8n (170 MB) five times a second, which takes half of the time. A community node may not
 * call `gc`, nor set V8 flags.
 *
 * To measure without it, replace this function: it is the only export of its file, so a benchmark
 * can overwrite `dist/n8n/transport/young-memory.js` of an installed package with
 * `exports.useUpYoungMemory = () => undefined;`.
 *
 * @param bytes passed since the last call
 */
export function useUpYoungMemory(bytes: number): void {
  for (let left = bytes * FACTOR; left > 0; left -= ARRAY_BYTES) {
    latest.array = new Array(ARRAY_BYTES / SLOT_BYTES);
  }
}
