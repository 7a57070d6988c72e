import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * Asks a host as `fetch` does, over a connection of its own, and follows no redirect. A connection that is
 * kept open may be used again at the moment when the host closes it, because it was idle or is restarted.
 * `fetch` itself with `Connection: close` ends the process while a long answer is waiting to be read:
 * https://github.com/nodejs/undici/issues/5360, which no Node.js of today has mended.
 *
 * @throws Error where no whole answer comes
 */
export async function fetchOnce(url: string | URL, init?: RequestInit): Promise<Response> {
  const call = new Request(url, init);
  const { method, signal } = call;
  const headers = Object.fromEntries(call.headers);
  const content = Buffer.from(await call.arrayBuffer());
  const outgoing = request(url, { method, headers, signal, agent: false });
  // What fails after the answer has begun is told by its body.
  outgoing.on('error', () => undefined);
  outgoing.end(content);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const body = await buffer(incoming);
  const { statusCode: status = 0, statusMessage: statusText, headersDistinct } = incoming;
  const fields = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Response(body.length > 0 ? body : null, { status, statusText, headers: fields });
}
