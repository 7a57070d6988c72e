import type { FileHandle } from 'node:fs/promises';
import type { ByteStream } from '../../client';

/** Large against what a call into the system costs, small against the memory of a process. */
const BATCH_BYTES = 512 * 1024;

/**
 * Writes a stream to the end of a file. The pieces that a socket gives are small: a call for each,
 * waited for, would take longer than all the rest. So they are gathered in a buffer that is written
 * while another one fills. Copied rather than kept, the pieces can go at once; kept until they are
 * written, they would outlive the quick collections of V8.
 *
 * @throws whatever the stream or the file system throws
 */
export async function writeBatches(handle: FileHandle, stream: ByteStream): Promise<void> {
  let filling = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let other = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let filled = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    await writing;
    // Unlike a single write, it goes on until all of it is written.
    writing = handle.writeFile(filling.subarray(0, filled));
    // Told when it is awaited; until then it must not count as unhandled.
    writing.catch(() => undefined);
    [filling, other] = [other, filling];
    filled = 0;
  };
  try {
    for await (const piece of stream) {
      for (let taken = 0; taken < piece.length;) {
        const part = piece.subarray(taken, taken + BATCH_BYTES - filled);
        filling.set(part, filled);
        filled += part.length;
        taken += part.length;
        if (filled === BATCH_BYTES) await flush();
      }
    }
    if (filled > 0) await flush();
  } finally {
    // The file may only be closed when nothing is written to it any more.
    await writing.catch(() => undefined);
  }
  await writing;
}
