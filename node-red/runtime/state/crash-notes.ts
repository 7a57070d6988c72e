import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

  /** Notes of earlier processes. One that cannot be read now is left for the next. Does not throw. */
  async left(): Promise<LeftNote[]> {
    const { folder } = this;
    if (folder === undefined) return [];
    const ids = (await readdir(folder).catch(() => [])).filter((id) => !this.held.has(id));
    const read = (id: string) =>
      readFile(join(folder, id), 'utf8').then(
        (text) => [{ id, text }],
        () => [],
      );
    return (await Promise.all(ids.map(read))).flat();
  }
}
