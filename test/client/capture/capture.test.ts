import { createHash } from 'node:crypto';
import type { Capture } from '../../../client/capture/capture';
import type { CaptureRequest } from '../../../client/capture/capture-request';
import { fakeClient, ManualContext, never, type FakeAnswer } from '../../support/fake-transport';
import { classicFile, countClassic, type Packet } from '../../support/pcap-fixtures';
import { errorOf } from '../../support/error-of';

const START_US = Date.UTC(2026, 10, 23, 15, 48) * 1000;
const packets: Packet[] = Array.from({ length: 50 }, (_, index) => ({
  ns: BigInt(START_US + index * 1_000_000) * 1000n,
  captured: 100,
}));
const { bytes: FILE, borders } = classicFile(packets);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const request: CaptureRequest = {
  source: 'ringBuffer',
  window: { startUs: START_US, endUs: START_US + 120_000_000, clockOffsetSeconds: 0 },
  expression: 'ip==10.1.2.3 and l4Protocol==TCP',
  limits: {},
  snapLength: 65535,
  ringBuffer: 0,
  fileNamePrefix: '',
  onProgress: () => undefined,
};
const LIVE_SECONDS = 30;
const live: CaptureRequest = { ...request, source: 'live', durationSeconds: LIVE_SECONDS };
/** Beyond the end of a live capture and the grace that it is given. */
const AFTER_LIVE = LIVE_SECONDS * 1000 + 5000;

/** Signals of the capture calls, as the transport got them: an aborted one is a closed connection. */
let connections: AbortSignal[];
let context: ManualContext;

beforeEach(() => {
  connections = [];
  context = new ManualContext();
});

function appliance(answer: FakeAnswer) {
  return fakeClient(({ path, signal }) => {
    if (path.startsWith('/API/stats/time')) return { json: { currentTime: START_US / 1000 } };
    if (path.startsWith('/API/stats/modules')) return { json: { interval: [0, 0, 0, 0] } };
    connections.push(signal);
    return answer;
  }, context);
}

async function readAll(capture: Capture): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of capture.stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Consumes a capture as a host does, and checks that nothing of it is left behind. */
async function take(answer: FakeAnswer, wanted: CaptureRequest = request, options = never()) {
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

const failure = (answer: FakeAnswer, wanted: CaptureRequest = request, options = never()) =>
  errorOf(take(answer, wanted, options));

describe('a capture', () => {
  it('passes the file on unchanged, and tells all about it', async () => {
    const { bytes, summary, capture, transport } = await take({ body: () => pieces(FILE, 37) });
    expect(bytes.equals(FILE)).toBe(true);
    expect(summary).toMatchObject({
      packets: 50,
      bytes: FILE.length,
      sha256: sha256(FILE),
      complete: true,
      endedBy: 'device',
      format: 'pcap',
      linkTypes: ['Ethernet'],
      fileName:
        'allegro_allegro-mm-test_ip-10.1.2.3-and-l4Protocol-TCP_20261123T154800Z-20261123T155000Z_i0000.pcap',
      requestedWindow: { from: '2026-11-23T15:48:00.000000Z', to: '2026-11-23T15:50:00.000000Z' },
      coveredWindow: { from: '2026-11-23T15:48:00.000000Z', to: '2026-11-23T15:48:49.000000Z' },
      warnings: [],
    });
    expect(capture.mediaType).toBe('application/vnd.tcpdump.pcap');
    expect(transport.paths).toEqual([
      `/API/data/modules/capture?startTime=${START_US}&endTime=${START_US + 120_000_000}` +
        '&expression=ip%3D%3D10.1.2.3%20and%20l4Protocol%3D%3DTCP&snapPacketLength=65535' +
        '&fromCaptureBuffer=true&captureBufferSlotId=0',
    ]);
  });

  it.each([
    ['inside a packet', borders[5] - 3],
    ['inside the header of a packet', borders[5] + 3],
    ['inside the header of the file', 10],
  ])('that is truncated %s fails', async (_, length) => {
    const error = await failure({ body: () => pieces(FILE.subarray(0, length), 64) });
    expect(error).toMatchObject({ kind: 'incomplete', canRetry: true });
    expect(error.message).toContain('incomplete');
  });

  it('that is cut at a packet boundary is an error by its length', async () => {
    const error = await failure({
      headers: { 'content-length': String(FILE.length) },
      body: () => pieces(FILE.subarray(0, borders[5]), 64),
    });
    expect(error.kind).toBe('incomplete');
    expect(error.message).toContain(`${borders[5]} bytes of ${FILE.length} promised`);
  });

  it('that turns out to be JSON is an error that quotes it, even if the rest never comes', async () => {
    const error = await failure({
      body: (signal) =>
        deaf(Buffer.from('{"error":"no ring buffer"'), signal, () => context.advance(61_000)),
    });
    expect(error.kind).toBe('badAnswer');
    expect(error.answer).toContain('no ring buffer');
  });

  it('warns when clocks differ and when packets lie outside the requested window', async () => {
    const window = {
      startUs: START_US + 1,
      endUs: START_US + 10_000_000,
      clockOffsetSeconds: -3.5,
    };
    const { summary } = await take({ body: () => pieces(FILE, 64) }, { ...request, window });
    expect(summary.warnings).toEqual([
      expect.stringContaining('3.5 s behind'),
      expect.stringContaining('outside the requested window'),
    ]);
  });
});

describe('a capture without packets', () => {
  const REASONS = /^No packets in the window\..* most likely first: no packet matches the filter;/;

  it('is a result with a warning when not a byte comes', async () => {
    const { capture, bytes, summary } = await take({ text: '' });
    expect(capture.isEmpty).toBe(true);
    expect(bytes).toHaveLength(0);
    expect(summary).toMatchObject({
      packets: 0,
      bytes: 0,
      fileName: null,
      sha256: null,
      coveredWindow: null,
      complete: true,
      endedBy: 'device',
    });
    expect(summary.warnings).toEqual([
      expect.stringContaining('No bytes arrived'),
      expect.stringMatching(REASONS),
    ]);
  });

  it('has a file when its header comes', async () => {
    const header = FILE.subarray(0, 24);
    const { capture, bytes, summary } = await take({ body: () => pieces(header, 5) });
    expect(capture.isEmpty).toBe(false);
    expect(bytes.equals(header)).toBe(true);
    expect(summary).toMatchObject({ packets: 0, bytes: 24, coveredWindow: null, complete: true });
    expect(summary.warnings).toEqual([expect.stringMatching(REASONS)]);
  });
});

describe.each([
  ['that notices when it is closed', quiet],
  ['that never notices when it is closed', deaf],
])('a limit, over a connection %s', (_, after) => {
  it.each([
    ['packets', { maxPackets: 7 }, 7],
    // The ninth packet fits to the byte, or with five bytes to spare.
    ['bytes', { maxBytes: borders[9] }, 9],
    ['bytes', { maxBytes: borders[9] + 5 }, 9],
    ['bytes', { maxBytes: borders[9] - 1 }, 8],
  ] as const)('of %s %j ends the file at a packet boundary', async (endedBy, limits, count) => {
    const body = (signal: AbortSignal) => after(FILE, signal);
    const { bytes, summary } = await take({ body }, { ...request, limits });
    expect(bytes.equals(FILE.subarray(0, borders[count]))).toBe(true);
    expect(countClassic(bytes, true)).toBe(count);
    expect(summary).toMatchObject({
      packets: count,
      bytes: bytes.length,
      sha256: sha256(bytes),
      endedBy,
      complete: true,
    });
    expect(connections.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('makes room for the next capture', async () => {
    const { client } = appliance({ body: (signal) => after(FILE, signal) });
    // More than may run at once.
    for (let count = 0; count < 6; count++) {
      const capture = await client.capture({ ...request, limits: { maxPackets: 1 } }, never());
      await readAll(capture);
      expect((await capture.finished).packets).toBe(1);
    }
    expect(connections).toHaveLength(6);
  });

  it('of time is an error, because packets are missing', async () => {
    const body = (signal: AbortSignal) =>
      after(FILE.subarray(0, borders[3]), signal, () => context.advance(20_000));
    const error = await failure({ body }, { ...request, totalLimit: 20_000 });
    expect(error).toMatchObject({ kind: 'timeout', canRetry: true });
    expect(error.message).toContain('not finished after 20 s');
  });

  it('of time counts the wait for other captures', async () => {
    const { client } = appliance({ body: (signal) => after(FILE.subarray(0, 24), signal) });
    const running = await Promise.all(
      [1, 2, 3, 4].map(() => client.capture({ ...request, totalLimit: 60_000 }, never())),
    );
    let waits = 0;
    const options = { ...never(), onWait: () => void waits++ };
    const fifth = client.capture({ ...request, totalLimit: 20_000 }, options);
    await settle();
    context.advance(20_000);
    const message = expect.stringContaining('not finished after 20 s');
    await expect(fifth).rejects.toMatchObject({ kind: 'timeout', message });
    expect([waits, connections.length]).toEqual([1, 4]);
    for (const capture of running) capture.close();
    await settle();
    expect(context.sleeping).toBe(0);
  });

  it('of a pause is an error, because packets are missing', async () => {
    const body = (signal: AbortSignal) =>
      after(FILE.subarray(0, borders[3]), signal, () => context.advance(10_000));
    const error = await failure({ body }, { ...request, idleLimit: 10_000 });
    expect(error).toMatchObject({ kind: 'timeout', canRetry: true });
    expect(error.message).toContain('No data arrived for 10 s');
    expect(connections[0].aborted).toBe(true);
  });
});

describe('a live capture', () => {
  it('asks for an end, and for live traffic', async () => {
    const { transport, summary } = await take({ body: () => pieces(FILE, 64) }, live);
    expect(transport.paths[1]).toContain(`capture?endTime=${START_US + LIVE_SECONDS * 1e6}&`);
    expect(transport.paths[1]).toContain('fromCaptureBuffer=false');
    expect(summary).toMatchObject({ source: 'live', endedBy: 'device' });
  });

  it('that lasted as long as it was meant to was ended by its duration', async () => {
    async function* body() {
      yield* pieces(FILE, 64);
      context.advance(LIVE_SECONDS * 1000);
    }
    expect((await take({ body }, live)).summary.endedBy).toBe('duration');
  });

  it.each([
    ['that notices when it is closed', quiet],
    ['that never notices when it is closed', deaf],
  ])('on a quiet network is ended by our own clock, over a connection %s', async (_, after) => {
    const part = FILE.subarray(0, borders[3] + 30);
    const body = (signal: AbortSignal) => after(part, signal, () => context.advance(AFTER_LIVE));
    const { bytes, summary } = await take({ body }, live);
    expect(bytes.equals(FILE.subarray(0, borders[3]))).toBe(true);
    expect(summary).toMatchObject({ packets: 3, endedBy: 'duration', complete: true });
    expect(connections[0].aborted).toBe(true);
  });

  it('in which not a byte comes is empty', async () => {
    const body = (signal: AbortSignal) =>
      quiet(Buffer.alloc(0), signal, () => context.advance(AFTER_LIVE));
    const { summary, capture } = await take({ body }, live);
    expect(capture.isEmpty).toBe(true);
    expect(summary).toMatchObject({ packets: 0, endedBy: 'duration', fileName: null });
  });

  it('to which not even headers come is empty', async () => {
    const { client, transport } = appliance({ text: '' });
    const send = transport.send.bind(transport);
    transport.send = async (call) => {
      const answer = await send(call);
      if (connections.length === 0) return answer;
      context.advance(AFTER_LIVE);
      return new Promise((_, reject) => {
        call.signal.addEventListener('abort', () => reject(new Error('closed')));
      });
    };
    const capture = await client.capture(live, never());
    expect(await capture.finished).toMatchObject({ packets: 0, endedBy: 'duration' });
  });

  it('that breaks off before its end fails', async () => {
    async function* body() {
      yield* pieces(FILE, 64);
      throw new Error('socket hang up');
    }
    expect((await failure({ body }, live)).kind).toBe('incomplete');
  });
});

describe('ending a capture early', () => {
  it.each([
    ['from the ring buffer, over a connection that notices', request, quiet],
    ['from the ring buffer, over a connection that does not notice', request, deaf],
    ['of live traffic, over a connection that notices', live, quiet],
    ['of live traffic, over a connection that does not notice', live, deaf],
  ])('by a cancel ends it with an error: %s', async (_, wanted, after) => {
    const cancel = new AbortController();
    // At a packet boundary, where the file would look whole.
    const body = (signal: AbortSignal) =>
      after(FILE.subarray(0, borders[3]), signal, () => cancel.abort());
    const error = await failure({ body }, wanted, { signal: cancel.signal });
    expect(error.kind).toBe('cancelled');
    expect(connections[0].aborted).toBe(true);
  });

  it('by a cancel between two chunks ends it with an error', async () => {
    const cancel = new AbortController();
    const { client } = appliance({ body: () => pieces(FILE, 200) });
    const capture = await client.capture(request, { signal: cancel.signal });
    const reading = (async () => {
      for await (const chunk of capture.stream) {
        expect(chunk.length).toBeGreaterThan(0);
        cancel.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(capture.finished).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it.each([
    ['ring buffer', request],
    ['live traffic', live],
  ])('by closing it never passes what is missing off as whole: %s', async (_, wanted) => {
    const { client } = appliance({ body: () => pieces(FILE, borders[3]) });
    const capture = await client.capture(wanted, never());
    capture.close();
    await expect(readAll(capture)).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(capture.finished).rejects.toMatchObject({ kind: 'cancelled' });
    expect(connections[0].aborted).toBe(true);
  });

  it('by not reading on closes the connection', async () => {
    const { client } = appliance({ body: (signal) => deaf(FILE, signal) });
    const capture = await client.capture(request, never());
    for await (const chunk of capture.stream) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await expect(capture.finished).rejects.toMatchObject({ kind: 'cancelled' });
    expect(connections[0].aborted).toBe(true);
    await settle();
    expect(context.sleeping).toBe(0);
  });
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The bytes, and then nothing until the connection is closed. */
async function* quiet(
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
async function* deaf(
  bytes: Buffer,
  _: AbortSignal,
  onQuiet?: () => void,
): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes, 64);
  onQuiet?.();
  await new Promise(() => undefined);
}

/** Lets everything happen that needs no time. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
