import { verifiedStream, type StreamDigest, type VerifiedStream } from './verified-stream';
import { say } from '../values/sentence';

/** What is known of a file that was written here when it has come to its end. */
export interface TextFileFacts extends StreamDigest {
  /** Line breaks. */
  lines: number;
}

/** Text as a file in UTF-8, counted and hashed on the way. */
export function textFile(text: AsyncIterable<string>): VerifiedStream<TextFileFacts> {
  let lines = 0;
  async function* encoded(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for await (const part of text) {
      lines += part.split('\n').length - 1;
      yield encoder.encode(part);
    }
  }
  return verifiedStream({
    source: encoded(),
    finish: (digest) => ({ ...digest, lines }),
    name: say`file`,
    requestInfo: {},
  });
}
