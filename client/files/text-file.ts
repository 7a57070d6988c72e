import { createHash } from 'crypto';
import type { ByteStream } from '../http/transport';

/** What is known of a file that was written here when it has come to its end. */
export interface TextFileFacts {
  bytes: number;
  /** Line breaks. */
  lines: number;
  /** Lower-case hexadecimal. */
  sha256: string;
}

/** Text as a file in UTF-8, counted and hashed on the way. `finished` follows the stream's end. */
export function textFile(text: AsyncIterable<string>): {
  stream: ByteStream;
  finished: Promise<TextFileFacts>;
} {
  let resolve!: (facts: TextFileFacts) => void;
  let reject!: (reason: unknown) => void;
  const finished = new Promise<TextFileFacts>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whoever consumes the stream meets the same error there first.
  finished.catch(() => undefined);

  async function* stream(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    const hash = createHash('sha256');
    let [bytes, lines] = [0, 0];
    try {
      for await (const part of text) {
        const piece = encoder.encode(part);
        hash.update(piece);
        bytes += piece.length;
        lines += part.split('\n').length - 1;
        yield piece;
      }
      resolve({ bytes, lines, sha256: hash.digest('hex') });
    } catch (error) {
      reject(error);
      throw error;
    }
  }

  return { stream: stream(), finished };
}
