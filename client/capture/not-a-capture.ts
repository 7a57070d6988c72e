import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { readHead } from '../files/verified-stream';
import { describeLookAlike, sniffFormat } from '../pcap';
import { say } from '../values/sentence';

const QUOTED_BYTES = 4096;
const QUOTED_FORMATS = ['json', 'html', 'xml', 'text'];

/** The error for an answer that is not a capture file; quotes as much of it as says something. */
export async function notACapture(
  head: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
  requestInfo: RequestInfo,
): Promise<AllegroError> {
  let answer = head;
  try {
    for (let length = -1; answer.length < QUOTED_BYTES && answer.length > length;) {
      length = answer.length;
      answer = await readHead(chunks, length + 1, answer);
    }
  } catch (error) {
    // What did come says more than that it stalled or broke off.
    if (error instanceof AllegroError && error.kind === 'cancelled') throw error;
  }
  const sniffed = sniffFormat(answer);
  const looksLike = sniffed.kind === 'other' ? sniffed.looksLike : 'unknown';
  const isText = QUOTED_FORMATS.includes(looksLike);
  const text = isText ? quoteAnswer(new TextDecoder().decode(answer), requestInfo) : '';
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    what: say`The response is not a capture file: ${describeLookAlike(looksLike)}.`,
    advice: say`Nothing was kept. Check that the URL is that of the appliance, not of a login page or a proxy, and that captures need no approval by a second person (4-eyes).`,
    answer: text || undefined,
  });
}
