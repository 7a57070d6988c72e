import { never } from '../../support/fake-transport';
import { countClassic } from '../../support/pcap-fixtures';
import {
  appliance,
  borders,
  connections,
  context,
  deaf,
  failure,
  FILE,
  live,
  pieces,
  quiet,
  readAll,
  request,
  settle,
  sha256,
  take,
} from './capture-bench';

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
