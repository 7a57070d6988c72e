import { randomUUID } from 'node:crypto';
import type { AllegroClient } from '../../../client';
import type { ApplianceNode } from '../../../nodes/definitions/model/define-node';
import type { LocalContext } from '../../../nodes/definitions/model/run-context';
import { isCertainlyUndone } from '../../../nodes/definitions/ring-buffer/suspension';
import { systemContext } from '../config-node/system-context';
import type { CrashNotes, LeftNote } from '../files/crash-notes';
import type { RuntimeNode } from '../runtime-api';
import type { Resumer, ResumePlans } from './planned-resumes';
import { outcomeStatus, type StatusWords } from './status-text';
import { nameOfBuffer, parseNote, untilDue, type SuspensionNote } from './suspension-note';

/** Milliseconds between tries; the last one repeats, for an appliance that starts slowly. */
const WAITS = [2000, 10_000, 60_000];
/** About a day of tries. */
const MAX_TRIES = 1500;

/** Words of the catalogue. */
export const SUSPENSION_STATUS_TEXTS = ['buffer resumed', 'buffer suspended'];

/** Notes for the next start of the node what a run suspends. */
export function noteSuspensionOf(
  notes: CrashNotes,
  node: RuntimeNode,
): NonNullable<LocalContext['noteSuspension']> {
  return async (buffer) => {
    const id = randomUUID();
    const note: SuspensionNote = { ...buffer, nodeId: node.id };
    await notes.write(id, JSON.stringify(note)).catch((error: unknown) => {
      node.warn(
        `The suspended ring buffer cannot be saved for recovery (${String(error)}): after a crash of Node-RED it would stay suspended.`,
      );
    });
    return () => notes.remove(id);
  };
}

/**
 * Resumes the ring buffers that earlier processes have left suspended, and those whose planned time
 * has come. Nothing here rejects.
 */
export class LeftoverSuspensions implements Resumer {
  readonly nodeId: string;
  private readonly abort = new AbortController();
  /** When each was tried once: a run that began before would take them for somebody else's. */
  readonly tried: Promise<void>;

  constructor(
    private readonly notes: CrashNotes,
    private readonly plans: ResumePlans,
    private readonly node: RuntimeNode,
    private readonly resumeLeftover: NonNullable<ApplianceNode['resumeLeftover']>,
    private readonly getClient: () => AllegroClient,
    private readonly words: StatusWords,
  ) {
    this.nodeId = node.id;
    this.tried = this.start();
    void plans.add(this);
  }

  /** @param isRemoved whether the node was deleted or disabled */
  close(isRemoved: boolean): void {
    this.abort.abort();
    const left = this.plans.remove(this);
    if (!isRemoved) return;
    for (const note of left) {
      this.node.warn(
        `The node was removed, but was to resume ${nameOfBuffer(note)} at ${note.resumeAt}. Only another node Suspend Buffer or Freeze Evidence for this appliance does it now; without one, resume the buffer yourself.`,
      );
    }
  }

  reaches(note: SuspensionNote): boolean {
    return this.deviceUrl() === note.device;
  }

  planned(note: SuspensionNote | undefined): void {
    this.node.status(note ? outcomeStatus(this.words, { resumeAt: note.resumeAt }, undefined) : {});
  }

  async resume(id: string, note: SuspensionNote, replaced: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([this.abort.signal, replaced]);
    if (!(await this.tryOnce(id, note, 0, signal))) await this.tryAgain(id, note, signal);
  }

  cannotReach(note: SuspensionNote): void {
    this.failed(note, 'The node cannot reach the appliance now.');
  }

  private async start(): Promise<void> {
    await Promise.all((await this.notes.left()).map((note) => this.startOne(note)));
  }

  private async startOne({ id, text }: LeftNote): Promise<void> {
    const note = parseNote(text);
    if (!note) {
      await this.notes.remove(id);
      return;
    }
    if (untilDue(note) > 0) return;
    const isOwn = note.nodeId === this.node.id;
    const isHere = this.reaches(note);
    // Another node of the same appliance will do, because this one may have been deleted.
    if (!(isOwn || isHere) || !this.notes.takeOver(id)) return;
    if (!isHere) {
      this.cannotReach(note);
      this.notes.giveBack(id);
      return;
    }
    const { signal } = this.abort;
    if (await this.tryOnce(id, note, 0, signal)) return;
    void this.tryAgain(id, note, signal);
  }

  private deviceUrl(): string | undefined {
    try {
      return this.getClient().baseUrl;
    } catch {
      return undefined;
    }
  }

  private async tryAgain(id: string, note: SuspensionNote, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; attempt < MAX_TRIES && !signal.aborted; attempt++) {
      const wait = WAITS[Math.min(attempt, WAITS.length) - 1]!;
      const isOver = await systemContext.sleep(wait, signal).then(
        () => this.tryOnce(id, note, attempt, signal),
        () => true,
      );
      if (isOver) break;
    }
    this.notes.giveBack(id);
  }

  /** @returns whether nothing is left to try */
  private async tryOnce(
    id: string,
    note: SuspensionNote,
    attempt: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      this.node.status({ fill: 'yellow', shape: 'ring', text: 'resuming' });
      const context = { client: this.getClient(), signal };
      const isResumed = await this.resumeLeftover(context, note);
      await this.notes.remove(id);
      this.resumed(note, isResumed);
      return true;
    } catch (error) {
      if (signal.aborted) {
        this.notes.giveBack(id);
        return true;
      }
      const isLast = isCertainlyUndone(error) && !error.canRetry;
      if (attempt === 0 || isLast) this.failed(note, reasonOf(error));
      else this.node.status(SUSPENDED);
      if (isLast) this.notes.giveBack(id);
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
