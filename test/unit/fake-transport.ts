import { AllegroClient } from '../../client';
import type { ClientContext } from '../../client';
import type { Transport, TransportRequest, TransportResponse } from '../../client/transport';

/** Time that passes only when it is slept through, so that tests of minutes take milliseconds. */
export class FakeContext implements ClientContext {
  time = Date.UTC(2026, 10, 23, 15, 50);
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    // Long sleeps are watchdogs that somebody cancels; real time must pass for those.
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds > 30_000 ? milliseconds : 0);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
    this.slept.push(milliseconds);
    this.time += milliseconds;
  }

  random(): number {
    return 0.5;
  }
}

export type FakeAnswer =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | { error: unknown };

/** Answers from a function and remembers what was asked. */
export class FakeTransport implements Transport {
  readonly baseUrl = 'https://allegro-mm-test';
  readonly requests: TransportRequest[] = [];

  constructor(private readonly answer: (request: TransportRequest, index: number) => FakeAnswer) {}

  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const answer = this.answer(request, this.requests.push(request) - 1);
    if ('error' in answer) throw answer.error;
    const { status = 200, headers = {}, json, text = JSON.stringify(json) ?? '' } = answer;
    return { status, headers, body: oneChunk(text) };
  }
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  if (text) yield new TextEncoder().encode(text);
}

/** A client over answers that a test makes up. */
export function fakeClient(answer: (request: TransportRequest, index: number) => FakeAnswer): {
  client: AllegroClient;
  transport: FakeTransport;
  context: FakeContext;
} {
  const transport = new FakeTransport(answer);
  const context = new FakeContext();
  return { client: new AllegroClient({ transport, context }), transport, context };
}

/** A signal that nobody aborts. */
export const never = (): { signal: AbortSignal } => ({ signal: new AbortController().signal });
