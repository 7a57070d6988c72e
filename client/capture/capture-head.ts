import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { sniffFormat } from '../pcap';

const MAGIC_LENGTH = 4;

/** Reads until the magic number is there. Takes single steps, so that the rest stays to be read. */
export async function readHead(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < MAGIC_LENGTH) {
    const { done, value } = await chunks.next();
    if (done) break;
    if (head.length === 0) head = value;
    else head = Buffer.concat([head, value]);
  }
  return head;
}

const QUOTED_BYTES = 4096;

/** The error for an answer that is no capture file; quotes as much of it as says something. */
export async function notACapture(
  head: Uint8Array,
  chunks: AsyncGenerator<Uint8Array>,
  requestInfo: RequestInfo,
): Promise<AllegroError> {
  let answer = head;
  try {
    for await (const chunk of chunks) {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= QUOTED_BYTES) break;
    }
  } catch (error) {
    // What did come says more than that it stalled or broke off.
    if (error instanceof AllegroError && error.kind === 'cancelled') throw error;
  }
  const sniffed = sniffFormat(answer);
  const isText =
    sniffed.kind === 'other' && ['json', 'html', 'xml', 'text'].includes(sniffed.looksLike);
  const text = isText ? quoteAnswer(new TextDecoder().decode(answer)) : '';
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    what: `What came is no capture${sniffed.kind === 'other' ? ` but looks like ${sniffed.looksLike === 'unknown' ? 'something else' : sniffed.looksLike}` : ''}.`,
    advice:
      'Nothing was kept. Check that the URL leads to the appliance itself (a login page or a proxy may answer instead), and that captures need no approval by a second person.',
    answer: text === '' ? undefined : text,
  });
}
