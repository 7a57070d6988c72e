import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../../client';
import { createFolder } from '../files/folders';
import { FileFailure } from '../files/file-failure';
import { say, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

const FOLDER = 'allegro-multimeter';

/** What the words of a failure are about. */
interface Subject {
  /** Begins the name of the file, e.g. `trigger`. */
  prefix: string;
  /** Begins a sentence, e.g. `The state of the trigger`. */
  what: Sentence;
  /** A sentence: what follows from a damaged file. */
  ifDamaged: Sentence;
}

/**
 * One small JSON file of a node, below Node-RED's user directory: that is where flows and credentials
 * survive a restart as well, while context is kept in memory unless a store is configured. A
 * file is replaced as a whole, so there is never half of one.
 */
export class StateFile<T extends object> {
  private readonly path: string;

  /** @param read the content, from parsed JSON; undefined where it is damaged */
  constructor(
    userDir: string,
    nodeId: string,
    private readonly subject: Subject,
    private readonly read: (json: unknown) => T | undefined,
  ) {
    // Nodes in subflows have IDs with a hyphen; nothing of an ID may leave the folder.
    this.path = join(userDir, FOLDER, `${subject.prefix}-${encodeURIComponent(nodeId)}.json`);
  }

  /**
   * A damaged file is renamed, so that nothing of it is lost, and reported.
   *
   * @param onDamage called with one text for the log
   * @returns nothing before the first save, and where the file is damaged
   * @throws FileFailure when it cannot be read
   */
  async load(onDamage: (what: Sentence) => void): Promise<T | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw this.failure(say`${this.subject.what} cannot be read`, error);
    });
    if (text === undefined) return undefined;
    const found = this.parse(text);
    if (found === undefined) await this.setAside(onDamage);
    return found;
  }

  /** @throws FileFailure when it cannot be written; then the file is as it was */
  async save(content: T): Promise<void> {
    const temporary = `${this.path}.part`;
    try {
      await createFolder(dirname(this.path));
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(content));
        // Otherwise a power cut could leave the new name with no content.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.failure(say`${this.subject.what} cannot be written`, error);
    }
  }

  /** For a node that was deleted or disabled. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  private parse(text: string): T | undefined {
    try {
      return this.read(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  private async setAside(onDamage: (what: Sentence) => void): Promise<void> {
    const damaged = `${this.path}.damaged`;
    await rename(this.path, damaged).catch((error: unknown) => {
      throw this.failure(say`${this.subject.what} cannot be set aside`, error);
    });
    const { what, ifDamaged } = this.subject;
    onDamage(say`${what} was damaged and is now ${damaged}. ${ifDamaged}`);
  }

  private failure(what: Sentence, cause: unknown): FileFailure {
    return new FileFailure(
      say`${what}: ${this.path} (${systemCodeOf(cause) ?? asText(cause)}).`,
      say`Check the permissions and the free space of the user directory of Node-RED.`,
      cause,
    );
  }
}
