import { createHash } from 'node:crypto';
import { PcapWalker, splitCapture } from '../../../client/pcap';
import { ethernet, ipv4, pcapngOf, pcapOf, TCP, tcp } from '../../support/frame-fixtures';
import {
  BlockWriter,
  classicFile,
  countClassic,
  countPcapng,
  type Packet,
} from '../../support/pcap-fixtures';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function split(
  bytes: Buffer,
  limits: { maxPackets?: number; maxBytes?: number },
  size = 1000,
) {
  const before = Buffer.from(bytes);
  const files = [];
  for await (const { number, stream, finished } of splitCapture(pieces(bytes, size), limits)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(Uint8Array.from(chunk));
    const content = Buffer.concat(chunks);
    const { file, sha256 } = await finished;
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(file).toMatchObject({ complete: true, bytes: content.length });
    files.push({ number, content, packets: file.packets, file });
  }
  expect(files.map(({ number }) => number)).toEqual(files.map((_, index) => index + 1));
  // What was handed in may still be somebody else's.
  expect(bytes.equals(before)).toBe(true);
  return files;
}

const packets: Packet[] = Array.from({ length: 23 }, (_, index) => ({
  ns: 1_700_000_000_000_000_000n + BigInt(index) * 1_000_000n,
  captured: 40 + ((index * 37) % 90),
}));

describe.each([
  { little: true, nano: false },
  { little: false, nano: true },
])('a classic pcap %j', (options) => {
  const { bytes } = classicFile(packets, options);

  it.each([1, 2, 5, 7, 22, 23, 24, 1000])('splits after %d packets', async (maxPackets) => {
    const files = await split(bytes, { maxPackets });
    const full = Math.floor(23 / maxPackets);
    const rest = 23 % maxPackets;
    expect(files.map((file) => file.packets)).toEqual([
      ...Array.from({ length: full }, () => maxPackets),
      ...(rest > 0 ? [rest] : []),
    ]);
    for (const { content, packets: count } of files) {
      expect(content.subarray(0, 24).equals(bytes.subarray(0, 24))).toBe(true);
      expect(countClassic(content, options.little)).toBe(count);
    }
    const bodies = files.map(({ content }) => content.subarray(24));
    expect(Buffer.concat([bytes.subarray(0, 24), ...bodies]).equals(bytes)).toBe(true);
  });

  it.each([200, 500, 501, 1500, 1e6])('splits at %d bytes', async (maxBytes) => {
    const files = await split(bytes, { maxBytes });
    for (const [index, { content, packets: count }] of files.entries()) {
      expect(content.length <= maxBytes || count === 1).toBe(true);
      // Not earlier than it has to.
      const next = files[index + 1]?.content;
      if (!next) continue;
      const first = 16 + next.subarray(24)[options.little ? 8 : 11];
      expect(content.length + first).toBeGreaterThan(maxBytes);
    }
    expect(files.reduce((sum, file) => sum + file.packets, 0)).toBe(23);
  });

  it.each([1, 3, 17, 64, 100_000])('splits alike in pieces of %d bytes', async (size) => {
    const one = await split(bytes, { maxPackets: 4, maxBytes: 400 }, size);
    const other = await split(bytes, { maxPackets: 4, maxBytes: 400 });
    expect(one.map(({ content }) => content)).toEqual(other.map(({ content }) => content));
  });
});

it('a file without packets stays one file', async () => {
  const { bytes } = classicFile([]);
  const files = await split(bytes, { maxPackets: 1 });
  expect(files.map(({ content }) => content)).toEqual([bytes]);
});

describe('pcapng', () => {
  const frame = ethernet(0x0800, ipv4(TCP, tcp(1, 2, 20)));
  const mixed = pcapngOf(
    Array.from({ length: 10 }, (_, index) => ({ linkType: index % 2 ? 1 : 101, frame })),
  );

  it.each([1, 5, 33, 100_000])(
    'repeats section and interfaces, in pieces of %d bytes',
    async (size) => {
      const files = await split(mixed, { maxPackets: 3 }, size);
      expect(files.map(({ packets: count }) => count)).toEqual([3, 3, 3, 1]);
      for (const { content, packets: count, file } of files) {
        expect(countPcapng(content, true)).toBe(count);
        expect(file).toMatchObject({ linkTypes: [101, 1], nanosecond: true });
      }
    },
  );

  it.each([true, false])(
    'takes interfaces and sections as they come (little endian: %s)',
    async (little) => {
      const writer = new BlockWriter(little);
      const section = (length: number) =>
        writer.block(
          0x0a0d0d0a,
          Buffer.concat([
            writer.u32(0x1a2b3c4d),
            writer.u16(1),
            writer.u16(0),
            little ? writer.u32(length) : writer.u32(0),
            little ? writer.u32(0) : writer.u32(length),
          ]),
        );
      const face = (linkType: number) =>
        writer.block(1, Buffer.concat([writer.u16(linkType), writer.u16(0), writer.u32(0)]));
      const packet = (on: number) =>
        writer.block(
          6,
          Buffer.concat(
            [on, 1, 2, frame.length, frame.length].map((value) => writer.u32(value)).concat(frame),
          ),
        );
      const statistics = writer.block(
        5,
        Buffer.concat([writer.u32(0), writer.u32(1), writer.u32(2)]),
      );
      const bytes = Buffer.concat([
        section(5000),
        face(1),
        packet(0),
        packet(0),
        face(101),
        packet(1),
        statistics,
        section(700),
        face(113),
        packet(0),
        statistics,
      ]);
      const files = await split(bytes, { maxPackets: 1 });
      expect(files.map(({ packets: count }) => count)).toEqual([1, 1, 1, 1]);
      expect(files.map(({ file }) => file.linkTypes)).toEqual([
        [1],
        [1, 101],
        [1, 101, 113],
        [113],
      ]);
      for (const { content } of files) {
        // No section tells a length that is not its own.
        expect(content.subarray(16, 24)).toEqual(Buffer.alloc(8, 0xff));
        const walker = new PcapWalker();
        walker.write(content);
        expect(walker.end().fault).toBeUndefined();
      }
    },
  );
});

describe('a source that breaks', () => {
  const file = pcapOf(Array.from({ length: 20 }, () => ethernet(0x0800, ipv4(TCP, tcp(1, 2)))));
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield file.subarray(0, 24 + 70 * 11);
    throw new Error('cut');
  }

  it('breaks the part that is being read, and no further part comes', async () => {
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { number, stream, finished } of splitCapture(breaking(), {
        maxPackets: 4,
      })) {
        seen.push(number);
        const read = (async () => {
          for await (const chunk of stream) expect(chunk.length).toBeGreaterThan(0);
        })();
        await read.catch(async (error: unknown) => {
          await expect(finished).rejects.toThrow('cut');
          throw error;
        });
      }
    })();
    await expect(reading).rejects.toThrow('cut');
    expect(seen).toEqual([1, 2, 3]);
  });

  it('is let go when nobody reads on', async () => {
    let isClosed = false;
    async function* source() {
      try {
        yield file;
      } finally {
        isClosed = true;
      }
    }
    for await (const { stream, finished } of splitCapture(source(), { maxPackets: 4 })) {
      for await (const chunk of stream) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      await expect(finished).rejects.toThrow('not read completely');
    }
    expect(isClosed).toBe(true);
  });
});
