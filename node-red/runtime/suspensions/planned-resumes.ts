import { randomUUID } from 'node:crypto';
import type { PlannedResumes, RingBuffer } from '../../../nodes/definitions/model/run-context';
import type { CrashNotes } from '../state/crash-notes';
import { bufferKey, parseNote, sinceWhen, untilDue, type SuspensionNote } from './suspension-note';
import { say, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** A node that can resume buffers. */
export interface Resumer {
  nodeId: string;
  /** Whether the node reaches the appliance of the note. */
  reaches(note: SuspensionNote): boolean;
  /** Shows what is planned by this node; undefined once it is not planned any more. */
  planned(note: SuspensionNote | undefined): void;
  /** Resumes it, with as many tries as it takes, and reports how it went. Never rejects. */
  resume(task: ResumeTask): Promise<void>;
  /** Reports that a buffer is due, but that no node reaches its appliance. */
  cannotReach(note: SuspensionNote): void;
  /** Reports notes of earlier processes that tell nothing: their buffers may stay suspended. */
  unreadable(reason: Sentence): void;
}

/** A buffer to resume now. */
export interface ResumeTask {
  note: SuspensionNote;
  /** Aborted when a later command or plan takes the place of this one. */
  replaced: AbortSignal;
  /** To be called after the first try. */
  tried(): void;
  /** To be called when the buffer records again. Never rejects. */
  done(): Promise<void>;
}

interface Plan {
  /** Of the note on disk. */
  id: string;
  note: SuspensionNote;
  timer?: NodeJS.Timeout;
  replaced: AbortController;
  /** The tries to resume, once it is due. None of them rejects. */
  resuming?: { by: Resumer; tried: Promise<void>; end: Promise<void> };
}

/**
 * The buffers that one Node-RED has to resume: at a set time, or now, because an earlier process has
 * left them suspended. Each has a note on disk, which the next process finds. A buffer has at most one
 * plan, the latest. Plans belong to no node, so that one which is redeployed or deleted forgets none.
 */
export class ResumePlans {
  private readonly plans = new Map<string, Plan>();
  private readonly resumers = new Set<Resumer>();
  /** Ends of the commands that are being sent, by buffer. Never reject. */
  private readonly commands = new Map<string, Promise<void>>();
  private loading?: Promise<void>;

  constructor(private readonly notes: CrashNotes) {}

  /**
   * Lets a node resume what is due and within its reach.
   *
   * @returns when it has tried once. Never rejects
   */
  async add(resumer: Resumer): Promise<void> {
    this.resumers.add(resumer);
    await (this.loading ??= this.load((reason) => resumer.unreadable(reason)));
    await Promise.all([...this.plans.values()].map((plan) => this.offer(plan, resumer)));
  }

  /** @returns plans that nobody can carry out now */
  remove(resumer: Resumer): SuspensionNote[] {
    this.resumers.delete(resumer);
    return [...this.plans.values()]
      .map(({ note }) => note)
      .filter((note) => note.nodeId === resumer.nodeId && !this.resumerOf(note));
  }

  /** As a run of the node sees them. */
  of(nodeId: string, onUnnoted: (reason: Sentence) => void): PlannedResumes {
    return {
      exclusively: (buffer, work) => this.exclusively(bufferKey(buffer), work),
      get: async (buffer) => {
        await this.loading;
        const plan = this.plans.get(bufferKey(buffer));
        return plan && (plan.note.resumeAt ?? new Date().toISOString());
      },
      set: async (buffer, resumeAt) => {
        await this.loading;
        const before = await this.end(this.plans.get(bufferKey(buffer)));
        if (resumeAt !== undefined) {
          const { device, address, ringBuffer } = buffer;
          const suspendedAt = new Date().toISOString();
          const note = { nodeId, device, address, ringBuffer, suspendedAt, resumeAt };
          const id = randomUUID();
          await this.notes.write(id, JSON.stringify(note)).catch((error: unknown) => {
            onUnnoted(
              say`The planned resume of the ring buffer cannot be saved (${asText(error)}): after a restart of Node-RED before ${resumeAt} the buffer would stay suspended.`,
            );
          });
          this.plan(id, note);
        }
        // Not before: a crash in between would leave no note of a suspended buffer.
        if (before) await this.notes.remove(before.id);
      },
    };
  }

  /** For a run that resumes the buffer itself: what is due for it now is done. Never rejects. */
  async supersede(buffer: RingBuffer): Promise<void> {
    await this.loading;
    const plan = this.plans.get(bufferKey(buffer));
    if (!plan || untilDue(plan.note) > 0) return;
    await this.end(plan);
    await this.notes.remove(plan.id);
  }

  /** A plan and its command belong together: another run, or a plan that is due, waits for both. */
  private exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.commands.get(key) ?? Promise.resolve()).then(work);
    const end = result.then(
      () => undefined,
      () => undefined,
    );
    this.commands.set(key, end);
    void end.then(() => {
      if (this.commands.get(key) === end) this.commands.delete(key);
    });
    return result;
  }

  private async load(report: (reason: Sentence) => void): Promise<void> {
    const left = await this.notes.left((path, code) =>
      report(
        say`A ring buffer may stay suspended: what an earlier Node-RED has noted about it cannot be read (${path}, ${code}). Check the permissions of the path; it is read again when Node-RED starts.`,
      ),
    );
    for (const { id, text } of left) {
      const note = parseNote(text);
      if (!note) {
        report(
          say`A ring buffer may stay suspended: what an earlier Node-RED has noted about it was damaged and is removed. Check the ring buffers in the web interface of the appliance.`,
        );
      }
      const other = note && this.plans.get(bufferKey(note));
      // The latest of a buffer counts; a crash may have come before an older one was removed.
      if (!note || (other && sinceWhen(other.note) >= sinceWhen(note))) {
        await this.notes.remove(id);
        continue;
      }
      if (other) await this.notes.remove(other.id);
      this.plans.set(bufferKey(note), { id, note, replaced: new AbortController() });
    }
    for (const plan of this.plans.values()) {
      // What is due is offered to the nodes.
      if (untilDue(plan.note) > 0) this.startTimer(plan);
    }
  }

  private plan(id: string, note: SuspensionNote): void {
    const plan: Plan = { id, note, replaced: new AbortController() };
    this.plans.set(bufferKey(note), plan);
    this.startTimer(plan);
    this.resumerOf(note, true)?.planned(note);
  }

  private startTimer(plan: Plan): void {
    plan.timer = setTimeout(() => this.due(plan), Math.max(0, untilDue(plan.note)));
    plan.timer.unref();
  }

  /** Ends a plan, and its tries; its note stays. Never rejects. */
  private async end(plan: Plan | undefined): Promise<Plan | undefined> {
    if (!plan) return undefined;
    clearTimeout(plan.timer);
    plan.replaced.abort();
    this.plans.delete(bufferKey(plan.note));
    await plan.resuming?.end;
    this.resumerOf(plan.note, true)?.planned(undefined);
    return plan;
  }

  /** Where no node reaches the appliance, the plan waits for one that does. */
  private due(plan: Plan): void {
    const { note } = plan;
    const resumer = this.resumerOf(note);
    if (resumer) void this.begin(plan, resumer);
    else [...this.resumers].find(({ nodeId }) => nodeId === note.nodeId)?.cannotReach(note);
  }

  private async offer(plan: Plan, resumer: Resumer): Promise<void> {
    const { note } = plan;
    const isOwn = note.nodeId === resumer.nodeId;
    if (untilDue(note) > 0) {
      if (isOwn && this.resumers.has(resumer)) resumer.planned(note);
      return;
    }
    // Of a node that was closed: its tries end soon.
    if (plan.resuming && !this.resumers.has(plan.resuming.by)) await plan.resuming.end;
    // Another node of the same appliance will do, because the plan's own may have been deleted.
    if (resumer.reaches(note)) await this.begin(plan, resumer);
    else if (isOwn && !plan.resuming) resumer.cannotReach(note);
  }

  /** @returns when it was tried once; at once if another node does it. Never rejects */
  private async begin(plan: Plan, by: Resumer): Promise<void> {
    const key = bufferKey(plan.note);
    for (let command; (command = this.commands.get(key));) await command;
    if (this.plans.get(key) !== plan || !this.resumers.has(by)) return;
    plan.resuming ??= this.resume(plan, by);
    if (plan.resuming.by === by) await plan.resuming.tried;
  }

  private resume(plan: Plan, by: Resumer): Plan['resuming'] & object {
    let onTried: () => void = () => undefined;
    const tried = new Promise<void>((resolve) => (onTried = resolve));
    const end = this.tryToResume(plan, by, onTried);
    void end.then(onTried);
    return { by, tried, end };
  }

  private async tryToResume(plan: Plan, by: Resumer, tried: () => void): Promise<void> {
    const { id, note, replaced } = plan;
    const key = bufferKey(note);
    const isCurrent = () => this.plans.get(key) === plan;
    const done = async () => {
      if (isCurrent()) this.plans.delete(key);
      await this.notes.remove(id);
    };
    await by.resume({ note, tried, replaced: replaced.signal, done });
    plan.resuming = undefined;
    // Of a node that was closed meanwhile; what has given up stays for the next one that starts.
    const next = isCurrent() && !this.resumers.has(by) ? this.resumerOf(note) : undefined;
    if (next) void this.begin(plan, next);
  }

  /** The node that made the plan, else, unless only that one is asked for, another one of the appliance. */
  private resumerOf(note: SuspensionNote, isOwnOnly = false): Resumer | undefined {
    const all = [...this.resumers].filter((one) => one.reaches(note));
    const own = all.find(({ nodeId }) => nodeId === note.nodeId);
    return own ?? (isOwnOnly ? undefined : all[0]);
  }
}
