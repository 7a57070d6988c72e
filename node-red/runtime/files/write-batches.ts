import type { FileHandle } from 'node:fs/promises';
import type { ByteStream } from '../../../client';

/**
 * Large against what a call into the system costs. Not larger, because Linux then looks for large
 * pieces of memory for its file cache, and on a virtual machine that gave memory back to its host a
 * write of 512 KiB takes nine times as long for each byte.
 */
const BATCH_BYTES = 128 * 1024;
const BATCHES = 8;

interface Batch {
  buffer: Buffer;
  /** Until then the buffer is in use. */
  written: Promise<void>;
}

/**
 * Writes a stream to a file that was opened anew. The pieces that a socket gives are small: a call
 * for each, waited for, would take longer than all the rest. So they are gathered in buffers that
 * are written while others fill, several at once: a busy event loop notices late that one is done.
 * Copied rather than kept, the pieces can go at once; kept until they are written, they would
 * outlive the quick collections of V8.
 *
 * @throws whatever the stream or the file system throws
 */
export async function writeBatches(handle: FileHandle, stream: ByteStream): Promise<void> {
  const batches = Array.from({ length: BATCHES }, newBatch);
  let position = 0;
  let turn = 0;
  let filled = 0;
  let batch = batches[0]!;
  const flush = async () => {
    batch.written = writeAll(handle, batch.buffer.subarray(0, filled), position);
    // Told when it is awaited; until then it must not count as unhandled.
    batch.written.catch(() => undefined);
    position += filled;
    filled = 0;
    turn = (turn + 1) % BATCHES;
    batch = batches[turn]!;
    await batch.written;
  };
  try {
    for await (const piece of stream) {
      for (let taken = 0; taken < piece.length;) {
        const part = piece.subarray(taken, taken + BATCH_BYTES - filled);
        batch.buffer.set(part, filled);
        filled += part.length;
        taken += part.length;
        if (filled === BATCH_BYTES) await flush();
      }
    }
    if (filled > 0) await flush();
  } finally {
    // The file may only be closed when nothing is written to it any more.
    await Promise.allSettled(batches.map(({ written }) => written));
  }
  await Promise.all(batches.map(({ written }) => written));
}

function newBatch(): Batch {
  return { buffer: Buffer.allocUnsafeSlow(BATCH_BYTES), written: Promise.resolve() };
}

/** A full disk or a signal may let a write end early; what is left is written, or fails. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
