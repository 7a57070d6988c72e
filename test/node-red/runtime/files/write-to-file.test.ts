import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeToFile } from '../../../../node-red/runtime/files/write-to-file';

describe('writeToFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'write-to-file-'));
  const path = join(folder, 'file');
  afterAll(() => rmSync(folder, { recursive: true }));

  const bytes = Buffer.from(Array.from({ length: 3_000_017 }, (_, index) => (index * 7919) >> 3));

  async function* chunks(size: number, failAt = Infinity): AsyncGenerator<Uint8Array> {
    // The same memory each time: a source may reuse its buffer.
    const reused = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      if (at >= failAt) throw new Error('The source broke.');
      const length = bytes.copy(reused, 0, at, at + size);
      yield reused.subarray(0, length);
    }
  }

  async function write(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const handle = await open(path, 'w');
    try {
      await writeToFile(handle, stream);
    } finally {
      await handle.close();
    }
    return readFileSync(path);
  }

  it.each([1000, 16_384, 131_072, 524_287, 524_288, 524_289, 2_000_000, 5_000_000])(
    'writes every byte once, in chunks of %d',
    async (size) => {
      expect((await write(chunks(size))).equals(bytes)).toBe(true);
    },
  );

  it('writes an empty file for an empty stream', async () => {
    expect(await write(empty())).toHaveLength(0);
  });

  it('reports an error of the source', async () => {
    await expect(write(chunks(16_384, 2_000_000))).rejects.toThrow('The source broke.');
  });

  it('reports an error of the file system, and reads no more than two buffers ahead', async () => {
    const handle = await open('/dev/full', 'w');
    let read = 0;
    async function* counted() {
      for await (const chunk of chunks(16_384)) {
        read += chunk.length;
        yield chunk;
      }
    }
    await expect(writeToFile(handle, counted())).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(read).toBeLessThanOrEqual(2 * 512 * 1024);
    await handle.close();
  });

  it('does not read on while both buffers are full', async () => {
    const writes: Array<() => void> = [];
    const handle = { writeFile: () => new Promise<void>((resolve) => writes.push(resolve)) };
    let read = 0;
    async function* counted() {
      for await (const chunk of chunks(524_288)) {
        read++;
        yield chunk;
      }
    }
    const done = writeToFile(handle as never, counted());
    while (writes.length < 1) await Promise.resolve();
    await new Promise(setImmediate);
    expect([writes.length, read]).toEqual([1, 2]);
    // One write at a time: the next one starts only when this one has ended.
    for (let index = 0; index < 6; index++) {
      writes[index]!();
      await new Promise(setImmediate);
    }
    await done;
    expect([writes.length, read]).toEqual([6, 6]);
  });
});

async function* empty(): AsyncGenerator<Uint8Array> {
  // No chunk at all.
}
