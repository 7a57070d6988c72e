import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../../client';
import type { TriggerEvent, TriggerState } from '../../../nodes/definitions/triggers/trigger';
import { createFolder } from '../files/folders';
import { FileFailure } from '../files/file-failure';

/** What a trigger must not forget. */
export interface Stored {
  state: TriggerState;
  /** Found, but perhaps not yet sent. They are sent at the next start. */
  pending: TriggerEvent[];
}

const FORMAT = 1;
const FOLDER = 'allegro-multimeter';

/**
 * One small JSON file for each trigger node, below Node-RED's user directory: that is where flows
 * and credentials survive a restart as well, while context is kept in memory unless somebody
 * configures a store. A file is replaced as a whole, so there is never half of one.
 */
export class TriggerStore {
  private readonly path: string;

  constructor(userDir: string, nodeId: string) {
    // Nodes in subflows have IDs with a hyphen; nothing of an ID may leave the folder.
    this.path = join(userDir, FOLDER, `trigger-${encodeURIComponent(nodeId)}.json`);
  }

  /**
   * A damaged file is renamed, so that nothing of it is lost, and reported.
   *
   * @param onDamage called with one sentence for the log
   * @returns nothing before the first poll, and where the file is damaged
   * @throws FileFailure when it cannot be read
   */
  async load(onDamage: (what: string) => void): Promise<Stored | undefined> {
    const text = await readFile(this.path, 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw this.failure('read', error);
    });
    if (text === undefined) return undefined;
    const stored = parse(text);
    if (stored === undefined) await this.setAside(onDamage);
    return stored;
  }

  /** @throws FileFailure when it cannot be written; then the file is as it was */
  async save({ state, pending }: Stored): Promise<void> {
    const temporary = `${this.path}.part`;
    try {
      await createFolder(dirname(this.path));
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify({ format: FORMAT, state, pending }));
        // Otherwise a power cut could leave the new name with no content.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.failure('written', error);
    }
  }

  private async setAside(onDamage: (what: string) => void): Promise<void> {
    const damaged = `${this.path}.damaged`;
    await rename(this.path, damaged).catch((error: unknown) => {
      throw this.failure('set aside', error);
    });
    onDamage(
      `The state of the trigger was damaged and is now ${damaged}. The trigger starts over: what happened since its last poll is not reported.`,
    );
  }

  /** For a node that was deleted or disabled. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  private failure(what: string, cause: unknown): FileFailure {
    return new FileFailure(
      `The state of the trigger cannot be ${what}: ${this.path} (${systemCodeOf(cause) ?? String(cause)}).`,
      'Check the permissions and the free space of the user directory of Node-RED.',
      cause,
    );
  }
}

function parse(text: string): Stored | undefined {
  try {
    const { format, state, pending } = JSON.parse(text) as Partial<Stored & { format: number }>;
    const isWhole = format === FORMAT && typeof state === 'object' && Array.isArray(pending);
    return isWhole ? { state: state!, pending: pending! } : undefined;
  } catch {
    return undefined;
  }
}
