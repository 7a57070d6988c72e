import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import type { Fault } from '../faults';
import { HttpError } from './http-error';

/** What a route answers. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** An object becomes JSON. */
  body: object | string | Buffer | AsyncIterable<Buffer>;
  /** Compressed where the request accepts it. Source: the scripts, `Accept-Encoding`. */
  mayCompress?: boolean;
  framing?: 'chunked' | 'close' | 'length';
}

function isStream(body: Reply['body']): body is AsyncIterable<Buffer> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

export function errorReply(error: unknown, unauthorizedBody: 'json' | 'html'): Reply {
  const { status, message, headers } =
    error instanceof HttpError ? error : new HttpError(500, `Internal error: ${String(error)}`);
  if (status === 401 && unauthorizedBody === 'html') {
    return {
      status,
      headers: { ...headers, 'Content-Type': 'text/html' },
      body: '<html><head><title>401 Unauthorized</title></head><body><h1>Unauthorized</h1></body></html>',
    };
  }
  return { status, headers, body: { error: message } };
}

interface Sending {
  acceptEncoding: string;
  fault?: Fault;
  /** Whether the fault is still switched on. */
  isFaulty(): boolean;
  onBytes(count: number): void;
}

/** Sends an answer, with whatever fault was asked for. Resolves when it was sent or broken off. */
export async function send(
  response: ServerResponse,
  given: Reply,
  sending: Sending,
): Promise<void> {
  const { fault } = sending;
  if (fault?.kind === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (fault?.kind === 'stallBeforeHeaders') {
    // A body that nobody reads would also hide that the other side has gone.
    response.req.resume();
    await once(response, 'close');
    return;
  }
  const reply = fault?.kind === 'answer' ? { ...fault, body: fault.body ?? '' } : given;
  const headers: Record<string, string> = { ...reply.headers };
  let body = encode(reply.body, headers);
  if (fault?.kind === 'gzip' || ('mayCompress' in reply && accepts(reply, sending))) {
    headers['Content-Encoding'] = 'gzip';
    body = Buffer.isBuffer(body) ? gzipSync(body) : gzipOf(body);
  }
  body = await frame(response, body, headers, framingOf(reply, fault), fault);
  response.writeHead(reply.status ?? 200, headers);
  await pump(response, body, sending);
}

function framingOf(reply: Reply, fault: Fault | undefined): Reply['framing'] {
  if (fault?.kind === 'cut') return fault.framing;
  return fault?.kind === 'wrongLength' ? 'length' : reply.framing;
}

function accepts({ mayCompress }: Reply, { acceptEncoding }: Sending): boolean {
  return mayCompress === true && /\bgzip\b/.test(acceptEncoding);
}

function encode(
  body: Reply['body'],
  headers: Record<string, string>,
): Buffer | AsyncIterable<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (isStream(body)) return body;
  headers['Content-Type'] ??= 'application/json';
  return Buffer.from(JSON.stringify(body));
}

async function* gzipOf(body: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield* Readable.from(body).pipe(createGzip()) as AsyncIterable<Buffer>;
}

async function frame(
  response: ServerResponse,
  body: Buffer | AsyncIterable<Buffer>,
  headers: Record<string, string>,
  framing: Reply['framing'],
  fault: Fault | undefined,
): Promise<Buffer | AsyncIterable<Buffer>> {
  let framed = body;
  if (framing === 'close') {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    headers.Connection = 'close';
    return framed;
  }
  // A length is known only when everything is there.
  if (framing === 'length' && !Buffer.isBuffer(framed)) framed = await collect(framed);
  if (Buffer.isBuffer(framed) && framing !== 'chunked') {
    const difference = fault?.kind === 'wrongLength' ? fault.difference : 0;
    headers['Content-Length'] = String(framed.length + difference);
  }
  return framed;
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function pump(
  response: ServerResponse,
  body: Buffer | AsyncIterable<Buffer>,
  { fault, isFaulty, onBytes }: Sending,
): Promise<void> {
  response.flushHeaders();
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const untilClosed = endingWith(response);
  const chunks = Buffer.isBuffer(body) ? Readable.from([body], { objectMode: true }) : body;
  let sent = 0;
  const write = async (chunk: Buffer) => {
    sent += chunk.length;
    onBytes(chunk.length);
    if (!response.write(chunk)) await untilClosed(once(response, 'drain'));
  };
  const iterator = (chunks as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      // A live capture may wait for packets for ever; it ends with the connection.
      const next = await untilClosed(iterator.next());
      if (!next || next.done || response.destroyed) break;
      const chunk = overwritten(next.value, sent, fault);
      const limit = breakingPoint(fault);
      if (sent + chunk.length >= limit) {
        await write(chunk.subarray(0, limit - sent));
        await breakOff(response, fault!, closed);
        return;
      }
      const trickled =
        fault?.kind === 'slow'
          ? await trickle(
              chunk,
              fault.bytesPerSecond,
              write,
              () => isFaulty() && !response.destroyed,
              closed,
            )
          : 0;
      if (trickled < chunk.length && !response.destroyed) await write(chunk.subarray(trickled));
    }
    if (fault?.kind === 'append') await write(fault.bytes);
    if (fault?.kind === 'wrongLength') response.socket?.end();
    else response.end();
  } finally {
    void iterator.return?.();
  }
}

/**
 * Waits for something, or for the connection to close, whichever comes first. A race with one promise
 * for the close would hold on to all that it was ever raced with: every piece of a large capture.
 */
function endingWith(response: ServerResponse): <T>(work: Promise<T>) => Promise<T | undefined> {
  let onClose: () => void = () => undefined;
  response.once('close', () => onClose());
  return (work) =>
    new Promise((resolve, reject) => {
      if (response.closed) return resolve(undefined);
      onClose = () => resolve(undefined);
      work.then(resolve, reject);
    });
}

/** The byte of the body at which it breaks off. */
function breakingPoint(fault: Fault | undefined): number {
  if (fault?.kind === 'cut' || fault?.kind === 'stall') return fault.afterBytes;
  return (fault?.kind === 'gzip' ? fault.cutAfterBytes : undefined) ?? Infinity;
}

/** Ends the connection after what was written has gone out, or says no more. */
async function breakOff(response: ServerResponse, fault: Fault, closed: Promise<void>) {
  if (fault.kind === 'stall') return closed;
  // For the body that is closed by its end, this is how a whole one ends, too.
  response.socket?.end();
}

/** Ten small pieces a second, as long as it is slow; resolves to the bytes that were written. */
async function trickle(
  chunk: Buffer,
  bytesPerSecond: number,
  write: (piece: Buffer) => Promise<void>,
  isSlow: () => boolean,
  closed: Promise<void>,
): Promise<number> {
  const step = Math.max(1, Math.round(bytesPerSecond / 10));
  let offset = 0;
  while (offset < chunk.length && isSlow()) {
    const piece = chunk.subarray(offset, offset + step);
    await write(piece);
    offset += piece.length;
    await waitFor((piece.length / bytesPerSecond) * 1000, closed);
  }
  return offset;
}

function waitFor(milliseconds: number, closed: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([waited, closed]).finally(() => clearTimeout(timer));
}

function overwritten(chunk: Buffer, start: number, fault: Fault | undefined): Buffer {
  if (fault?.kind !== 'overwrite') return chunk;
  const changed = Buffer.from(chunk);
  for (let index = 0; index < fault.bytes.length; index++) {
    const at = fault.offset + index - start;
    if (at >= 0 && at < changed.length) changed[at] = fault.bytes[index];
  }
  return changed;
}
