import { createHash } from 'crypto';
import type { Where } from './body';
import { AllegroError } from './errors';
import { PcapLimiter, type PcapLimit, type PcapLimits, type PcapSummary } from './pcap';
import type { ByteStream } from './transport';

/** What ended a capture: all that there was, or a limit. */
export type EndedBy = 'device' | 'duration' | 'bytes' | 'packets';

/** What is known when a capture is over and whole. */
export interface CaptureEnd {
  file: PcapSummary;
  /** Lower-case hexadecimal, of the bytes that the stream yielded; nothing where it yielded none. */
  sha256: string | null;
  endedBy: EndedBy;
}

interface CaptureStreamOptions {
  /** What was read already, to find out what it is. */
  head: Uint8Array;
  chunks: AsyncGenerator<Uint8Array>;
  limits: PcapLimits;
  refuseBeyondLimits: boolean;
  where: Where;
  /** Whether our own end of time, as opposed to the appliance, ended it. */
  isTimeUp(): boolean;
  /** Whether a live capture has lasted as long as it was meant to. */
  hasLasted(): boolean;
  onProgress(bytes: number, packets: number): void;
  /** Called once, however it ends. */
  onEnd(): void;
}

/**
 * Passes whole packets on while it walks and hashes them in the same go. The stream ends normally
 * only if every record was walked to its last byte, so a file that was stored to its end is whole.
 */
export function captureStream(options: CaptureStreamOptions): {
  stream: ByteStream;
  ended: Promise<CaptureEnd>;
} {
  const { promise: ended, resolve, reject } = deferred<CaptureEnd>();
  // Whoever consumes the stream meets the same error there first.
  ended.catch(() => undefined);

  async function* stream(): AsyncGenerator<Uint8Array> {
    let isSettled = false;
    try {
      const end = yield* passPackets(options);
      isSettled = true;
      resolve(end);
    } catch (error) {
      isSettled = true;
      reject(error);
      throw error;
    } finally {
      if (!isSettled) reject(abandonedError(options.where));
      options.onEnd();
    }
  }

  return { stream: stream(), ended };
}

async function* passPackets(options: CaptureStreamOptions): AsyncGenerator<Uint8Array, CaptureEnd> {
  const { head, chunks, limits, refuseBeyondLimits, where } = options;
  const { isTimeUp, hasLasted, onProgress } = options;
  const limiter = new PcapLimiter(refuseBeyondLimits ? oneMore(limits) : limits);
  const hash = createHash('sha256');
  let bytes = 0;

  function* pass(chunk: Uint8Array): Generator<Uint8Array> {
    for (const piece of limiter.write(chunk)) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
    onProgress(bytes, limiter.progress.packets);
  }

  yield* pass(head);
  while (!limiter.halted) {
    const { done, value } = await chunks.next();
    if (done) break;
    yield* pass(value);
  }
  const limitReached = limiter.limitReached;
  if (limitReached && refuseBeyondLimits) throw beyondLimitError(limitReached, limits, where);
  // A record that was begun when our time was up is not part of the file; nothing is missing.
  const file = isTimeUp() ? limiter.endHere() : limiter.end();
  const hasBytes = file.fault?.kind !== 'empty';
  if (hasBytes && !file.complete) throw notWholeError(file, where);
  return {
    file: hasBytes ? file : { ...file, complete: true, fault: undefined },
    sha256: bytes > 0 ? hash.digest('hex') : null,
    endedBy: limitReached ?? (isTimeUp() || hasLasted() ? 'duration' : 'device'),
  };
}

/** A file that reaches its limit exactly is not beyond it; with one more of each, it shows. */
function oneMore({ maxPackets, maxBytes }: PcapLimits): PcapLimits {
  return {
    maxPackets: maxPackets === undefined ? undefined : maxPackets + 1,
    maxBytes: maxBytes === undefined ? undefined : maxBytes + 1,
  };
}

function beyondLimitError(
  reached: PcapLimit,
  { maxPackets, maxBytes }: PcapLimits,
  where: Where,
): AllegroError {
  const limit = reached === 'bytes' ? `${maxBytes! / 1e6} MB` : `${maxPackets} packets`;
  return new AllegroError({
    ...where,
    kind: 'tooLarge',
    what: `The capture is larger than the limit of ${limit}.`,
    advice:
      'Nothing was kept. Narrow the filter or the window, raise the limit, or let the file end at the limit.',
  });
}

function notWholeError({ fault, packets }: PcapSummary, where: Where): AllegroError {
  return new AllegroError({
    ...where,
    kind: 'incomplete',
    what: `The capture is not whole: ${fault?.message ?? 'it does not end with a packet.'} ${packets} packets had arrived before.`,
    advice: 'What arrived was discarded. Try again; ask for a shorter window if it happens again.',
    canRetry: true,
  });
}

function abandonedError(where: Where): AllegroError {
  return new AllegroError({
    ...where,
    kind: 'cancelled',
    what: 'The capture was not read to its end.',
    advice: 'Nothing was kept. Start it again if it is still needed.',
    canRetry: true,
  });
}

function deferred<T>(): {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
} {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
