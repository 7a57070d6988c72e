import { open, type FileHandle } from 'node:fs/promises';
import type { ByteStream } from '../../../client';
import { writeFailure } from './file-failure';
import { writeToFile } from './write-to-file';

/**
 * Writes a stream to a file that must not exist yet, through to the disk.
 *
 * @param path the hidden name
 * @param target the name that the file will have; errors name this one
 * @throws FileFailure when the machine refuses; whatever the stream throws
 */
export async function writeNewFile(
  path: string,
  stream: ByteStream,
  target: string,
): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'wx', 0o640);
  } catch (error) {
    throw writeFailure(target, error);
  }
  try {
    let streamError: unknown;
    // Told apart, because a broken connection has a system code too.
    const watched = watchErrors(stream, (error) => (streamError = error));
    try {
      await writeToFile(handle, watched);
      await handle.sync();
    } catch (error) {
      throw streamError ?? writeFailure(target, error);
    }
  } finally {
    await handle.close();
  }
}

async function* watchErrors(
  stream: ByteStream,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    onError(error);
    throw error;
  }
}
