import { link, open, rename, unlink } from 'node:fs/promises';
import { systemCodeOf } from '../../../client';
import { writeFailure } from './file-failure';
import type { FileTargetValues } from './file-target-fields';

/**
 * Gives a file its final name, within the same file system. Where nothing may be replaced, another
 * file of that name is never lost, even if it appears at the same moment.
 *
 * @returns false when the name is taken and may not be replaced
 * @throws FileFailure
 */
export async function moveFile(
  from: string,
  to: string,
  { fileExists }: FileTargetValues,
): Promise<boolean> {
  try {
    if (fileExists === 'replace') await rename(from, to);
    else await moveUnlessExists(from, to);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw writeFailure(to, error);
  }
}

/** Unlike a rename, a hard link fails when the name is taken. */
async function moveUnlessExists(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw error;
    // A file system without hard links: reserve the name, then replace the empty file.
    await (await open(to, 'wx')).close();
    await rename(from, to);
    return;
  }
  await unlink(from);
}
