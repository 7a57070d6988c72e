import type { IncomingMessage } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import { say, type Sentence } from '../../../client/values/sentence';

/** A body that is refused, with the HTTP status of the response. */
export class BodyRefusal extends Error {
  constructor(
    readonly status: 400 | 413,
    readonly what: Sentence,
  ) {
    super(String(what));
  }
}

/** With what another part of Node-RED's web server may have read already. */
type MaybeRead = IncomingMessage & { body?: unknown };

/**
 * Reads a body as text, up to a limit, decompressed where it is compressed. Where editor and flows
 * share a root, the editor's own part of the server has read and parsed JSON before (with a limit of
 * its own, `apiMaxLength`); then that is what counts.
 *
 * @throws BodyRefusal 413 beyond the limit, 400 for what breaks off or is no gzip
 */
export async function readBody(request: MaybeRead, limit: number): Promise<unknown> {
  if (request.readableEnded && request.body !== undefined) return request.body;
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const isCompressed = /gzip/i.test(request.headers['content-encoding'] ?? '');
  const stream = isCompressed ? decompressed(request) : request;
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of stream) {
      length += (piece as Buffer).length;
      if (length > limit) throw tooLarge(limit);
      pieces.push(piece as Buffer);
    }
  } catch (error) {
    if (error instanceof BodyRefusal) throw error;
    throw new BodyRefusal(400, say`The body cannot be read.`);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Without closing the request when it is no longer read: it still has to be answered. */
function decompressed(request: IncomingMessage): Gunzip {
  const gunzip = createGunzip();
  // `pipe` does not hand on that the other side broke off.
  request.once('error', (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

function tooLarge(limit: number): BodyRefusal {
  return new BodyRefusal(413, say`The body is longer than ${limit} [byte|bytes].`);
}
