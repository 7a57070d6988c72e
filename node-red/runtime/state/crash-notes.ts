import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../client';
import { asText } from '../../../client/values/text';
import { createFolder } from '../files/folders';

/** A note that an earlier process has left. */
export interface LeftNote {
  id: string;
  text: string;
}

/**
 * Notes of what a process must not leave behind, one small file each, so that the next process finds
 * what one that crashed has left.
 */
export class CrashNotes {
  /** Written by this process. */
  private readonly held = new Set<string>();

  /** @param folder without one nothing is noted, as in an embedded Node-RED */
  constructor(private readonly folder: string | undefined) {}

  /**
   * @param id a name for the file, never used before
   * @throws the file system's error; then there is no note
   */
  async write(id: string, text: string): Promise<void> {
    const { folder } = this;
    if (folder === undefined) return;
    this.held.add(id);
    try {
      await createFolder(folder);
      await writeFile(join(folder, id), text, { mode: 0o600, flush: true });
    } catch (error) {
      await this.remove(id);
      throw error;
    }
  }

  /** What the note says is done. Does not throw. */
  async remove(id: string): Promise<void> {
    if (this.folder === undefined) return;
    await rm(join(this.folder, id), { force: true }).catch(() => undefined);
    this.held.delete(id);
  }

  /**
   * Notes of earlier processes. One that cannot be read now is left for the next. Does not throw.
   *
   * @param onUnreadable told of a note, or of the whole folder, and why: `EACCES`
   */
  async left(onUnreadable: (path: string, code: string) => void): Promise<LeftNote[]> {
    const { folder } = this;
    if (folder === undefined) return [];
    const failed = (path: string) => (error: unknown) => {
      const code = systemCodeOf(error) ?? asText(error);
      if (code !== 'ENOENT') onUnreadable(path, code);
      return [];
    };
    const all = await readdir(folder).catch(failed(folder));
    const read = (id: string) =>
      readFile(join(folder, id), 'utf8').then((text) => [{ id, text }], failed(join(folder, id)));
    const ids = all.filter((id) => !this.held.has(id));
    return (await Promise.all(ids.map(read))).flat();
  }
}
