import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { toTransportError, TransportError, type ByteStream } from '../../client';

/**
 * The body as it comes from the wire. Node reports a broken connection by itself where a length or
 * chunks promise an end; a body that ends with the connection is watched over here.
 *
 * @param upload the request's body, ended with the answer: an appliance may answer before it has
 *   taken everything
 */
export function responseBody(message: IncomingMessage, upload: Readable | undefined): ByteStream {
  let broken: Error | undefined;
  const onError = (error: Error) => (broken ??= error);
  // An abort may hit the stream before anyone reads it; without a listener that ends the process.
  message.on('error', onError);
  if (endsWithConnection(message)) message.socket.once('error', onError);

  async function* read(): AsyncGenerator<Uint8Array> {
    try {
      yield* message as AsyncIterable<Buffer>;
      if (broken) throw broken;
      if (!message.complete) {
        throw new TransportError('reset', 'The connection ended before the response was complete.');
      }
    } catch (error) {
      throw toTransportError(withoutRequest(broken ?? error));
    } finally {
      message.destroy();
      upload?.destroy();
    }
  }
  return read();
}

function endsWithConnection({ headers }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
}

/** Errors of axios hold the request and its login; only what happened is kept of them. */
export function withoutRequest(error: unknown): unknown {
  if (!(error instanceof Error) || !('config' in error || 'request' in error)) return error;
  const { name, message, code } = error as Error & { code?: string };
  const cause = withoutRequest(error.cause);
  return Object.assign(new Error(message, { cause }), { name, code });
}
