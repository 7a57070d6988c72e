import { systemCodeOf } from '../../../client';
import { say, sentences, type Sentence } from '../../../client/values/sentence';

/** A file of this machine that cannot be read or written as asked. */
export class FileFailure extends Error {
  override readonly name = 'FileFailure';
  /** The system's code, e.g. `ENOSPC`, where there is one. */
  readonly code?: string;
  /** As those of an AllegroError. */
  readonly sentences: { readonly message: Sentence };

  constructor(what: Sentence, advice: Sentence, cause?: unknown) {
    const message = sentences(what, advice);
    super(String(message), { cause });
    this.sentences = { message };
    this.code = systemCodeOf(cause);
  }
}

/** A file that cannot be written, and what to do about it. */
export function writeFailure(path: string, cause: unknown): FileFailure {
  const code = systemCodeOf(cause);
  const what =
    code === undefined
      ? say`The file ${path} cannot be written. Nothing of it was kept.`
      : say`The file ${path} cannot be written (${code}). Nothing of it was kept.`;
  return new FileFailure(what, adviceFor(cause), cause);
}

/**
 * A folder that cannot be used, and what to do about it.
 *
 * @param what without the stop at its end
 */
export function folderFailure(what: Sentence, cause?: unknown): FileFailure {
  const code = systemCodeOf(cause);
  const text = code === undefined ? say`${what}.` : say`${what} (${code}).`;
  return new FileFailure(text, adviceFor(cause), cause);
}

/** A name that is taken, where nothing may be replaced. */
export function existsFailure(path: string): FileFailure {
  return new FileFailure(
    say`There is already a file ${path}.`,
    say`Choose another name or folder.`,
  );
}

function adviceFor(cause: unknown): Sentence {
  switch (systemCodeOf(cause)) {
    case 'ENOSPC':
      return say`The disk is full: free some space, choose another folder, or limit the size.`;
    case 'EDQUOT':
      return say`The quota of the user that runs Node-RED is used up: free some space, or choose another folder.`;
    case 'EFBIG':
      return say`The file system does not support files of that size: limit the size, split the capture, or choose another folder.`;
    case 'EROFS':
      return say`The file system is read-only: choose another folder.`;
    default:
      return say`Choose another folder, or give the user that runs Node-RED access to it.`;
  }
}
