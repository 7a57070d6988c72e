import { createHash } from 'crypto';
import { AllegroError, type RequestInfo } from '../errors';
import { PcapLimiter, type PcapLimit, type PcapLimits, type PcapSummary } from '../pcap';
import type { ByteStream } from '../http/transport';

/** What ended a capture: all that there was, a limit, or a person who wanted no more. */
export type EndedBy = 'device' | 'duration' | 'bytes' | 'packets' | 'cancel';

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
  requestInfo: RequestInfo;
  /** What of our own, as opposed to the appliance, ended it, if anything did. */
  endedHere(): 'duration' | 'cancel' | undefined;
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

  // One generator for all: with every piece of a gigabyte, each further one costs.
  async function* stream(): AsyncGenerator<Uint8Array> {
    const { chunks, onProgress } = options;
    let isSettled = false;
    try {
      const packets = new PassingPackets(options);
      let chunk: Uint8Array | undefined = options.head;
      while (chunk) {
        for (const piece of packets.pass(chunk)) yield piece;
        onProgress(packets.bytes, packets.count);
        chunk = packets.halted ? undefined : await nextOf(chunks);
      }
      const end = packets.end();
      isSettled = true;
      resolve(end);
    } catch (error) {
      isSettled = true;
      reject(error);
      throw error;
    } finally {
      if (!isSettled) reject(abandonedError(options.requestInfo));
      options.onEnd();
    }
  }

  return { stream: stream(), ended };
}

async function nextOf(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array | undefined> {
  const { done, value } = await chunks.next();
  return done ? undefined : value;
}

/** Walks, limits and hashes what passes. */
class PassingPackets {
  private readonly hash = createHash('sha256');
  private readonly limiter: PcapLimiter;
  /** Passed on so far. */
  bytes = 0;

  constructor(private readonly options: CaptureStreamOptions) {
    const { limits, refuseBeyondLimits } = options;
    this.limiter = new PcapLimiter(refuseBeyondLimits ? oneMore(limits) : limits);
  }

  get count(): number {
    return this.limiter.progress.packets;
  }

  get halted(): boolean {
    return this.limiter.halted;
  }

  /** Takes in a chunk and gives what is to be passed on. */
  pass(chunk: Uint8Array): Uint8Array[] {
    const pieces = this.limiter.write(chunk);
    for (const piece of pieces) {
      this.hash.update(piece);
      this.bytes += piece.length;
    }
    return pieces;
  }

  /** @throws AllegroError `incomplete` when the last record is cut, `tooLarge` beyond a limit */
  end(): CaptureEnd {
    const { limits, refuseBeyondLimits, requestInfo, endedHere, hasLasted } = this.options;
    const { limiter } = this;
    const { limitReached } = limiter;
    if (limitReached && refuseBeyondLimits)
      throw beyondLimitError(limitReached, limits, requestInfo);
    const own = endedHere();
    // A record that was begun when we ended it is not part of the file; nothing is missing.
    const file = own ? limiter.endHere() : limiter.end();
    const hasBytes = file.fault?.kind !== 'empty';
    if (hasBytes && !file.complete) throw notWholeError(file, requestInfo);
    return {
      file: hasBytes ? file : { ...file, complete: true, fault: undefined },
      sha256: this.bytes > 0 ? this.hash.digest('hex') : null,
      endedBy: limitReached ?? own ?? (hasLasted() ? 'duration' : 'device'),
    };
  }
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
  requestInfo: RequestInfo,
): AllegroError {
  const limit = reached === 'bytes' ? `${maxBytes! / 1e6} MB` : `${maxPackets} packets`;
  return new AllegroError({
    ...requestInfo,
    kind: 'tooLarge',
    what: `The capture is larger than the limit of ${limit}.`,
    advice:
      'Nothing was kept. Narrow the filter or the window, raise the limit, or let the file end at the limit.',
  });
}

function notWholeError({ fault, packets }: PcapSummary, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: `The capture is not whole: ${fault?.message ?? 'it does not end with a packet.'} ${packets} packets had arrived before.`,
    advice: 'What arrived was discarded. Try again; ask for a shorter window if it happens again.',
    canRetry: true,
  });
}

function abandonedError(requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
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
