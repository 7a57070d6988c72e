import { createHash } from 'node:crypto';
import type { Capture } from '../../../client/capture/capture';
import type { CaptureRequest } from '../../../client/capture/capture-request';
import { fakeClient, ManualContext, never, type FakeAnswer } from '../../support/fake-transport';
import { classicFile, type Packet } from '../../support/pcap-fixtures';
import { errorOf } from '../../support/error-of';

export const START_US = Date.UTC(2026, 10, 23, 15, 48) * 1000;
const packets: Packet[] = Array.from({ length: 50 }, (_, index) => ({
  ns: BigInt(START_US + index * 1_000_000) * 1000n,
  captured: 100,
}));
export const { bytes: FILE, borders } = classicFile(packets);
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export const request = {
  source: 'ringBuffer',
  window: { startUs: START_US, endUs: START_US + 120_000_000, clockOffsetSeconds: 0 },
  expression: 'ip==10.1.2.3 and l4Protocol==TCP',
  limits: {},
  snapLength: 65535,
  ringBuffer: 0,
  fileNamePrefix: '',
  onProgress: () => undefined,
} satisfies CaptureRequest;
export const LIVE_SECONDS = 30;
export const live: CaptureRequest = { ...request, source: 'live', durationSeconds: LIVE_SECONDS };
/** Beyond the end of a live capture and the grace that it is given. */
export const AFTER_LIVE = LIVE_SECONDS * 1000 + 5000;

/** Signals of the capture calls, as the transport got them: an aborted one is a closed connection. */
export let connections: AbortSignal[];
export let context: ManualContext;

beforeEach(() => {
  connections = [];
  context = new ManualContext();
});

export function appliance(answer: FakeAnswer) {
  return fakeClient(({ path, signal }) => {
    if (path.startsWith('/API/stats/time')) return { json: { currentTime: START_US / 1000 } };
    if (path.startsWith('/API/stats/modules')) return { json: { interval: [0, 0, 0, 0] } };
    connections.push(signal);
    return answer;
  }, context);
}

export async function readAll(capture: Capture): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of capture.stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Consumes a capture as a host does, and checks that nothing of it is left behind. */
export async function take(
  answer: FakeAnswer,
  wanted: CaptureRequest = request,
  options = never(),
) {
  const fake = appliance(answer);
  try {
    const capture = await fake.client.capture(wanted, options);
    const bytes = await readAll(capture);
    return { ...fake, capture, bytes, summary: await capture.finished };
  } finally {
    await settle();
    expect(context.sleeping).toBe(0);
  }
}

export const failure = (answer: FakeAnswer, wanted: CaptureRequest = request, options = never()) =>
  errorOf(take(answer, wanted, options));

export async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The bytes, and then nothing until the connection is closed. */
export async function* quiet(
  bytes: Buffer,
  signal: AbortSignal,
  onQuiet?: () => void,
): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes, 64);
  const closed = new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('closed')), { once: true });
  });
  onQuiet?.();
  await closed;
}

/** The bytes, and then nothing for ever, whatever happens to the connection. */
export async function* deaf(
  bytes: Buffer,
  _: AbortSignal,
  onQuiet?: () => void,
): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes, 64);
  onQuiet?.();
  await new Promise(() => undefined);
}

/** Lets everything happen that needs no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
