import { randomUUID } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../client';
import type { CrashNotes } from '../state/crash-notes';

/** A file under a hidden name, until it is proven. */
export interface TemporaryFile {
  path: string;
  /** Removes what is still there under the hidden name. Does not throw. */
  remove(): Promise<void>;
  /** Called when the file is gone or has its name: nothing is left over. Does not throw. */
  release(): Promise<void>;
}

/**
 * Hidden names of files that are being written. Each is noted in Node-RED's user directory first, so
 * that the next process finds what one that crashed has left in any folder.
 */
export class TemporaryFiles {
  private cleaned: Promise<string[]> | undefined;

  constructor(private readonly notes: CrashNotes) {}

  /** Chooses a hidden name beside the one that the file will have. */
  async create(folder: string, name: string): Promise<TemporaryFile> {
    await this.removeLeftovers();
    const id = randomUUID();
    const path = join(folder, `.${name}.${id}.part`);
    // If the note cannot be written, writing the file itself fails with a better error.
    await this.notes.write(id, path).catch(() => undefined);
    return {
      path,
      remove: () => unlink(path).catch(() => undefined),
      release: () => this.notes.remove(id),
    };
  }

  /**
   * Removes what an earlier process left behind, once.
   *
   * @param onUnreadable told of a note that does not say what to remove, and why: `EACCES`
   * @returns the paths of the removed files, at the first call only
   */
  removeLeftovers(
    onUnreadable: (path: string, code: string) => void = () => undefined,
  ): Promise<string[]> {
    const isFirst = this.cleaned === undefined;
    this.cleaned ??= this.clean(onUnreadable);
    return isFirst ? this.cleaned : this.cleaned.then(() => []);
  }

  private async clean(onUnreadable: (path: string, code: string) => void): Promise<string[]> {
    const removed: string[] = [];
    for (const { id, text: path } of await this.notes.left(onUnreadable)) {
      // Nothing but such a name: whoever can write notes must not make us remove other files.
      const isOurs = path.endsWith(`.${id}.part`);
      const code = isOurs ? await unlink(path).then(() => undefined, systemCodeOf) : 'ENOENT';
      if (isOurs && code === undefined) removed.push(path);
      // A folder that is not mounted yet is tried again at the next start.
      if (code === undefined || code === 'ENOENT') await this.notes.remove(id);
    }
    return removed;
  }
}
