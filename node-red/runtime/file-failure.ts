import { systemCodeOf } from '../../client';
import { FileFailure } from './errors';

/** The system's code in parentheses, ready to stand behind a sentence; empty where there is none. */
export function reason(cause: unknown): string {
  const code = systemCodeOf(cause);
  return code === undefined ? '' : ` (${code})`;
}

/** A file that cannot be written, and what to do about it. */
export function writeFailure(path: string, cause: unknown): FileFailure {
  const advice =
    systemCodeOf(cause) === 'ENOSPC'
      ? 'The disk is full: free some space, or choose another folder.'
      : 'Choose another folder, or give the user that runs Node-RED access to it.';
  return new FileFailure(`The file ${path} cannot be written${reason(cause)}.`, advice, cause);
}
