import { createHash } from 'crypto';
import { AllegroError, type RequestInfo } from '../errors';
import type { ByteStream } from '../http/transport';
import { say, type Sentence } from '../values/sentence';

/** What every stream knows of the bytes that it yielded. */
export interface StreamDigest {
  bytes: number;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/** Consume `stream` to its end, then await `finished`; both throw the same error. */
export interface VerifiedStream<Facts> {
  stream: ByteStream;
  finished: Promise<Facts>;
}

interface VerifiedStreamOptions<Facts> {
  source: AsyncIterator<Uint8Array>;
  /** What was read of the source already; see {@link readHead}. */
  head?: Uint8Array;
  /** Checks a chunk, and returns what is passed on of it. Absent: all is passed on unchecked. */
  pass?(chunk: Uint8Array): Uint8Array[];
  /** Whether nothing more of the source is wanted. */
  isOver?(): boolean;
  /** Told how many bytes have been passed on. */
  onProgress?(bytes: number): void;
  /**
   * Makes the result when the source has ended.
   *
   * @throws for a source that ended too early
   */
  finish(digest: StreamDigest): Facts;
  /** Called once, however it ends. */
  onEnd?(): void;
  /** What it is, for the error when it is not read to its end, e.g. `capture`. */
  name: Sentence;
  requestInfo: RequestInfo;
}

/**
 * Passes bytes on while it checks, counts and hashes them. The stream ends normally only after
 * `finish` has accepted it, so a file that was stored to its end is complete.
 */
export function verifiedStream<Facts>(
  options: VerifiedStreamOptions<Facts>,
): VerifiedStream<Facts> {
  let resolve!: (facts: Facts) => void;
  let reject!: (reason: unknown) => void;
  const finished = new Promise<Facts>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whoever consumes the stream meets the same error there first.
  finished.catch(() => undefined);

  // One generator for all: with every chunk of a gigabyte, each further one costs.
  async function* stream(): AsyncGenerator<Uint8Array> {
    const { source, head, pass, isOver, onProgress, finish, onEnd } = options;
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      let next: IteratorResult<Uint8Array> = head
        ? { done: false, value: head }
        : await source.next();
      while (!next.done) {
        const pieces = pass ? pass(next.value) : [next.value];
        for (const piece of pieces) {
          hash.update(piece);
          bytes += piece.length;
        }
        onProgress?.(bytes);
        for (const piece of pieces) yield piece;
        next = isOver?.() ? { done: true, value: undefined } : await source.next();
      }
      resolve(finish({ bytes, sha256: hash.digest('hex') }));
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      // Has no effect on a promise that is settled.
      reject(abandonedError(options));
      onEnd?.();
      await source.return?.();
    }
  }

  return { stream: stream(), finished };
}

function abandonedError({
  name,
  requestInfo,
}: Pick<VerifiedStreamOptions<unknown>, 'name' | 'requestInfo'>): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'cancelled',
    what: say`The ${name} was not read completely.`,
    advice: say`Nothing was kept. Run it again if you still need it.`,
    canRetry: true,
  });
}

/**
 * Reads the beginning of a body, in single steps, so that the rest stays to be read.
 *
 * @param head what was read before
 * @returns at least `minBytes`, unless the body is shorter
 */
export async function readHead(
  source: AsyncIterator<Uint8Array>,
  minBytes: number,
  head: Uint8Array = new Uint8Array(0),
): Promise<Uint8Array> {
  while (head.length < minBytes) {
    const { done, value } = await source.next();
    if (done) break;
    // Copies what it keeps while it reads on, because transports may reuse their buffers.
    head = head.length === 0 && value.length >= minBytes ? value : Buffer.concat([head, value]);
  }
  return head;
}
