/** So much young memory for each byte that passes, and in such pieces. */
const FACTOR = 3;
const PIECE_BYTES = 16_384;
const BYTES_OF_A_SLOT = 8;

/** Stored, so that the work is not optimised away. */
const latest: { garbage?: unknown[] } = {};

/**
 * Makes V8 collect young memory while a large transfer passes, which takes half a millisecond. The
 * chunks of a stream lie outside of V8's heap, where a young collection frees them, too; but their
 * own small objects fill the young memory so slowly that V8 first sees some 20 MB of chunks, takes
 * them for a lack of memory, and goes through the whole heap of n8n, 170 MB: five times a second,
 * for half of the time of a transfer. Code in n8n may not ask for a collection; it may use up young
 * memory, so that one comes every few megabytes. Measured: 2.1 times as fast as without.
 *
 * @param bytes how many have passed since the last call
 */
export function hastenCollection(bytes: number): void {
  for (let left = bytes * FACTOR; left > 0; left -= PIECE_BYTES) {
    latest.garbage = new Array(PIECE_BYTES / BYTES_OF_A_SLOT);
  }
}
