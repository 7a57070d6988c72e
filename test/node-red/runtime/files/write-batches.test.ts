import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBatches } from '../../../../node-red/runtime/files/write-batches';

describe('writing in batches', () => {
  const folder = mkdtempSync(join(tmpdir(), 'batches-'));
  const path = join(folder, 'file');
  afterAll(() => rmSync(folder, { recursive: true }));

  const bytes = Buffer.from(Array.from({ length: 3_000_017 }, (_, index) => (index * 7919) >> 3));

  async function* pieces(size: number, failAt = Infinity): AsyncGenerator<Uint8Array> {
    // The same memory each time, as a source may do it that reuses its buffer.
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
      await writeBatches(handle, stream);
    } finally {
      await handle.close();
    }
    return readFileSync(path);
  }

  it.each([1000, 16_384, 131_072, 131_073, 524_288, 524_289, 2_000_000, 5_000_000])(
    'leaves no byte out and none twice, in pieces of %d',
    async (size) => {
      expect((await write(pieces(size))).equals(bytes)).toBe(true);
    },
  );

  it('writes nothing of nothing', async () => {
    expect(await write(empty())).toHaveLength(0);
  });

  it('passes on what the source says', async () => {
    await expect(write(pieces(16_384, 2_000_000))).rejects.toThrow('The source broke.');
  });

  it('passes on what the file system says', async () => {
    const handle = await open('/dev/full', 'w');
    await expect(writeBatches(handle, pieces(16_384))).rejects.toMatchObject({ code: 'ENOSPC' });
    await handle.close();
  });
});

async function* empty(): AsyncGenerator<Uint8Array> {
  // No piece at all.
}
