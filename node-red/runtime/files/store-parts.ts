import { unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ResultParts } from '../../../nodes/definitions/model/run-result';
import { partName, withFileNames } from '../../../nodes/definitions/model/result';
import { existsFailure } from './file-failure';
import type { FileStore } from './file-store';
import type { FileTargetValues } from './file-target-fields';
import { moveFile } from './move-file';
import { storeSidecar, strayRecord } from './store-file';
import {
  exists,
  prepareTarget,
  refuseExisting,
  withFreeName,
  type TargetFolder,
} from './target-folder';
import type { TemporaryFile } from './temporary-files';
import { writeNewFile } from './write-new-file';
import { say, type Sentence } from '../../../client/values/sentence';

/** More are not looked for: the folder may be a slow share. */
const MAX_SURPLUS = 9999;

/** Files that are proven together and have their final names. */
export interface StoredParts {
  /** Absolute, in order. */
  paths: string[];
  /** The result's JSON with the files' actual names. */
  json: Record<string, unknown>;
  /** Says what of earlier captures is still there and would be taken for a part of this one. */
  leftovers: Sentence[];
}

/**
 * Streams several files into a folder. All of them have hidden temporary names until the last one is
 * proven; if anything fails, none is left.
 *
 * @throws FileFailure when the machine refuses; whatever the streams and the proof throw
 */
export async function storeParts(
  parts: ResultParts,
  target: FileTargetValues,
  store: FileStore,
): Promise<StoredParts> {
  const wanted = await prepareTarget(target, parts, store.workingFolder);
  await refuseExisting(join(wanted.folder, partName(wanted.name, 1)), target);
  const temporaries: TemporaryFile[] = [];
  const written: string[] = [];
  try {
    for await (const file of parts.files) {
      const temporary = await store.temporaryFiles.create(wanted.folder, wanted.name);
      temporaries.push(temporary);
      written.push(temporary.path);
      const path = join(wanted.folder, partName(wanted.name, written.length));
      await writeNewFile(temporary.path, file.stream, path);
      await file.finished;
    }
    const proven = await parts.finish();
    const base = await freeBaseName(wanted, target, store, written.length, parts);
    const paths = written.map((_, index) => join(wanted.folder, partName(base, index + 1)));
    for (const [index, path] of paths.entries()) {
      if (!(await moveFile(written[index]!, path, target))) throw existsFailure(path);
      // From now on, this is the file to remove if a later one fails.
      written[index] = path;
    }
    const json = withPaths(proven, paths);
    const whole = join(wanted.folder, base);
    const sidecar = parts.sidecar && (await storeSidecar(parts.sidecar, whole, json, store));
    const names = await partsBehind(wanted.folder, base, paths.length, target);
    const leftovers = parts.sidecar ? [] : await strayRecord(whole);
    if (names.length > 0) leftovers.push(surplusWarning(names));
    return { paths, json: { ...json, ...sidecar }, leftovers };
  } catch (error) {
    await Promise.all(written.map((path) => unlink(path).catch(() => undefined)));
    throw error;
  } finally {
    await Promise.all(temporaries.map((temporary) => temporary.release()));
  }
}

/** Only where files were replaced: whoever reads `name-*` would take them for the same capture. */
async function partsBehind(
  folder: string,
  base: string,
  count: number,
  { fileExists }: FileTargetValues,
): Promise<string[]> {
  const names: string[] = [];
  while (fileExists === 'replace' && names.length < MAX_SURPLUS) {
    const name = partName(base, count + names.length + 1);
    if (!(await exists(join(folder, name)))) break;
    names.push(name);
  }
  return names;
}

/** They are left: nothing is removed that this run has not written. */
function surplusWarning(names: readonly string[]): Sentence {
  const [first, last] = [names[0]!, names.at(-1)!];
  return names.length === 1
    ? say`${first} belongs to an earlier, longer capture and is still in the folder: move or remove it before you merge the files.`
    : say`${names.length} [file|files], ${first} to ${last}, belong to an earlier, longer capture and are still in the folder: move or remove them before you merge the files.`;
}

/** A name that gives all parts, and the sidecar, names that are not taken. */
function freeBaseName(
  wanted: TargetFolder,
  target: FileTargetValues,
  { stored }: FileStore,
  count: number,
  { sidecar }: ResultParts,
): Promise<string> {
  return withFreeName(wanted, target, async (base) => {
    const names = Array.from({ length: count }, (_, index) => partName(base, index + 1));
    if (sidecar) names.push(base + sidecar.extension);
    const paths = names.map((name) => join(wanted.folder, name));
    if (paths.some((path) => stored.has(path))) return undefined;
    if (target.fileExists !== 'replace') {
      const taken = await Promise.all(paths.map(exists));
      if (taken.includes(true)) return undefined;
    }
    paths.forEach((path) => stored.add(path));
    return base;
  });
}

function withPaths(proven: Record<string, unknown>, paths: string[]): Record<string, unknown> {
  const names = paths.map((path) => basename(path));
  const json = withFileNames(proven, names);
  const files = (json.files as Array<Record<string, unknown>>).map((file, index) => ({
    ...file,
    path: paths[index],
  }));
  return { ...json, files };
}
