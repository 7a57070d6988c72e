import { gzipSync } from 'node:zlib';
import { decodeBody, guardBody, readText } from '../../../client/http/body';
import { AllegroError, type ClientContext } from '../../../client';
import { waitUntil } from '../../contract/support/wait-until';
import { errorOf } from '../../support/error-of';
import { say } from '../../../client/values/sentence';

const requestInfo = { device: 'https://a', method: 'GET', path: '/API/x' };
const context: ClientContext = {
  now: () => Date.now(),
  random: Math.random,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};

function guard(body: AsyncIterable<Uint8Array>, headers = {}, signal?: AbortSignal) {
  const stop = new AbortController();
  const options = { context, requestInfo, idleLimit: 40, signal: signal ?? stop.signal };
  return {
    stop,
    chunks: guardBody({ status: 200, headers, body }, { ...options, abort: (e) => stop.abort(e) }),
  };
}

async function* source(
  chunks: Array<string | Buffer>,
  end?: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
  await end?.();
}

describe('the guard over a body', () => {
  it('passes everything on', async () => {
    const { chunks } = guard(source(['ab', 'c']), { 'content-length': '3' });
    await expect(readText(chunks, 100, requestInfo)).resolves.toBe('abc');
  });

  it('finds a body that is shorter than promised', async () => {
    const { chunks } = guard(source(['ab']), { 'content-length': '3' });
    const error = await errorOf(readText(chunks, 100, requestInfo));
    expect(error).toMatchObject({ kind: 'incomplete', canRetry: true });
    expect(error?.message).toContain('2 bytes of 3');
  });

  it('finds a connection that breaks', async () => {
    const { chunks } = guard(source(['ab'], () => Promise.reject(new Error('socket hang up'))));
    expect((await errorOf(readText(chunks, 100, requestInfo)))?.kind).toBe('incomplete');
  });

  it('finds a stall and closes the connection', async () => {
    const { chunks, stop } = guard(stalling(() => stop.signal));
    const error = await errorOf(readText(chunks, 100, requestInfo));
    expect(error).toMatchObject({ kind: 'timeout', canRetry: true });
    expect(error?.message).toContain('2 bytes had arrived');
    expect(stop.signal.aborted).toBe(true);
  });

  it('does not count the time of a slow reader as a stall', async () => {
    const { chunks } = guard(source(['a', 'b']));
    let text = '';
    for await (const chunk of chunks) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      text += Buffer.from(chunk).toString();
    }
    expect(text).toBe('ab');
  });

  it('tells a cancel from a broken connection', async () => {
    const cancel = new AbortController();
    const { chunks } = guard(
      stalling(() => cancel.signal),
      {},
      cancel.signal,
    );
    const reading = errorOf(readText(chunks, 100, requestInfo));
    setTimeout(() => cancel.abort(), 5);
    expect((await reading)?.kind).toBe('cancelled');
  });

  it('refuses an answer that is too large to hold', async () => {
    const { chunks } = guard(source(['abcdef']));
    expect((await errorOf(readText(chunks, 5, requestInfo)))?.kind).toBe('tooLarge');
  });
});

describe('an answer that is compressed although nobody asked', () => {
  const text = 'packets '.repeat(20_000);

  it('is an error when it was cut', async () => {
    const packed = gzipSync(text);
    const body = source([packed.subarray(0, packed.length - 12)]);
    const error = await errorOf(readText(decodeBody(body, 'gzip', requestInfo), 1e6, requestInfo));
    expect(error.kind).toBe('incomplete');
  });

  it('keeps the error of the connection below', async () => {
    const broken = new AllegroError({ kind: 'timeout', what: say`Stalled.`, advice: say`` });
    const body = source([], () => Promise.reject(broken));
    await expect(readText(decodeBody(body, 'gzip', requestInfo), 1e6, requestInfo)).rejects.toBe(
      broken,
    );
  });

  it('is an error when the encoding is unknown', async () => {
    const error = await errorOf(
      readText(decodeBody(source(['x']), 'zstd', requestInfo), 1e6, requestInfo),
    );
    expect(error?.kind).toBe('badAnswer');
    expect(error?.message).toContain('zstd');
  });

  it('releases the source when the reader stops early', async () => {
    let isClosed = false;
    async function* body() {
      try {
        for (;;) yield gzipSync(text);
      } finally {
        isClosed = true;
      }
    }
    for await (const chunk of decodeBody(body(), 'gzip', requestInfo)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await waitUntil(() => isClosed);
  });
});

async function* stalling(signal: () => AbortSignal): AsyncGenerator<Uint8Array> {
  yield Buffer.from('ab');
  await new Promise((_, reject) => {
    signal().addEventListener('abort', () => reject(new Error('aborted')));
  });
}
