import { never } from '../../support/fake-transport';
import {
  AFTER_LIVE,
  appliance,
  borders,
  connections,
  context,
  deaf,
  failure,
  FILE,
  live,
  LIVE_SECONDS,
  pieces,
  quiet,
  sha256,
  START_US,
  take,
  request,
} from './capture-bench';

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

  it('is a result with a warning when the response has no bytes', async () => {
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

  it('in which no bytes arrive is empty', async () => {
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
