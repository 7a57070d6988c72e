import { randomUUID } from 'node:crypto';
import type { AllegroClient } from '../../../client';
import type { ApplianceNode } from '../../../nodes/definitions/model/define-node';
import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import { isCertainlyUndone } from '../../../nodes/definitions/ring-buffer/suspension';
import { systemContext } from '../config-node/system-context';
import type { FileStore } from '../files/file-store';
import type { RuntimeNode } from '../runtime-api';
import type { Resumer, ResumePlans, ResumeTask } from './planned-resumes';
import { outcomeStatus, type StatusWords } from './status-text';
import { nameOfBuffer, type SuspensionNote } from './suspension-note';

/** Milliseconds between tries; the last one repeats, for an appliance that starts slowly. */
const WAITS = [2000, 10_000, 60_000];
/** About a day of tries. */
const MAX_TRIES = 1500;
const TRIED_FOR_A_DAY =
  'It was tried for about a day. It is tried again when the flows are deployed or Node-RED starts.';

/** Words of the catalogue. */
export const SUSPENSION_STATUS_TEXTS = ['buffer resumed', 'buffer suspended'];

/** Notes for the next start of the node what a run suspends. */
export function noteSuspensionOf(
  { suspensions, resumePlans }: Pick<FileStore, 'suspensions' | 'resumePlans'>,
  node: RuntimeNode,
): NonNullable<LocalContext['noteSuspension']> {
  return async (buffer) => {
    const id = randomUUID();
    const note: SuspensionNote = { ...buffer, nodeId: node.id };
    await suspensions.write(id, JSON.stringify(note)).catch((error: unknown) => {
      node.warn(
        `The suspended ring buffer cannot be saved for recovery (${String(error)}): after a crash of Node-RED it would stay suspended.`,
      );
    });
    await resumePlans.supersede(buffer);
    return () => suspensions.remove(id);
  };
}

/**
 * Lets a node resume ring buffers: those that an earlier process has left suspended, and those whose
 * planned time has come. Nothing here rejects.
 */
export class LeftoverSuspensions implements Resumer {
  readonly nodeId: string;
  private readonly abort = new AbortController();
  /** When each was tried once: a run that began before would take them for somebody else's. */
  readonly tried: Promise<void>;

  constructor(
    private readonly plans: ResumePlans,
    private readonly node: RuntimeNode,
    private readonly resumeLeftover: NonNullable<ApplianceNode['resumeLeftover']>,
    private readonly getClient: () => AllegroClient,
    private readonly words: StatusWords,
  ) {
    this.nodeId = node.id;
    this.tried = plans.add(this);
  }

  /** @param isRemoved whether the node was deleted or disabled */
  close(isRemoved: boolean): void {
    const left = this.plans.remove(this);
    this.abort.abort();
    if (!isRemoved) return;
    for (const note of left) {
      const when = note.resumeAt === undefined ? '' : ` at ${note.resumeAt}`;
      this.node.warn(
        `The node was removed, but was to resume ${nameOfBuffer(note)}${when}. Only another node Suspend Buffer or Freeze Evidence for this appliance does it now; without one, resume the buffer yourself.`,
      );
    }
  }

  reaches(note: SuspensionNote): boolean {
    try {
      return this.getClient().baseUrl === note.device;
    } catch {
      return false;
    }
  }

  planned(note: SuspensionNote | undefined): void {
    this.node.status(note ? outcomeStatus(this.words, { resumeAt: note.resumeAt }, undefined) : {});
  }

  cannotReach(note: SuspensionNote): void {
    this.failed(note, 'The node cannot reach the appliance now.');
  }

  async resume(task: ResumeTask): Promise<void> {
    const signal = AbortSignal.any([this.abort.signal, task.replaced]);
    for (let attempt = 0; attempt < MAX_TRIES && !signal.aborted; attempt++) {
      const wait = attempt === 0 ? 0 : WAITS[Math.min(attempt, WAITS.length) - 1]!;
      if (wait > 0) await systemContext.sleep(wait, signal).catch(() => undefined);
      const isOver = signal.aborted || (await this.tryOnce(task, attempt, signal));
      task.tried();
      if (isOver) break;
      if (attempt === MAX_TRIES - 1) this.failed(task.note, TRIED_FOR_A_DAY);
    }
    // Of a plan that another one has replaced nothing is to be seen.
    if (task.replaced.aborted && !this.abort.signal.aborted) this.planned(undefined);
  }

  /** @returns whether nothing is left to try */
  private async tryOnce(task: ResumeTask, attempt: number, signal: AbortSignal): Promise<boolean> {
    const { note } = task;
    try {
      this.node.status({ fill: 'yellow', shape: 'ring', text: 'resuming' });
      const context = { client: this.getClient(), signal };
      const isResumed = await this.resumeLeftover(context, note);
      await task.done();
      this.resumed(note, isResumed);
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      const isLast = isCertainlyUndone(error) && !error.canRetry;
      if (attempt === 0 || isLast) this.failed(note, reasonOf(error));
      else this.node.status(SUSPENDED);
      return isLast;
    }
  }

  private resumed(note: SuspensionNote, isResumed: boolean): void {
    const what = isResumed ? 'Resumed' : 'Someone else resumed';
    const text = `${what} ${nameOfBuffer(note)}, which ${reasonFor(note)}.`;
    if (note.resumeAt === undefined) this.node.warn(text);
    else this.node.log(text);
    this.node.status({ fill: 'green', shape: 'ring', text: 'buffer resumed' });
  }

  private failed(note: SuspensionNote, reason: string): void {
    this.node.error(
      `${nameOfBuffer(note)} may still be suspended: it ${reasonFor(note)}, and resuming it failed. ${reason} Until it is resumed, no packets are recorded. Resume it with the node Suspend Buffer (action Resume), or in the web interface of the appliance.`,
    );
    this.node.status(SUSPENDED);
  }
}

function reasonFor({ resumeAt }: SuspensionNote): string {
  return resumeAt === undefined
    ? 'was suspended by a run that a crash of Node-RED ended'
    : `was to be resumed at ${resumeAt}`;
}

const SUSPENDED = { fill: 'red', shape: 'ring', text: 'buffer suspended' } as const;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
