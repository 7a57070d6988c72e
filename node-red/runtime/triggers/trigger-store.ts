import type { TriggerEvent, TriggerState } from '../../../nodes/definitions/triggers/trigger';
import { StateFile } from '../state/state-file';
import { say, type Sentence } from '../../../client/values/sentence';

/** What a trigger must not forget. */
export interface Stored {
  state: TriggerState;
  /** Found, but perhaps not yet sent. They are sent at the next start. */
  pending: TriggerEvent[];
}

const FORMAT = 1;
const SUBJECT = {
  prefix: 'trigger',
  what: say`The state of the trigger`,
  ifDamaged: say`The trigger starts over: what happened since its last poll is not reported.`,
};

/** One file for each trigger node. */
export class TriggerStore {
  private readonly file: StateFile<Stored & { format: number }>;

  constructor(userDir: string, nodeId: string) {
    this.file = new StateFile(userDir, nodeId, SUBJECT, read);
  }

  /** As {@link StateFile.load}. */
  async load(onDamage: (what: Sentence) => void): Promise<Stored | undefined> {
    const { state, pending } = (await this.file.load(onDamage)) ?? {};
    return state && pending ? { state, pending } : undefined;
  }

  /** As {@link StateFile.save}. */
  save({ state, pending }: Stored): Promise<void> {
    return this.file.save({ format: FORMAT, state, pending });
  }

  /** As {@link StateFile.remove}. */
  remove(): Promise<void> {
    return this.file.remove();
  }
}

function read(json: unknown): (Stored & { format: number }) | undefined {
  const { format, state, pending } = json as Partial<Stored & { format: number }>;
  const isWhole = format === FORMAT && typeof state === 'object' && Array.isArray(pending);
  return isWhole ? { format, state, pending } : undefined;
}
