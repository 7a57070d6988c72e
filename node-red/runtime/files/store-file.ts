import { rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EVIDENCE_SIDECAR } from '../../../nodes/definitions/capture/evidence';
import type { ResultFile, Sidecar } from '../../../nodes/definitions/model/run-result';
import { withFileName } from '../../../nodes/definitions/model/result';
import { writeFailure } from './file-failure';
import type { FileStore } from './file-store';
import type { FileTargetValues } from './file-target-fields';
import { moveFile } from './move-file';
import { exists, prepareTarget, refuseExisting, withFreeName } from './target-folder';
import { writeNewFile } from './write-new-file';
import { say, type Sentence } from '../../../client/values/sentence';

/** A file that is proven and has its final name. */
export interface StoredFile {
  /** Absolute. */
  path: string;
  /** The result's JSON with the file's actual name. */
  json: Record<string, unknown>;
  /** Says what of earlier captures is still there and would be taken for a part of this one. */
  leftovers: Sentence[];
}

/**
 * Streams a file into a folder. It has a hidden temporary name until its definition has proven it,
 * so nobody ever sees an incomplete file under its name; on any failure it is removed.
 *
 * @throws FileFailure when the machine refuses; whatever the stream and the proof throw
 */
export async function storeFile(
  file: ResultFile,
  target: FileTargetValues,
  store: FileStore,
): Promise<StoredFile> {
  const wanted = await prepareTarget(target, file, store.workingFolder);
  await refuseExisting(join(wanted.folder, wanted.name), target);
  const temporary = await store.temporaryFiles.create(wanted.folder, wanted.name);
  try {
    await writeNewFile(temporary.path, file.stream, join(wanted.folder, wanted.name));
    const proven = await file.finished;
    const path = await withFreeName(wanted, target, async (name) => {
      const candidate = join(wanted.folder, name);
      if (store.stored.has(candidate)) return undefined;
      // A sidecar has the same name, so it has to be free for both.
      const taken = file.sidecar && (await exists(candidate + file.sidecar.extension));
      if (taken && target.fileExists !== 'replace') return undefined;
      store.stored.add(candidate);
      return (await moveFile(temporary.path, candidate, target)) ? candidate : undefined;
    });
    const json = { ...withFileName(proven, basename(path)), path };
    const sidecar = file.sidecar && (await storeSidecar(file.sidecar, path, json, store));
    const leftovers = file.sidecar ? [] : await strayRecord(path);
    return { path, json: { ...json, ...sidecar }, leftovers };
  } catch (error) {
    await temporary.remove();
    throw error;
  } finally {
    await temporary.release();
  }
}

/** The record of an earlier file of that name: nothing is removed that this run has not written. */
export async function strayRecord(path: string): Promise<Sentence[]> {
  const record = path + EVIDENCE_SIDECAR.extension;
  if (!(await exists(record))) return [];
  return [
    say`${basename(record)} is still in the folder. It is the evidence record of an earlier capture, not of this one: move or remove it.`,
  ];
}

/**
 * Writes the text that belongs to a file that is in its place, as a whole or not at all. If that
 * fails, the file goes too: one without the other is not what was asked for.
 *
 * @returns what is added to the result, e.g. `{ evidencePath: '/data/name.pcap.evidence.json' }`
 * @throws FileFailure
 */
export async function storeSidecar(
  { label, extension, content }: Sidecar,
  path: string,
  json: Record<string, unknown>,
  { temporaryFiles }: FileStore,
): Promise<Record<string, string>> {
  const wanted = path + extension;
  const temporary = await temporaryFiles.create(dirname(path), basename(wanted));
  try {
    await writeFile(temporary.path, content(json), { flag: 'wx', mode: 0o640, flush: true });
    await rename(temporary.path, wanted);
  } catch (error) {
    await temporary.remove();
    await unlink(path).catch(() => undefined);
    throw writeFailure(wanted, error);
  } finally {
    await temporary.release();
  }
  return { [`${label}Path`]: wanted };
}
