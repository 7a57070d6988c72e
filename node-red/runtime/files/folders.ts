import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf } from '../../../client';
import { folderFailure } from './file-failure';
import { say } from '../../../client/values/sentence';

/**
 * Creates a folder and what is missing above it, step by step. Node.js's own `recursive` tries for
 * ever where a file system takes no folders, as below `/proc`.
 *
 * @throws the file system's error
 */
export async function createFolder(folder: string): Promise<void> {
  const create = () =>
    mkdir(folder).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    });
  try {
    await create();
  } catch (error) {
    const parent = dirname(folder);
    if (systemCodeOf(error) !== 'ENOENT' || parent === folder) throw error;
    await createFolder(parent);
    await create();
  }
}

/**
 * Makes sure that files can go into a folder.
 *
 * @throws FileFailure
 */
export async function prepareFolder(folder: string, mayCreate: boolean): Promise<void> {
  if (mayCreate) {
    await createFolder(folder).catch((error: unknown) => {
      throw folderFailure(say`The folder ${folder} cannot be created`, error);
    });
  }
  const found = await stat(folder).catch((error: unknown) => {
    throw folderFailure(say`The folder ${folder} does not exist or cannot be read`, error);
  });
  if (!found.isDirectory()) throw folderFailure(say`The folder ${folder} is a file`);
}
