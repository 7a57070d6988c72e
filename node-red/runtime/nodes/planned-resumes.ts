import { randomUUID } from 'node:crypto';
import type { PlannedResumes, RingBuffer } from '../../../nodes/definitions/model/run-context';
import type { CrashNotes } from '../files/crash-notes';
import { bufferKey, parseNote, untilDue, type SuspensionNote } from './suspension-note';

/** A node that can resume buffers. */
export interface Resumer {
  nodeId: string;
  /** Whether the node reaches the appliance of the note. */
  reaches(note: SuspensionNote): boolean;
  /** Shows what is planned by this node; undefined once it is not planned any more. */
  planned(note: SuspensionNote | undefined): void;
  /**
   * Resumes it, with as many tries as it takes, and reports how it went. Never rejects.
   *
   * @param replaced aborted when something else is planned for the buffer
   */
  resume(id: string, note: SuspensionNote, replaced: AbortSignal): Promise<void>;
  /** Reports that a buffer is due, but that no node reaches its appliance. */
  cannotReach(note: SuspensionNote): void;
}

interface Plan {
  id: string;
  note: SuspensionNote;
  timer: NodeJS.Timeout;
  replaced: AbortController;
  /** The tries to resume, once it is due. */
  resuming?: Promise<void>;
}

/**
 * The planned resumes of one Node-RED: each with a note on disk, which the next process finds. They
 * belong to no node, so that one which is redeployed or deleted forgets none. Nothing here rejects.
 */
export class ResumePlans {
  private readonly plans = new Map<string, Plan>();
  private readonly resumers = new Set<Resumer>();
  private loading?: Promise<void>;

  constructor(private readonly notes: CrashNotes) {}

  /** Takes up what earlier processes have planned. */
  async add(resumer: Resumer): Promise<void> {
    this.resumers.add(resumer);
    await (this.loading ??= this.load());
    for (const { note } of this.plans.values()) {
      const isOwn = note.nodeId === resumer.nodeId && untilDue(note) > 0;
      if (isOwn && this.resumers.has(resumer)) resumer.planned(note);
    }
  }

  /** @returns plans that nobody can carry out now */
  remove(resumer: Resumer): SuspensionNote[] {
    this.resumers.delete(resumer);
    return [...this.plans.values()]
      .map(({ note }) => note)
      .filter((note) => note.nodeId === resumer.nodeId && !this.resumerOf(note));
  }

  /** As a run of the node sees them. */
  of(nodeId: string, onUnnoted: (reason: string) => void): PlannedResumes {
    return {
      get: async (buffer) => {
        await this.loading;
        return this.plans.get(bufferKey(buffer))?.note.resumeAt;
      },
      set: async (buffer, resumeAt) => {
        await this.loading;
        await this.drop(buffer);
        if (resumeAt === undefined) return;
        const { device, address, ringBuffer } = buffer;
        const suspendedAt = new Date().toISOString();
        const note = { nodeId, device, address, ringBuffer, suspendedAt, resumeAt };
        const id = randomUUID();
        await this.notes.write(id, JSON.stringify(note)).catch((error: unknown) => {
          onUnnoted(
            `The planned resume of the ring buffer cannot be saved (${String(error)}): after a restart of Node-RED before ${resumeAt} the buffer would stay suspended.`,
          );
        });
        this.start(id, note);
      },
    };
  }

  private async load(): Promise<void> {
    for (const { id, text } of await this.notes.left()) {
      const note = parseNote(text);
      if (note && untilDue(note) > 0 && this.notes.takeOver(id)) this.start(id, note);
    }
  }

  private start(id: string, note: SuspensionNote): void {
    const plan: Plan = {
      ...{ id, note, replaced: new AbortController() },
      timer: setTimeout(() => void this.due(plan), untilDue(note)),
    };
    plan.timer.unref();
    this.plans.set(bufferKey(note), plan);
    this.resumerOf(note, true)?.planned(note);
  }

  private async drop(buffer: RingBuffer): Promise<void> {
    const plan = this.plans.get(bufferKey(buffer));
    if (!plan) return;
    clearTimeout(plan.timer);
    plan.replaced.abort();
    this.plans.delete(bufferKey(buffer));
    await plan.resuming;
    await this.notes.remove(plan.id);
    this.resumerOf(plan.note, true)?.planned(undefined);
  }

  /** A plan stays until its tries have ended: a later one for the buffer must end them. */
  private async due(plan: Plan): Promise<void> {
    const { id, note, replaced } = plan;
    plan.resuming = this.resumerOf(note)?.resume(id, note, replaced.signal);
    // The next node that reaches the appliance finds the note.
    if (!plan.resuming) {
      this.notes.giveBack(id);
      [...this.resumers].find(({ nodeId }) => nodeId === note.nodeId)?.cannotReach(note);
    }
    await plan.resuming;
    const key = bufferKey(note);
    if (this.plans.get(key) === plan) this.plans.delete(key);
  }

  /** The node that made the plan, else, unless only that one is asked for, another one of the appliance. */
  private resumerOf(note: SuspensionNote, isOwnOnly = false): Resumer | undefined {
    const all = [...this.resumers].filter((one) => one.reaches(note));
    const own = all.find(({ nodeId }) => nodeId === note.nodeId);
    return own ?? (isOwnOnly ? undefined : all[0]);
  }
}
