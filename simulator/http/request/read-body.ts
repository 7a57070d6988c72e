import type { IncomingMessage } from 'node:http';
import { HttpError } from '../reply/http-error';

const LARGEST = 1024 * 1024;

/**
 * Reads a JSON object. The content type is not looked at: the vendor's own Python script sends none.
 *
 * @throws HttpError 400 for anything else
 */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > LARGEST) throw new HttpError(413, 'The body is too large.');
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one message.
  }
  throw new HttpError(400, 'The body must be a JSON object.');
}
