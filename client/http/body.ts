import type { ClientContext } from './context';
import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { watchForSilence, type SilenceWatch } from './limits/time-limit';
import { toTransportError, type ByteStream, type TransportResponse } from './transport';
import { say } from '../values/sentence';

export interface GuardOptions {
  context: ClientContext;
  requestInfo: RequestInfo;
  /** Milliseconds without a byte after which the stream counts as stalled. */
  idleLimit: number;
  /** Closes the connection: called on a stall, so that nothing lingers. */
  abort(reason: Error): void;
  /** The caller's signal: tells "cancelled" from "broken". */
  signal: AbortSignal;
}

/**
 * Passes a body on and watches over it: no byte for too long, a connection that breaks, and a body
 * that is shorter than its Content-Length each end in an error of their own. The time that the
 * consumer takes between two chunks does not count as idle.
 *
 * Ends when it has to end, even if the connection takes no notice of a stall or an abort.
 *
 * @throws AllegroError `timeout`, `incomplete` or `cancelled`
 */
export async function* guardBody(
  response: TransportResponse,
  options: GuardOptions,
): AsyncGenerator<Uint8Array> {
  const { context, requestInfo, idleLimit, signal } = options;
  const expected = contentLength(response);
  const source = response.body[Symbol.asyncIterator]();
  let received = 0;
  let isDone = false;
  let watch: SilenceWatch | undefined;
  let stopWaiting: (error: AllegroError) => void = () => undefined;

  const onStall = () => {
    const stalled = stallError(requestInfo, idleLimit, received);
    // First, so that what the closed connection has to say is not taken for the reason.
    stopWaiting(stalled);
    options.abort(stalled);
  };
  const nextChunk = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      stopWaiting = reject;
      source.next().then(resolve, reject);
    });
  // A consumer that aborts may never come back for another chunk, so the watch ends here.
  const onAbort = () => {
    watch?.cancel();
    stopWaiting(cancelledError(requestInfo, signal.reason));
  };

  signal.addEventListener('abort', onAbort, { once: true });
  if (!signal.aborted) watch = watchForSilence(context, idleLimit, onStall);
  try {
    for (;;) {
      if (signal.aborted) throw cancelledError(requestInfo, signal.reason);
      const { done, value } = await nextChunk();
      if (done) break;
      watch?.pause();
      received += value.length;
      yield value;
      watch?.touch();
    }
    isDone = true;
  } catch (error) {
    if (error instanceof AllegroError) throw error;
    if (signal.aborted) throw cancelledError(requestInfo, signal.reason);
    throw brokenError(requestInfo, received, expected, error);
  } finally {
    watch?.cancel();
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a source that waits for bytes might never come to its end.
    if (!isDone) source.return?.().then(undefined, () => undefined);
  }
  if (signal.aborted) throw cancelledError(requestInfo, signal.reason);
  if (expected !== undefined && received < expected) {
    throw brokenError(requestInfo, received, expected, undefined);
  }
}

/** The body's length as announced, in bytes, unless it is compressed or not announced. */
function contentLength(response: TransportResponse): number | undefined {
  const text = response.headers['content-length'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Whether an answer says where its body ends, so that a cut shows: by a length or in chunks. */
export function isEndMarked(headers: Record<string, string>): boolean {
  return 'content-length' in headers || /chunked/i.test(headers['transfer-encoding'] ?? '');
}

/**
 * Undoes a compression that was not asked for. Captures are requested with
 * `Accept-Encoding: identity`, yet what arrives compressed all the same is decoded, not stored.
 *
 * @throws AllegroError `badAnswer` for an encoding that is not known or data that does not fit it
 */
export function decodeBody(
  body: AsyncGenerator<Uint8Array>,
  encoding: string | undefined,
  requestInfo: RequestInfo,
): AsyncGenerator<Uint8Array> {
  const name = (encoding ?? '').trim().toLowerCase();
  return name === '' || name === 'identity' ? body : decompress(body, name, requestInfo);
}

async function* decompress(
  body: ByteStream,
  name: string,
  requestInfo: RequestInfo,
): AsyncGenerator<Uint8Array> {
  const format = name === 'x-gzip' ? 'gzip' : name;
  if (format !== 'gzip' && format !== 'deflate') {
    throw new AllegroError({
      ...requestInfo,
      kind: 'badAnswer',
      what: say`The response is compressed as "${quoteAnswer(name, requestInfo)}", which is not supported.`,
      advice: say`Check whether a proxy changes the responses of the appliance.`,
    });
  }
  const decoder = new DecompressionStream(format);
  let sourceError: unknown;
  const writing = pump(body, decoder.writable.getWriter()).catch((error: unknown) => {
    sourceError = error;
  });
  const reader = decoder.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value as Uint8Array;
    }
    await writing;
  } catch (error) {
    await writing;
    if (sourceError instanceof AllegroError) throw sourceError;
    throw new AllegroError({
      ...requestInfo,
      kind: 'incomplete',
      what: say`The compressed response cannot be decoded: it is damaged or truncated.`,
      advice: say`Try again. If the problem persists, check proxies in front of the appliance.`,
      canRetry: true,
      cause: sourceError ?? error,
    });
  } finally {
    reader.cancel().catch(() => undefined);
  }
  if (sourceError) throw sourceError;
}

async function pump(
  body: ByteStream,
  writer: {
    ready: Promise<unknown>;
    write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
    close(): Promise<void>;
    abort(reason: unknown): Promise<void>;
  },
): Promise<void> {
  try {
    for await (const chunk of body) {
      await writer.ready;
      await writer.write(chunk as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

/**
 * Reads a body that is meant to be small, such as JSON, as text.
 *
 * @throws AllegroError `tooLarge` beyond `maxBytes`
 */
export async function readText(
  body: ByteStream,
  maxBytes: number,
  requestInfo: RequestInfo,
): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let received = 0;
  for await (const chunk of body) {
    received += chunk.length;
    if (received > maxBytes) {
      throw new AllegroError({
        ...requestInfo,
        kind: 'tooLarge',
        what: say`The response is larger than ${Math.round(maxBytes / 1e6)} MB.`,
        advice: say`Request less: a shorter interval, fewer entries, or no history data. Get Stats and API Request can raise the limit.`,
      });
    }
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  parts.push(decoder.decode());
  return parts.join('');
}

/** The error for work that somebody ended on purpose. */
export function cancelledError(requestInfo: RequestInfo, reason?: unknown): AllegroError {
  // A limit of our own aborts with an error that already says what happened.
  if (reason instanceof AllegroError) return reason;
  return new AllegroError({
    ...requestInfo,
    kind: 'cancelled',
    what: say`The request was cancelled before it was finished.`,
    advice: say`Nothing was kept. Run it again if you still need it.`,
    canRetry: true,
  });
}

function stallError(requestInfo: RequestInfo, idleLimit: number, received: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`No data arrived for ${Math.round(idleLimit / 100) / 10} s (${received} [byte|bytes] had arrived before).`,
    advice: say`The appliance or the network has stalled or is very busy. Try again, or raise the idle timeout if long pauses are normal.`,
    canRetry: true,
  });
}

function brokenError(
  requestInfo: RequestInfo,
  received: number,
  expected: number | undefined,
  cause: unknown,
): AllegroError {
  const failure = cause === undefined ? undefined : toTransportError(cause);
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what:
      expected === undefined
        ? say`The connection was lost after ${received} [byte|bytes], before the response was complete.`
        : say`The connection was lost after ${received} [byte|bytes] of ${expected} promised, before the response was complete.`,
    advice: say`What arrived was discarded, because it is incomplete. Try again.`,
    canRetry: true,
    cause: failure,
  });
}
