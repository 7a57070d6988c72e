import { systemCodeOf } from '../../../client';
import { FileFailure } from '../nodes/node-failure';

/** The system's code in parentheses, ready to stand behind a sentence; empty where there is none. */
function reason(cause: unknown): string {
  const code = systemCodeOf(cause);
  return code === undefined ? '' : ` (${code})`;
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

function adviceFor(cause: unknown): string {
  switch (systemCodeOf(cause)) {
    case 'ENOSPC':
      return 'The disk is full: free some space, choose another folder, or limit the size.';
    case 'EDQUOT':
      return 'The quota of the user that runs Node-RED is used up: free some space, or choose another folder.';
    case 'EFBIG':
      return 'The disk takes no file of that size: limit the size, split the capture, or choose another folder.';
    case 'EROFS':
      return 'The disk can only be read: choose another folder.';
    default:
      return 'Choose another folder, or give the user that runs Node-RED access to it.';
  }
}
