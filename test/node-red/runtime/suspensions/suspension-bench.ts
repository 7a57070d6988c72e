import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrashNotes } from '../../../../node-red/runtime/state/crash-notes';
import { ResumePlans } from '../../../../node-red/runtime/suspensions/planned-resumes';
import { noteSuspensionOf } from '../../../../node-red/runtime/suspensions/leftover-suspensions';
import { english } from '../../../../node-red/locales/text';
import { languageOf } from '../../../../node-red/runtime/values/language';
import type { RuntimeNode } from '../../../../node-red/runtime/runtime-api';

export const DEVICE = 'https://allegro-mm-1a2b';
export const BUFFER = { device: DEVICE, address: { mmId: 'branch-1' }, ringBuffer: 2 };

/** An appliance whose ring buffer is suspended, and the notes that a process keeps of it. */
export class SuspensionBench {
  readonly userDir = mkdtempSync(join(tmpdir(), 'allegro-crash-'));
  /** What was sent: whether the buffer is to be suspended. */
  readonly commands: boolean[] = [];
  /** As the appliance reports it. */
  isSuspended: boolean | undefined = true;
  /** Of each command. */
  failure: Error | undefined;
  /** While it does not answer. */
  isSilent = false;
  /** How often its state was asked for. */
  questions = 0;

  readonly noteFolder = join(this.userDir, 'allegro-multimeter', 'suspended');

  client(baseUrl = DEVICE) {
    return {
      baseUrl,
      isRingBufferSuspended: (_buffer: number, { signal }: { signal: AbortSignal }) => {
        this.questions++;
        if (!this.isSilent) return Promise.resolve(this.isSuspended);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('Aborted.')));
        });
      },
      setRingBufferSuspended: (_buffer: number, suspended: boolean) => {
        if (this.failure) return Promise.reject(this.failure);
        this.commands.push(suspended);
        return Promise.resolve({});
      },
    };
  }

  remove(): void {
    rmSync(this.userDir, { recursive: true });
  }

  /** What a process that is gone has written. */
  async crash(nodeId = 'node'): Promise<void> {
    const node = { id: nodeId, warn: () => undefined } as unknown as RuntimeNode;
    const suspensions = new CrashNotes(this.noteFolder);
    const store = { suspensions, resumePlans: new ResumePlans(suspensions) };
    const language = languageOf({ _: english });
    await noteSuspensionOf(store, node, language)({ ...BUFFER, suspendedAt: 'then' });
  }
}
