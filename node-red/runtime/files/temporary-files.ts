import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../client';
import { createFolder } from './folders';

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
  private readonly notes: string | undefined;
  private cleaned: Promise<string[]> | undefined;

  /** @param userDir without one nothing is noted, as in an embedded Node-RED */
  constructor(userDir: string | undefined) {
    this.notes = userDir === undefined ? undefined : join(userDir, 'allegro-multimeter', 'writing');
  }

  /** Chooses a hidden name beside the one that the file will have. */
  async create(folder: string, name: string): Promise<TemporaryFile> {
    await this.removeLeftovers();
    const id = randomUUID();
    const path = join(folder, `.${name}.${id}.part`);
    const note = this.notes && join(this.notes, id);
    if (note) await this.writeNote(note, path);
    return {
      path,
      remove: () => unlink(path).catch(() => undefined),
      release: async () => {
        if (note) await rm(note, { force: true }).catch(() => undefined);
      },
    };
  }

  /**
   * Removes what an earlier process left behind, once.
   *
   * @returns the paths of the removed files, at the first call only
   */
  removeLeftovers(): Promise<string[]> {
    const isFirst = this.cleaned === undefined;
    this.cleaned ??= this.clean();
    return isFirst ? this.cleaned : this.cleaned.then(() => []);
  }

  private async clean(): Promise<string[]> {
    const { notes } = this;
    if (!notes) return [];
    const removed: string[] = [];
    for (const id of await readdir(notes).catch(() => [])) {
      const path = await readFile(join(notes, id), 'utf8').catch(() => '');
      // Nothing but such a name: whoever can write notes must not make us remove other files.
      const isOurs = path.endsWith(`.${id}.part`);
      const code = isOurs ? await unlink(path).then(() => undefined, systemCodeOf) : 'ENOENT';
      if (isOurs && code === undefined) removed.push(path);
      // A folder that is not mounted yet is tried again at the next start.
      const isSettled = code === undefined || code === 'ENOENT';
      if (isSettled) await rm(join(notes, id), { force: true }).catch(() => undefined);
    }
    return removed;
  }

  /** Errors are ignored: if the note cannot be written, writing the file itself fails with a better error. */
  private async writeNote(note: string, path: string): Promise<void> {
    try {
      await createFolder(this.notes!);
      await writeFile(note, path, { mode: 0o600 });
    } catch {
      await rm(note, { force: true }).catch(() => undefined);
    }
  }
}
