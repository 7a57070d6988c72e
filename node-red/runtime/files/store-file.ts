import { access, link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AllegroError, systemCodeOf, type ByteStream } from '../../../client';
import type { ResultFile } from '../../../nodes/definitions/model/definition';
import { withFileName } from '../../../nodes/definitions/model/result';
import { storeSidecar } from './store-sidecar';
import { FileFailure } from '../nodes/node-failure';
import { writeFailure } from './file-failure';
import type { FileTargetValues } from './file-target-fields';
import type { FileStore } from './file-store';
import { prepareFolder } from './folders';
import { safeFileName, withSuffix } from '../../../client/files/file-name';
import { writeToFile } from './write-to-file';

/** A file that has been proven and is in its place. */
export interface StoredFile {
  /** Absolute. */
  path: string;
  /** The result's JSON with the file's name as it is. */
  json: Record<string, unknown>;
}

/**
 * Streams a file into a folder. It stands there under a hidden temporary name until its definition
 * has proven it, so nobody ever sees half a file under its name; on any failure it is removed.
 *
 * @throws FileFailure when the machine refuses; whatever the stream and the proof throw
 */
export async function storeFile(
  file: ResultFile,
  target: FileTargetValues,
  store: FileStore,
): Promise<StoredFile> {
  const folder = resolve(store.workingFolder, target.fileFolder ?? '');
  const name = wantedName(target, file);
  await prepareFolder(folder, target.createFolder ?? true);
  if (target.fileExists === 'refuse') await refuseExisting(join(folder, name));
  const temporary = await store.temporaryFiles.create(folder, name);
  try {
    await writeThrough(temporary.path, file.stream, join(folder, name));
    const proven = await file.finished;
    const beside = file.sidecar?.extension;
    const path = await publish(temporary.path, folder, name, target.fileExists ?? 'number', beside);
    const json = { ...withFileName(proven, basename(path)), filename: path };
    const sidecar = file.sidecar && (await storeSidecar(file.sidecar, path, json));
    return { path, json: { ...json, ...sidecar } };
  } catch (error) {
    await temporary.remove();
    throw error;
  } finally {
    await temporary.release();
  }
}

/**
 * Collects a file in memory.
 *
 * @param heldAlready bytes of other files that count against the same limit
 * @throws AllegroError `tooLarge` as soon as it exceeds the limit; whatever stream and proof throw
 */
export async function collectFile(
  file: ResultFile,
  limitMegabytes: number,
  heldAlready = 0,
): Promise<{ content: Buffer; json: Record<string, unknown> }> {
  const limit = limitMegabytes * 1e6;
  const chunks: Uint8Array[] = [];
  let size = heldAlready;
  for await (const chunk of file.stream) {
    size += chunk.length;
    if (size > limit) {
      throw new AllegroError({
        kind: 'tooLarge',
        what: `The file is larger than the buffer limit of ${limitMegabytes} MB.`,
        advice: 'Send the output to a file on disk, limit the size, or narrow filter and time.',
        field: 'bufferLimit',
      });
    }
    chunks.push(chunk);
  }
  const json = await file.finished;
  return { content: Buffer.concat(chunks), json };
}

/** The name that a person chose, made its own where several files are stored at once; or the file's. */
export function wantedName(
  { fileName = '' }: FileTargetValues,
  { name, nameSuffix = '' }: Pick<ResultFile, 'name' | 'nameSuffix'>,
): string {
  const chosen = safeFileName(fileName, name);
  return fileName.trim() === '' ? chosen : withSuffix(chosen, nameSuffix);
}

async function refuseExisting(path: string): Promise<void> {
  if (await exists(path)) throw existsFailure(path);
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export function existsFailure(path: string): FileFailure {
  return new FileFailure(`There is already a file ${path}.`, 'Choose another name or folder.');
}

/**
 * Writes a stream into a new file.
 *
 * @param path the hidden name
 * @param target the name that the file will have; errors name this one
 */
export async function writeThrough(
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
    // Told apart, because a broken connection has a code too, and is no fault of the disk.
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

export const MAX_NUMBER = 9999;

/** Gives the finished file its name, without a moment in which another file could get lost. */
async function publish(
  temporary: string,
  folder: string,
  name: string,
  ifExists: NonNullable<FileTargetValues['fileExists']>,
  sidecarExtension = '',
): Promise<string> {
  const wanted = join(folder, name);
  if (ifExists === 'replace') {
    await rename(temporary, wanted).catch((error: unknown) => {
      throw writeFailure(wanted, error);
    });
    return wanted;
  }
  for (let number = 1; number <= MAX_NUMBER; number++) {
    const path = number === 1 ? wanted : join(folder, withSuffix(name, `_${number}`));
    // Both files bear the same name, so it has to be free for both.
    const isFree = sidecarExtension === '' || !(await exists(path + sidecarExtension));
    if (isFree && (await moveUnlessExists(temporary, path))) return path;
    if (ifExists === 'refuse') break;
  }
  throw existsFailure(wanted);
}

/** Unlike a rename, a hard link fails when the name is taken. */
export async function moveUnlessExists(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    return reserveAndRename(from, to);
  }
  await unlink(from);
  return true;
}

/** For file systems without hard links: the name is taken first, then replaced by the file. */
async function reserveAndRename(from: string, to: string): Promise<boolean> {
  try {
    await (await open(to, 'wx')).close();
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw writeFailure(to, error);
  }
}
