import { randomUUID } from 'node:crypto';
import { reasonOf, type AllegroClient } from '../../../client';
import type { ApplianceNode } from '../../../nodes/definitions/model/define-node';
import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import { isCertainlyUndone } from '../../../nodes/definitions/ring-buffer/suspension';
import { systemContext } from '../config-node/system-context';
import type { FileStore } from '../files/file-store';
import type { RuntimeNode } from '../runtime-api';
import type { Resumer, ResumePlans, ResumeTask } from './planned-resumes';
import type { RuntimeLanguage } from '../values/language';
import { outcomeStatus, RESUMED, SUSPENDED, type StatusWords } from '../nodes/status-text';
import { nameOfBuffer, type SuspensionNote } from './suspension-note';
import { say, sentences, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** Milliseconds between tries; the last one repeats, for an appliance that starts slowly. */
const WAITS = [2000, 10_000, 60_000];
/** About a day of tries. */
const MAX_TRIES = 1500;
const TRIED_FOR_A_DAY = say`It was tried for about a day. It is tried again when the flows are deployed or Node-RED starts.`;

/** Notes for the next start of the node what a run suspends. */
export function noteSuspensionOf(
  { suspensions, resumePlans }: Pick<FileStore, 'suspensions' | 'resumePlans'>,
  node: RuntimeNode,
  language: RuntimeLanguage,
): NonNullable<LocalContext['noteSuspension']> {
  return async (buffer) => {
    const id = randomUUID();
    const note: SuspensionNote = { ...buffer, nodeId: node.id };
    await suspensions.write(id, JSON.stringify(note)).catch((error: unknown) => {
      node.warn(
        language.show(
          say`The suspended ring buffer cannot be saved for recovery (${asText(error)}): after a crash of Node-RED it would stay suspended.`,
        ),
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
    private readonly language: RuntimeLanguage,
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
      const buffer = nameOfBuffer(note);
      const what = note.resumeAt === undefined ? buffer : say`${buffer} at ${note.resumeAt}`;
      this.node.warn(
        this.language.show(
          say`The node was removed, but was to resume ${what}. Only another node Suspend Buffer or Freeze Evidence for this appliance does it now; without one, resume the buffer yourself.`,
        ),
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
    this.failed(note, say`The node cannot reach the appliance now.`);
  }

  unreadable(reason: Sentence): void {
    this.node.error(this.language.show(reason));
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
      else this.node.status(LEFT_SUSPENDED);
      return isLast;
    }
  }

  private resumed(note: SuspensionNote, isResumed: boolean): void {
    const text = resumedText(note, isResumed);
    if (note.resumeAt === undefined) this.node.warn(this.language.show(text));
    else this.node.log(String(text));
    this.node.status({ fill: 'green', shape: 'ring', text: RESUMED });
  }

  private failed(note: SuspensionNote, reason: Sentence): void {
    this.node.error(
      this.language.show(
        sentences(
          failedText(note),
          say`Until it is resumed, no packets are recorded. Resume it with the node Suspend Buffer (action Resume), or in the web interface of the appliance.`,
          reason,
        ),
      ),
    );
    this.node.status(LEFT_SUSPENDED);
  }
}

function resumedText(note: SuspensionNote, isResumed: boolean): Sentence {
  const { resumeAt } = note;
  const buffer = nameOfBuffer(note);
  if (resumeAt === undefined) {
    return isResumed
      ? say`Resumed ${buffer}, which was suspended by a run that a crash of Node-RED ended.`
      : say`Someone else resumed ${buffer}, which was suspended by a run that a crash of Node-RED ended.`;
  }
  return isResumed
    ? say`Resumed ${buffer}, which was to be resumed at ${resumeAt}.`
    : say`Someone else resumed ${buffer}, which was to be resumed at ${resumeAt}.`;
}

function failedText(note: SuspensionNote): Sentence {
  const buffer = nameOfBuffer(note);
  return note.resumeAt === undefined
    ? say`${buffer} may still be suspended: it was suspended by a run that a crash of Node-RED ended, and resuming it failed.`
    : say`${buffer} may still be suspended: it was to be resumed at ${note.resumeAt}, and resuming it failed.`;
}

const LEFT_SUSPENDED = { fill: 'red', shape: 'ring', text: SUSPENDED } as const;
