import type {
  Transport,
  TransportRequest,
  TransportResponse,
} from '../../../client/http/transport';

/** An answer as it came. */
export interface Recorded {
  /** Method and path, without the query. */
  key: string;
  status: number;
  headers: Record<string, string>;
  bytes: Buffer;
}

/** Passes requests on and keeps what is read of the answers. */
export class Recorder implements Transport {
  readonly answers: Recorded[] = [];
  readonly mask = (text: string): string => text;

  constructor(private readonly inner: Transport) {}

  get baseUrl(): string {
    return this.inner.baseUrl;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const { status, headers, body } = await this.inner.send(request);
    const recorded = { key: keyOf(request), status, headers, bytes: Buffer.alloc(0) };
    this.answers.push(recorded);
    return { status, headers, body: kept(body, recorded) };
  }
}

async function* kept(body: TransportResponse['body'], recorded: Recorded) {
  for await (const chunk of body) {
    recorded.bytes = Buffer.concat([recorded.bytes, chunk]);
    yield chunk;
  }
}

/**
 * Answers as recorded, in the order of each path, the last one again and again.
 *
 * @param replaced what is sent instead of one of the answers
 */
export function replay(
  answers: readonly Recorded[],
  replaced?: { answer: Recorded; bytes: Buffer },
): Transport {
  const left = [...answers];
  return {
    baseUrl: 'https://allegro-mm-test',
    mask: (text) => text,
    async send(request) {
      if (request.body?.kind === 'stream') await readAll(request.body.stream);
      const key = keyOf(request);
      const alike = left.filter((one) => one.key === key);
      const [answer] = alike;
      if (alike.length > 1) left.splice(left.indexOf(answer!), 1);
      if (!answer) throw new Error(`Not recorded: ${key}`);
      const { 'content-length': _, ...headers } = answer.headers;
      const bytes = answer === replaced?.answer ? replaced.bytes : answer.bytes;
      return {
        status: answer.status,
        headers: { ...headers, 'transfer-encoding': 'chunked' },
        body: oneChunk(bytes),
      };
    },
  };
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of stream) void chunk;
}

function keyOf({ method, path }: TransportRequest): string {
  return `${method} ${path.split('?')[0]}`;
}
