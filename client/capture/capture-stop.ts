import { AllegroError, type RequestInfo } from '../errors';
import type { ClientContext } from '../http/context';
import { startTimeout } from '../http/limits/time-limit';
import type { ByteStream } from '../http/transport';
import { say } from '../values/sentence';

interface CaptureStopOptions {
  context: ClientContext;
  /** Milliseconds. */
  limit: number;
  /** A live capture is meant to end that way; for one from the ring buffer it is an error. */
  isLive: boolean;
  /** Cancels the capture. */
  signal: AbortSignal;
  /** Ends a live capture; what has arrived is complete. */
  finish: AbortSignal | undefined;
  requestInfo: RequestInfo;
}

/** Ends a capture from this side: at its time limit, or when somebody wants no more of it. */
export class CaptureStop {
  /** For the request. */
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly timeout: { cancel(): void };
  private reason: 'duration' | 'finish' | undefined;

  constructor(private readonly options: CaptureStopOptions) {
    const { context, limit, signal, finish } = options;
    this.signal = AbortSignal.any([signal, this.controller.signal]);
    this.timeout = startTimeout(context, limit, () => this.end('duration'));
    finish?.addEventListener('abort', this.onFinish, { once: true });
    if (finish?.aborted) this.onFinish();
  }

  /** Why this side ended a live capture, if it did. */
  get endedBy(): 'duration' | 'finish' | undefined {
    return this.options.isLive && !this.options.signal.aborted ? this.reason : undefined;
  }

  /** Closes the connection, and ends the watch over time and signals. */
  readonly release = (): void => {
    this.timeout.cancel();
    this.options.finish?.removeEventListener('abort', this.onFinish);
    this.controller.abort();
  };

  /** Passes a body on, and takes it for complete where this side ended it. */
  async *passUntilEnded(body: ByteStream | undefined): AsyncGenerator<Uint8Array> {
    try {
      if (body) yield* body;
    } catch (error) {
      if (!this.endedBy) throw error;
    }
  }

  private readonly onFinish = (): void => this.end('finish');

  private end(reason: 'duration' | 'finish'): void {
    this.reason ??= reason;
    this.controller.abort(timeLimitError(this.options));
  }
}

function timeLimitError({ requestInfo, limit }: CaptureStopOptions): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The capture was not finished after ${Math.round(limit / 1000)} s.`,
    advice: say`What arrived was discarded, because it is truncated. Ask for a shorter window, a narrower filter or a smaller size, run fewer captures at once, or raise the timeout.`,
    canRetry: true,
  });
}
