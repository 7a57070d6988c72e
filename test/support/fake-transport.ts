import { AllegroClient, type ClientContext } from '../../client';
import { Api } from '../../client/api/api';
import type { Origin } from '../../nodes/definitions/model/run-context';
import type { Transport, TransportRequest, TransportResponse } from '../../client/http/transport';

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
      const timer = setTimeout(resolve, milliseconds >= 30_000 ? milliseconds : 0);
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

/** Time that stands still until a test moves it, for watchdogs that are to ring or to keep quiet. */
export class ManualContext implements ClientContext {
  private time = Date.UTC(2026, 10, 23, 15, 50);
  private readonly sleepers = new Map<() => void, number>();

  /** How many sleeps nobody has ended: none may be left when work is done. */
  get sleeping(): number {
    return this.sleepers.size;
  }

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      this.sleepers.set(resolve, this.time + milliseconds);
      signal?.addEventListener('abort', () => {
        this.sleepers.delete(resolve);
        reject(signal.reason as Error);
      });
    });
  }

  /** Moves the clock, and wakes those whose time has come. */
  advance(milliseconds: number): void {
    this.time += milliseconds;
    for (const [wake, at] of this.sleepers) {
      if (at > this.time) continue;
      this.sleepers.delete(wake);
      wake();
    }
  }

  random(): number {
    return 0.5;
  }
}

/** How an appliance sends what it does not know the length of. */
const CHUNKED = { 'transfer-encoding': 'chunked' };

export type FakeAnswer =
  | {
      status?: number;
      headers?: Record<string, string>;
      json?: unknown;
      text?: string;
      /** Bytes instead of text; gets the request's signal. */
      body?: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
    }
  | { error: unknown };

/** Answers from a function and remembers what was asked. */
export class FakeTransport implements Transport {
  readonly baseUrl = 'https://allegro-mm-test';
  readonly requests: TransportRequest[] = [];
  readonly mask = (text: string): string => text.replaceAll('demo-token', '***');

  constructor(private readonly answer: (request: TransportRequest, index: number) => FakeAnswer) {}

  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    const answer = this.answer(request, this.requests.push(request) - 1);
    if ('error' in answer) throw answer.error;
    const {
      status = 200,
      headers = CHUNKED,
      json,
      text = JSON.stringify(json) ?? '',
      body,
    } = answer;
    return { status, headers, body: body?.(request.signal) ?? oneChunk(text) };
  }
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  if (text) yield new TextEncoder().encode(text);
}

type Answers = (request: TransportRequest, index: number) => FakeAnswer;

interface FakeClient<Context> {
  /** What is below the client, with a transport and a context in common. */
  api: Api;
  client: AllegroClient;
  transport: FakeTransport;
  context: Context;
}

/** A client over answers that a test makes up. */
export function fakeClient(answer: Answers): FakeClient<FakeContext>;
export function fakeClient<Context extends ClientContext>(
  answer: Answers,
  context: Context,
): FakeClient<Context>;
export function fakeClient(
  answer: Answers,
  context: ClientContext = new FakeContext(),
): FakeClient<ClientContext> {
  const transport = new FakeTransport(answer);
  const options = { transport, context };
  return { client: new AllegroClient(options), api: new Api(options), transport, context };
}

/** A signal that nobody aborts. */
export const never = (): { signal: AbortSignal } => ({ signal: new AbortController().signal });

/** Who asks, in tests. */
const ORIGIN: Origin = {
  host: { name: 'test', version: '1' },
  package: { name: 'package', version: '2' },
  workflow: { id: 'w', name: 'Workflow' },
  node: { id: 'n', name: 'Node' },
  run: 'r',
};

/** What a definition is run with, where a test looks at nothing but its results. */
export const runContext = <T extends object>(more: T) => ({
  signal: new AbortController().signal,
  progress: () => undefined,
  log: { debug: () => undefined, warn: () => undefined },
  origin: ORIGIN,
  timeZone: 'UTC',
  ...more,
});
