import { rename, unlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ResultParts } from '../../../nodes/definitions/model/definition';
import { partName, withFileNames } from '../../../nodes/definitions/model/result';
import { storeSidecar } from './store-sidecar';
import { writeFailure } from './file-failure';
import type { FileTargetValues } from './file-target-fields';
import type { FileStore } from './file-store';
import { prepareFolder } from './folders';
import type { TemporaryFile } from './temporary-files';
import { withSuffix } from '../../../client/files/file-name';
import {
  collectFile,
  exists,
  existsFailure,
  MAX_NUMBER,
  moveUnlessExists,
  wantedName,
  writeThrough,
} from './store-file';

/** Files that have been proven together and are in their places. */
export interface StoredParts {
  /** Absolute, in order. */
  paths: string[];
  /** The result's JSON with the files' names as they are. */
  json: Record<string, unknown>;
}

/**
 * Streams several files into a folder. All of them stand there under hidden temporary names until
 * the last one is proven; if anything fails, none is left.
 *
 * @throws FileFailure when the machine refuses; whatever the streams and the proof throw
 */
export async function storeParts(
  parts: ResultParts,
  target: FileTargetValues,
  store: FileStore,
): Promise<StoredParts> {
  const folder = resolve(store.workingFolder, target.fileFolder ?? '');
  const name = wantedName(target, parts);
  await prepareFolder(folder, target.createFolder ?? true);
  // What is in the way of the first one is told before hours of transfer rather than after.
  const first = join(folder, partName(name, 1));
  if (target.fileExists === 'refuse' && (await exists(first))) throw existsFailure(first);
  const temporaries: TemporaryFile[] = [];
  const written: string[] = [];
  try {
    for await (const file of parts.files) {
      const temporary = await store.temporaryFiles.create(folder, name);
      temporaries.push(temporary);
      written.push(temporary.path);
      await writeThrough(temporary.path, file.stream, join(folder, partName(name, written.length)));
      await file.finished;
    }
    const proven = await parts.finish();
    const extension = parts.sidecar?.extension;
    const base = await freeName(folder, name, written.length, target, extension);
    const paths = written.map((_, index) => join(folder, partName(base, index + 1)));
    for (const [index, path] of paths.entries()) {
      const from = written[index];
      // From here on it is what has to go if a later one fails.
      if (await move(from, path, target)) written[index] = path;
      else throw existsFailure(path);
    }
    const json = withPaths(
      withFileNames(
        proven,
        paths.map((path) => basename(path)),
      ),
      paths,
    );
    const beside = parts.sidecar ? await storeSidecar(parts.sidecar, join(folder, base), json) : {};
    return { paths, json: { ...json, ...beside } };
  } catch (error) {
    await Promise.all(written.map((path) => unlink(path).catch(() => undefined)));
    throw error;
  } finally {
    await Promise.all(temporaries.map((temporary) => temporary.release()));
  }
}

/** Collects several files in memory, against one limit. */
export async function collectParts(
  parts: ResultParts,
  limitMegabytes: number,
): Promise<{ contents: Buffer[]; json: Record<string, unknown> }> {
  const contents: Buffer[] = [];
  let held = 0;
  for await (const file of parts.files) {
    const { content } = await collectFile(file, limitMegabytes, held);
    contents.push(content);
    held += content.length;
  }
  return { contents, json: await parts.finish() };
}

/** A name from which all parts, and what stands beside them, get names that are not taken. */
async function freeName(
  folder: string,
  name: string,
  count: number,
  { fileExists = 'number' }: FileTargetValues,
  sidecarExtension: string | undefined,
): Promise<string> {
  if (fileExists === 'replace') return name;
  for (let number = 1; number <= MAX_NUMBER; number++) {
    const base = number === 1 ? name : withSuffix(name, `_${number}`);
    const wanted = Array.from({ length: count }, (_, index) => partName(base, index + 1));
    if (sidecarExtension !== undefined) wanted.push(base + sidecarExtension);
    const taken = await Promise.all(wanted.map((one) => exists(join(folder, one))));
    if (!taken.includes(true)) return base;
    if (fileExists === 'refuse') throw existsFailure(join(folder, wanted[taken.indexOf(true)]));
  }
  throw existsFailure(join(folder, name));
}

async function move(from: string, to: string, { fileExists }: FileTargetValues): Promise<boolean> {
  if (fileExists !== 'replace') return moveUnlessExists(from, to);
  await rename(from, to).catch((error: unknown) => {
    throw writeFailure(to, error);
  });
  return true;
}

function withPaths(json: Record<string, unknown>, paths: string[]): Record<string, unknown> {
  const files = (json.files as Array<Record<string, unknown>>).map((file, index) => ({
    ...file,
    filename: paths[index],
  }));
  return { ...json, files };
}
