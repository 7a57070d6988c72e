import { systemCodeOf } from '../../../client';

/** A file of this machine that cannot be read or written as asked. */
export class FileFailure extends Error {
  override readonly name = 'FileFailure';
  /** The system's code, e.g. `ENOSPC`, where there is one. */
  readonly code?: string;

  constructor(what: string, advice: string, cause?: unknown) {
    super(`${what} ${advice}`, { cause });
    this.code = systemCodeOf(cause);
  }
}

/** A file that cannot be written, and what to do about it. */
export function writeFailure(path: string, cause: unknown): FileFailure {
  const what = `The file ${path} cannot be written${reason(cause)}. Nothing of it was kept.`;
  return new FileFailure(what, adviceFor(cause), cause);
}

/** A folder that cannot be used, and what to do about it. */
export function folderFailure(folder: string, why: string, cause?: unknown): FileFailure {
  return new FileFailure(`The folder ${folder} ${why}${reason(cause)}.`, adviceFor(cause), cause);
}

/** A name that is taken, where nothing may be replaced. */
export function existsFailure(path: string): FileFailure {
  return new FileFailure(`There is already a file ${path}.`, 'Choose another name or folder.');
}

/** The system's code in parentheses, as the end of a sentence; empty where there is none. */
function reason(cause: unknown): string {
  const code = systemCodeOf(cause);
  return code === undefined ? '' : ` (${code})`;
}

function adviceFor(cause: unknown): string {
  switch (systemCodeOf(cause)) {
    case 'ENOSPC':
      return 'The disk is full: free some space, choose another folder, or limit the size.';
    case 'EDQUOT':
      return 'The quota of the user that runs Node-RED is used up: free some space, or choose another folder.';
    case 'EFBIG':
      return 'The file system does not support files of that size: limit the size, split the capture, or choose another folder.';
    case 'EROFS':
      return 'The file system is read-only: choose another folder.';
    default:
      return 'Choose another folder, or give the user that runs Node-RED access to it.';
  }
}
