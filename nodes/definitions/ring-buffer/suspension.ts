import { AllegroError, type Address, type ErrorKind } from '../../../client';
import { startTimeout } from '../../../client/http/limits/time-limit';
import { ringBufferPath } from '../../../client/api/paths';
import type { RunContext } from '../model/run-context';
import { say, sentences, type Sentence } from '../../../client/values/sentence';

/** What a person, or the next step of a workflow, has to know of a suspended ring buffer. */
export interface SuspensionFacts extends Record<string, unknown> {
  /** ISO 8601, by this machine's clock; nothing where it was suspended by somebody else. */
  suspendedAt: string | null;
  /** Nothing while it is still suspended, or where it was left as it was found. */
  resumedAt: string | null;
  suspendedSeconds: number | null;
  /** Whether this run made it record again; nothing where that is unconfirmed. */
  resumed: boolean | null;
  /** Whether a command was accepted by an appliance that does not report the state afterwards. */
  unconfirmed: boolean;
  /** Whether it was suspended before; nothing where the appliance does not report it. */
  alreadySuspended: boolean | null;
  warnings: Sentence[];
}

export interface SuspensionOptions {
  ringBuffer: number;
  address: Address;
  /** Milliseconds after which the buffer is resumed, whatever else goes on. */
  limit: number;
  /** Whether to resume a buffer that somebody else had suspended. */
  resumeIfSuspendedBefore: boolean;
}

/** See {@link isCertainlyUndone}. */
const NOT_DONE: readonly ErrorKind[] = [
  'input',
  'certificate',
  'login',
  'permission',
  'notFound',
  'refused',
];
const UNCONFIRMED_SUSPENSION = say`The appliance accepted the command to suspend but does not report the state of the ring buffer: it may have gone on recording.`;
/** Milliseconds between tries to resume; asking twice does no harm. */
const WAITS = [500, 1000, 2000, 4000, 8000];
/** Milliseconds that one try may take. */
const TRY_LIMIT = 15_000;

/**
 * A ring buffer that is suspended for a while. From the moment in which the command is sent, this
 * owes the appliance the opposite one: {@link resume} sends it, the timeout at the limit does, and
 * neither heeds the signal of the run, because work that is cancelled must not leave the buffer
 * suspended.
 */
export class Suspension {
  private readonly signal = new AbortController().signal;
  private readonly warnings: Sentence[] = [];
  private wasSuspended: boolean | undefined;
  private suspendedAt: number | undefined;
  private resumedAt: number | undefined;
  private resuming: Promise<void> | undefined;
  private failure: unknown;
  /** Whether the appliance reported the state after each command. */
  private isConfirmed = true;
  private mayBeSuspended = false;
  private timeout: { cancel(): void } | undefined;
  private removeNote: (() => Promise<void>) | undefined;

  private constructor(
    private readonly context: RunContext,
    private readonly options: SuspensionOptions,
  ) {}

  /**
   * Looks whether the buffer is suspended already, and suspends it.
   *
   * @throws AllegroError what the command failed with; where it may have got through all the same,
   *   the buffer was resumed before
   */
  static async begin(context: RunContext, options: SuspensionOptions): Promise<Suspension> {
    const suspension = new Suspension(context, options);
    await suspension.suspend();
    return suspension;
  }

  /**
   * Makes the buffer record again, unless it is to be left as it was found. Never throws; more than
   * one call does no harm.
   */
  resume(): Promise<void> {
    this.timeout?.cancel();
    if (!this.mayBeSuspended) {
      // It is left as it was found, but that it stayed so has to be looked at all the same.
      if (this.wasSuspended) this.resuming ??= this.lookForOthers();
      return this.resuming ?? Promise.resolve();
    }
    this.resuming ??= this.tryToResume().finally(() => {
      // After a failure the next call is a new try.
      if (this.mayBeSuspended) this.resuming = undefined;
    });
    return this.resuming;
  }

  /** @throws AllegroError the loud one: the buffer records nothing until a person resumes it */
  throwIfStillSuspended(cause?: unknown): void {
    if (this.mayBeSuspended) throw this.stillSuspendedError(cause);
  }

  facts(): SuspensionFacts {
    const { suspendedAt, resumedAt, wasSuspended } = this;
    return {
      suspendedAt: wasSuspended ? null : iso(suspendedAt),
      resumedAt: iso(resumedAt),
      suspendedSeconds:
        wasSuspended || suspendedAt === undefined || resumedAt === undefined
          ? null
          : Math.round((resumedAt - suspendedAt) / 10) / 100,
      resumed: resumedAt === undefined ? false : this.isConfirmed || null,
      unconfirmed: !this.isConfirmed,
      alreadySuspended: wasSuspended ?? null,
      warnings: this.mayBeSuspended
        ? [...this.warnings, say`The ring buffer is still suspended: it could not be resumed.`]
        : this.warnings,
    };
  }

  private async suspend(): Promise<void> {
    const { client, signal, progress } = this.context;
    const { ringBuffer, address, resumeIfSuspendedBefore } = this.options;
    progress({ step: 'suspending' });
    const options = { signal, address };
    this.wasSuspended = await client.isRingBufferSuspended(ringBuffer, options);
    if (this.wasSuspended) {
      this.warnings.push(
        resumeIfSuspendedBefore
          ? say`The ring buffer was already suspended and has been resumed, as set in the node. Whoever suspended it may not expect this.`
          : say`The ring buffer was already suspended and stays suspended. It holds no newer packets. Resume it when it is no longer needed.`,
      );
      if (!resumeIfSuspendedBefore) return;
    }
    this.suspendedAt = client.now();
    this.mayBeSuspended = true;
    if (this.wasSuspended) {
      this.startLimit();
      return;
    }
    const suspendedAt = new Date(this.suspendedAt).toISOString();
    const buffer = { device: client.baseUrl, address, ringBuffer, suspendedAt };
    this.removeNote = await this.context.noteSuspension?.(buffer);
    const failure = await client.setRingBufferSuspended(ringBuffer, true, options).then(
      ({ isConfirmed }) => void (this.isConfirmed = isConfirmed),
      (error: unknown) => ({ error }),
    );
    // Not before: a timeout that resumes ahead of a slow command would be undone by it.
    if (failure === undefined) {
      if (!this.isConfirmed) this.warnings.push(UNCONFIRMED_SUSPENSION);
      this.startLimit();
      return;
    }
    if (isCertainlyUndone(failure.error)) await this.settle();
    await this.resume();
    this.throwIfStillSuspended(failure.error);
    throw failure.error;
  }

  private startLimit(): void {
    const { limit } = this.options;
    this.timeout = startTimeout({ sleep: this.sleep }, limit, () => {
      this.warnings.push(
        say`The ring buffer was resumed after ${Math.round(limit / 1000)} s during the capture: the oldest packets may have been overwritten before they were fetched.`,
      );
      void this.resume();
    });
  }

  private async tryToResume(): Promise<void> {
    const { progress, client } = this.context;
    progress({ step: 'resuming' });
    await this.lookForOthers();
    for (let attempt = 0; ; attempt++) {
      try {
        await this.resumeOnce();
        this.resumedAt = client.now();
        this.failure = undefined;
        await this.settle();
        return;
      } catch (error) {
        this.failure = error;
        if ((isCertainlyUndone(error) && !error.canRetry) || attempt >= WAITS.length) return;
        await client.sleep(WAITS[attempt], this.signal);
      }
    }
  }

  /** Nothing is owed any more. */
  private async settle(): Promise<void> {
    this.mayBeSuspended = false;
    await this.removeNote?.();
  }

  private async resumeOnce(): Promise<void> {
    const { ringBuffer, address } = this.options;
    const limit = new AbortController();
    const timeout = startTimeout({ sleep: this.sleep }, TRY_LIMIT, () =>
      limit.abort(this.silenceError()),
    );
    const options = { signal: limit.signal, address };
    try {
      const { client } = this.context;
      const { isConfirmed } = await client.setRingBufferSuspended(ringBuffer, false, options);
      this.isConfirmed &&= isConfirmed;
    } finally {
      timeout.cancel();
    }
  }

  /** Somebody else may have resumed it, and then the packets were not safe. */
  private async lookForOthers(): Promise<void> {
    // Where the appliance did not tell before, asking again would only delay what matters.
    if (this.wasSuspended === undefined) return;
    const { ringBuffer, address } = this.options;
    const limit = new AbortController();
    const timeout = startTimeout({ sleep: this.sleep }, TRY_LIMIT, () => limit.abort());
    const options = { signal: limit.signal, address };
    const isSuspended = await this.context.client
      .isRingBufferSuspended(ringBuffer, options)
      .catch(() => undefined)
      .finally(() => timeout.cancel());
    if (isSuspended !== false) return;
    this.warnings.push(
      say`Someone else resumed the ring buffer during the capture: the oldest packets may have been overwritten before they were fetched.`,
    );
  }

  private readonly sleep = (milliseconds: number, signal: AbortSignal = this.signal) =>
    this.context.client.sleep(milliseconds, signal);

  private silenceError(): AllegroError {
    return new AllegroError({
      kind: 'timeout',
      device: this.context.client.baseUrl,
      what: say`The appliance did not respond to the command to resume the ring buffer.`,
      advice: say`Check the state of the ring buffer in its web interface.`,
      canRetry: true,
    });
  }

  private stillSuspendedError(cause?: unknown): AllegroError {
    const { ringBuffer, address } = this.options;
    const { failure } = this;
    const reason = failure instanceof AllegroError ? failure.sentences.what : undefined;
    const before =
      cause instanceof AllegroError
        ? say`Before that, the capture had failed: ${cause.sentences.what}`
        : undefined;
    return new AllegroError({
      kind: failure instanceof AllegroError ? failure.kind : 'appliance',
      device: [this.context.client.baseUrl, address.mmId].filter(Boolean).join(' '),
      method: 'POST',
      path: ringBufferPath(ringBuffer),
      status: failure instanceof AllegroError ? failure.status : undefined,
      what: sentences(
        say`RING BUFFER ${ringBuffer} IS STILL SUSPENDED: resuming it failed.`,
        reason,
        before,
      ),
      advice: say`Resume it now, with Suspend Buffer (action Resume) or in the web interface of the appliance: until then, no packets are recorded. The packets in the buffer are kept and can be captured again.`,
      cause: cause ?? failure,
    });
  }
}

/** Whether the appliance certainly did not do what was asked. It may do it later where it can be retried. */
export function isCertainlyUndone(error: unknown): error is AllegroError {
  return error instanceof AllegroError && NOT_DONE.includes(error.kind);
}

function iso(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
