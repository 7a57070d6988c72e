import { randomUUID } from 'node:crypto';
import type { AllegroClient } from '../../../client';
import type { ApplianceNode } from '../../../nodes/definitions/model/define-node';
import type { LocalContext, SuspendedBuffer } from '../../../nodes/definitions/model/run-context';
import { isCertainlyUndone } from '../../../nodes/definitions/ring-buffer/suspension';
import { systemContext } from '../config-node/system-context';
import type { CrashNotes, LeftNote } from '../files/crash-notes';
import type { RuntimeNode } from '../runtime-api';

/** Milliseconds between tries; the last one repeats, for an appliance that starts slowly. */
const WAITS = [2000, 10_000, 60_000];
/** About a day of tries. */
const MAX_TRIES = 1500;

/** A suspended ring buffer with the node that has suspended it. */
type Note = SuspendedBuffer & { nodeId: string };

/** Words of the catalogue. */
export const SUSPENSION_STATUS_TEXTS = ['buffer resumed', 'buffer suspended'];

/** Notes for the next start of the node what a run suspends. */
export function noteSuspensionOf(
  notes: CrashNotes,
  node: RuntimeNode,
): NonNullable<LocalContext['noteSuspension']> {
  return async (buffer) => {
    const id = randomUUID();
    const note: Note = { ...buffer, nodeId: node.id };
    await notes.write(id, JSON.stringify(note)).catch((error: unknown) => {
      node.warn(
        `The suspended ring buffer cannot be noted for recovery (${String(error)}): after a crash of Node-RED it would stay suspended.`,
      );
    });
    return () => notes.remove(id);
  };
}

/** Resumes the ring buffers that earlier processes have left suspended. Nothing here rejects. */
export class LeftoverSuspensions {
  private readonly abort = new AbortController();
  /** When each was tried once: a run that began before would take them for somebody else's. */
  readonly tried: Promise<void>;

  constructor(
    private readonly notes: CrashNotes,
    private readonly node: RuntimeNode,
    private readonly resume: NonNullable<ApplianceNode['resumeLeftover']>,
    private readonly getClient: () => AllegroClient,
  ) {
    this.tried = this.start();
  }

  close(): void {
    this.abort.abort();
  }

  private async start(): Promise<void> {
    await Promise.all((await this.notes.left()).map((note) => this.startOne(note)));
  }

  private async startOne({ id, text }: LeftNote): Promise<void> {
    const note = parse(text);
    if (!note) {
      await this.notes.remove(id);
      return;
    }
    const isOwn = note.nodeId === this.node.id;
    const isHere = this.deviceUrl() === note.device;
    // Another node of the same appliance will do, because this one may have been deleted.
    if (!(isOwn || isHere) || !this.notes.takeOver(id)) return;
    if (!isHere) {
      this.failed(note, 'The node cannot reach the appliance now.');
      this.notes.giveBack(id);
      return;
    }
    if (await this.tryOnce(id, note, 0)) return;
    void this.tryAgain(id, note);
  }

  private deviceUrl(): string | undefined {
    try {
      return this.getClient().baseUrl;
    } catch {
      return undefined;
    }
  }

  private async tryAgain(id: string, note: Note): Promise<void> {
    const { signal } = this.abort;
    for (let attempt = 1; attempt < MAX_TRIES && !signal.aborted; attempt++) {
      const wait = WAITS[Math.min(attempt, WAITS.length) - 1]!;
      const isOver = await systemContext.sleep(wait, signal).then(
        () => this.tryOnce(id, note, attempt),
        () => true,
      );
      if (isOver) break;
    }
    this.notes.giveBack(id);
  }

  /** @returns whether nothing is left to try */
  private async tryOnce(id: string, note: Note, attempt: number): Promise<boolean> {
    try {
      this.node.status({ fill: 'yellow', shape: 'ring', text: 'resuming' });
      const context = { client: this.getClient(), signal: this.abort.signal };
      const isResumed = await this.resume(context, note);
      await this.notes.remove(id);
      this.resumed(note, isResumed);
      return true;
    } catch (error) {
      if (this.abort.signal.aborted) return true;
      const isLast = isCertainlyUndone(error) && !error.canRetry;
      if (attempt === 0 || isLast) this.failed(note, reasonOf(error));
      else this.node.status(SUSPENDED);
      if (isLast) this.notes.giveBack(id);
      return isLast;
    }
  }

  private resumed(note: Note, isResumed: boolean): void {
    const what = isResumed ? 'Resumed' : 'Somebody has resumed';
    this.node.warn(`${what} ${nameOf(note)}, which ${REASON}.`);
    this.node.status({ fill: 'green', shape: 'ring', text: 'buffer resumed' });
  }

  private failed(note: Note, reason: string): void {
    this.node.error(
      `${nameOf(note)} may still be suspended: it ${REASON}, and resuming it failed. ${reason} Until it is resumed, no packets are recorded. Resume it with the node Suspend Buffer (action Resume), or in the web interface of the appliance.`,
    );
    this.node.status(SUSPENDED);
  }
}

const REASON = 'was suspended by a run that a crash of Node-RED ended';
const SUSPENDED = { fill: 'red', shape: 'ring', text: 'buffer suspended' } as const;

function nameOf({ ringBuffer, device, address, suspendedAt }: Note): string {
  const place = [device, address.mmId].filter(Boolean).join(' ');
  return `ring buffer ${ringBuffer} of ${place} (since ${suspendedAt})`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Undefined for what this package has not written. */
function parse(text: string): Note | undefined {
  try {
    const { nodeId, device, address, ringBuffer, suspendedAt } = JSON.parse(text) as Partial<Note>;
    const isNote = typeof device === 'string' && Number.isSafeInteger(ringBuffer);
    if (!isNote || typeof address !== 'object' || address === null) return undefined;
    const since = String(suspendedAt);
    return { nodeId: String(nodeId), device, address, ringBuffer: ringBuffer!, suspendedAt: since };
  } catch {
    return undefined;
  }
}
