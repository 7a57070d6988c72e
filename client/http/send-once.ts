import { AllegroError, type RequestInfo } from '../errors';
import { cancelledError, decodeBody, guardBody } from './body';
import type { Call, OpenAnswer } from './call';
import type { ClientContext } from './context';
import { networkError } from './network-error';
import { watchForSilence } from './limits/time-limit';
import type { RequestBody, Transport, TransportResponse } from './transport';
import { say } from '../values/sentence';

const DEFAULT_HEADERS_LIMIT = 60_000;
const DEFAULT_IDLE_LIMIT = 60_000;

/**
 * Sends a call once, whatever the answer. Its headers and its body have their time limits.
 *
 * @param target path and query, which a redirect may have changed
 * @throws AllegroError `timeout`, `cancelled`, or what {@link networkError} makes of a failure
 */
export async function sendOnce(
  { transport, context }: { transport: Transport; context: ClientContext },
  call: Call,
  target: string,
  requestInfo: RequestInfo,
): Promise<OpenAnswer> {
  const connection = new AbortController();
  const signal = AbortSignal.any([call.signal, connection.signal]);
  const headersLimit = call.headersLimit ?? DEFAULT_HEADERS_LIMIT;
  const watch = watchForSilence(context, headersLimit, () =>
    connection.abort(silenceError(requestInfo, headersLimit)),
  );
  let response: TransportResponse;
  const sentAt = context.now();
  try {
    response = await transport.send({
      method: call.method,
      path: target,
      headers: { Accept: '*/*', 'Accept-Encoding': 'identity' },
      body: call.body && watchedBody(call.body, () => watch.touch()),
      signal,
    });
  } catch (error) {
    if (connection.signal.aborted) throw connection.signal.reason;
    if (call.signal.aborted) throw cancelledError(requestInfo, call.signal.reason);
    throw networkError(error, requestInfo);
  } finally {
    watch.cancel();
  }
  const guarded = guardBody(response, {
    context,
    requestInfo,
    idleLimit: call.idleLimit ?? DEFAULT_IDLE_LIMIT,
    abort: (reason) => connection.abort(reason),
    signal,
  });
  return {
    close: (reason) => connection.abort(reason),
    status: response.status,
    sentAt,
    answeredAt: context.now(),
    headers: response.headers,
    body: decodeBody(guarded, response.headers['content-encoding'], requestInfo),
    requestInfo,
  };
}

/** The same body; `onPiece` is called whenever the connection takes a piece of it. */
function watchedBody(body: RequestBody, onPiece: () => void): RequestBody {
  if (body.kind === 'text') return body;
  const { stream } = body;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const piece of stream) {
      onPiece();
      yield piece;
    }
    onPiece();
  }
  return { ...body, stream: watched() };
}

function silenceError(requestInfo: RequestInfo, limit: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The appliance accepted the request but did not respond within ${Math.round(limit / 1000)} s.`,
    advice: say`It may be busy, or waiting for approval by a second person (4-eyes). Try again, or shorten the interval.`,
    canRetry: true,
  });
}
