import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { safeFileName, withSuffix } from '../../../client/files/file-name';
import type { ResultFile } from '../../../nodes/definitions/model/run-result';
import { existsFailure } from './file-failure';
import type { FileTargetValues } from './file-target-fields';
import { prepareFolder } from './folders';

/** Where a file, or the first of several, is to be stored. */
export interface TargetFolder {
  /** Absolute. */
  folder: string;
  /** Within the folder, before a number is added. */
  name: string;
}

/**
 * Makes sure that the folder of a target is there.
 *
 * @param workingFolder where relative folders begin
 * @throws FileFailure
 */
export async function prepareTarget(
  target: FileTargetValues,
  file: Pick<ResultFile, 'name' | 'nameSuffix'>,
  workingFolder: string,
): Promise<TargetFolder> {
  const folder = resolve(workingFolder, target.fileFolder);
  await prepareFolder(folder, target.createFolder);
  return { folder, name: wantedName(target, file) };
}

/** The chosen name, made unique where several files are stored at once; else the file's own name. */
function wantedName(
  { fileName }: FileTargetValues,
  { name, nameSuffix = '' }: Pick<ResultFile, 'name' | 'nameSuffix'>,
): string {
  const chosen = safeFileName(fileName, name);
  return fileName.trim() === '' ? chosen : withSuffix(chosen, nameSuffix);
}

const MAX_NUMBER = 9999;

/**
 * Tries one name after the other: the wanted one, then numbered ones, unless `fileExists` refuses them.
 *
 * @param attempt returns nothing when the name is taken
 * @throws FileFailure when no name is free; whatever `attempt` throws
 */
export async function withFreeName<T>(
  { folder, name }: TargetFolder,
  { fileExists }: FileTargetValues,
  attempt: (name: string) => Promise<T | undefined>,
): Promise<T> {
  const count = fileExists === 'refuse' ? 1 : MAX_NUMBER;
  for (let number = 1; number <= count; number++) {
    const found = await attempt(number === 1 ? name : withSuffix(name, `_${number}`));
    if (found !== undefined) return found;
  }
  throw existsFailure(join(folder, name));
}

/** Before hours of transfer rather than after: fails if a file that may not be replaced exists. */
export async function refuseExisting(
  path: string,
  { fileExists }: FileTargetValues,
): Promise<void> {
  if (fileExists === 'refuse' && (await exists(path))) throw existsFailure(path);
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
