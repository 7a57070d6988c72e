import { PcapWalker, type PcapSummary } from '../../../client/pcap';
import { BlockWriter, join, type Interface, type Packet } from '../../support/pcap-fixtures';

const START = 1_795_449_000_123_456_789n;
const PACKETS: Packet[] = [
  { ns: START, captured: 60 },
  { ns: START + 1_000_000_000n, captured: 64, original: 1514 },
  { ns: START + 500_000_000n, captured: 0, original: 40 },
  { ns: START + 2_000_000_000n, captured: 1514 },
];

function walk(...chunks: Uint8Array[]): PcapSummary {
  const walker = new PcapWalker();
  for (const chunk of chunks) walker.write(chunk);
  return walker.end();
}

describe.each([true, false])('pcapng, little-endian %s', (little) => {
  const writer = new BlockWriter(little);
  const file = (...blocks: Buffer[]) => Buffer.concat([writer.section(), ...blocks]);

  it('sums up', () => {
    const bytes = file(
      writer.interface({ snapLength: 2000 }),
      ...PACKETS.map((packet, index) => writer.enhanced(packet, index)),
    );
    expect(walk(bytes)).toEqual({
      format: 'pcapng',
      nanosecond: false,
      byteOrder: little ? 'little' : 'big',
      linkTypes: [1],
      linkTypeNames: ['Ethernet'],
      snapLength: 2000,
      packets: 4,
      bytes: bytes.length,
      packetBytes: 60 + 1514 + 40 + 1514,
      capturedBytes: 60 + 64 + 0 + 1514,
      truncatedPackets: 2,
      firstPacket: { microseconds: 1_795_449_000_123_456, iso: '2026-11-23T15:50:00.123456Z' },
      lastPacket: { microseconds: 1_795_449_002_123_456, iso: '2026-11-23T15:50:02.123456Z' },
      outOfOrder: 1,
      normalizedTimes: 0,
      complete: true,
      wholeBytes: bytes.length,
      limitReached: undefined,
      fault: undefined,
    });
  });

  it.each<[string, Interface, string]>([
    ['nanoseconds', { resolution: 9 }, '2026-11-23T15:50:00.123456789Z'],
    ['milliseconds', { resolution: 3 }, '2026-11-23T15:50:00.123000Z'],
    ['seconds', { resolution: 0 }, '2026-11-23T15:50:00.000000Z'],
    ['a power of two', { resolution: 0x80 | 10 }, '2026-11-23T15:50:00.123046Z'],
    ['a fine power of two', { resolution: 0x80 | 30 }, '2026-11-23T15:50:00.123456788Z'],
    ['an offset', { offsetSeconds: 1_795_000_000n }, '2026-11-23T15:50:00.123456Z'],
  ])('reads times in %s', (_, about, iso) => {
    const bytes = file(
      writer.interface(about),
      writer.enhanced({ ns: START, captured: 6 }, 1, about),
    );
    expect(walk(bytes).firstPacket?.iso).toBe(iso);
  });

  it('reads times before 1970 and leaves out those that no date can be', () => {
    const early = { offsetSeconds: -10n };
    const late = { offsetSeconds: 1n << 60n };
    const packet = (about: Interface) => {
      const ns = (about.offsetSeconds ?? 0n) * 1_000_000_000n + 1_500n;
      return file(writer.interface(about), writer.enhanced({ ns, captured: 6 }, 1, about));
    };
    expect(walk(packet(early)).firstPacket).toEqual({
      microseconds: -9_999_999,
      iso: '1969-12-31T23:59:50.000001Z',
    });
    expect(walk(packet(late))).toMatchObject({ complete: true, packets: 1 });
    expect(walk(packet(late)).firstPacket).toBeUndefined();
  });

  it('compares times of interfaces that count differently', () => {
    const fine = { resolution: 9, linkType: 113 };
    const bytes = file(
      writer.interface(),
      writer.interface(fine),
      writer.enhanced({ ns: START, captured: 6 }, 1),
      writer.enhanced({ ns: START + 5_000_000n, captured: 6, on: 1 }, 2, fine),
      writer.enhanced({ ns: START + 4_000_000n, captured: 6 }, 3),
      writer.enhanced({ ns: START - 1_000_000n, captured: 6, on: 1 }, 4, fine),
    );
    expect(walk(bytes)).toMatchObject({
      linkTypeNames: ['Ethernet', 'Linux SLL'],
      nanosecond: true,
      outOfOrder: 2,
      firstPacket: { iso: '2026-11-23T15:50:00.122456789Z' },
      lastPacket: { iso: '2026-11-23T15:50:00.128456789Z' },
    });
  });

  it('reads obsolete and simple packets and passes over what it does not know', () => {
    const bytes = file(
      writer.unknown(0),
      writer.interface({ snapLength: 100 }),
      writer.unknown(7, 5),
      writer.obsolete({ ns: START, captured: 61 }, 1),
      writer.simple(1514, 100, 2),
      writer.simple(61, 61, 3),
      writer.unknown(70_000),
    );
    expect(walk(bytes)).toMatchObject({
      packets: 3,
      packetBytes: 61 + 1514 + 61,
      capturedBytes: 61 + 100 + 61,
      truncatedPackets: 1,
      outOfOrder: 0,
      complete: true,
      lastPacket: { microseconds: 1_795_449_000_123_456 },
    });
  });

  it('reads sections in both byte orders, each with interfaces of its own', () => {
    const other = new BlockWriter(!little);
    const bytes = Buffer.concat([
      file(writer.interface(), writer.enhanced({ ns: START, captured: 8 }, 1)),
      other.section(other.option(4, Buffer.from('a writer'))),
      other.interface({ linkType: 101, resolution: 9 }),
      other.enhanced({ ns: START + 1n, captured: 8 }, 1, { resolution: 9 }),
    ]);
    expect(walk(bytes)).toMatchObject({
      byteOrder: 'mixed',
      linkTypeNames: ['Ethernet', 'Raw IP'],
      packets: 2,
      complete: true,
      outOfOrder: 0,
    });
    const orphan = Buffer.concat([bytes, other.section(), other.enhanced(PACKETS[0], 1)]);
    expect(walk(orphan).fault).toMatchObject({ kind: 'badBlock' });
  });

  it.each<[string, () => Buffer, string]>([
    ['another length behind a block', () => writer.block(6, enhancedBody(), 64), 'trailerMismatch'],
    ['a block shorter than its header', () => raw(6, 8), 'badBlock'],
    ['a length that is not a multiple of four', () => raw(6, 61), 'badBlock'],
    ['a packet longer than its block', () => writer.block(6, enhancedBody(0, 60)), 'badBlock'],
    ['a simple packet longer than its block', () => writer.simple(90, 20, 1), 'badBlock'],
    ['an interface that is not there', () => writer.block(6, enhancedBody(3)), 'badBlock'],
    ['a packet that is longer than any', () => oversize(), 'oversize'],
    ['a block that is longer than any', () => raw(77, 0x7fff_fff0), 'oversize'],
    ['options beyond an interface', () => writer.block(1, badInterface()), 'badBlock'],
    ['no block at all', () => Buffer.alloc(40), 'garbage'],
    ['text', () => Buffer.from('HTTP/1.1 500 Error'), 'garbage'],
    ['a section without its mark', () => writer.block(0x0a0d0d0a, Buffer.alloc(16)), 'badBlock'],
    ['a section of the future', () => future(), 'unsupported'],
  ])('sees %s', (_, block, kind) => {
    const start = file(writer.interface(), writer.enhanced(PACKETS[0], 1));
    const summary = walk(start, block(), Buffer.alloc(64));
    expect(summary).toMatchObject({
      packets: 1,
      complete: false,
      wholeBytes: start.length,
      fault: { kind, offset: start.length },
    });
    expect(String(summary.fault?.message)).toMatch(/^At byte \d+ .*\.$/);
  });

  it('keeps few link types and clocks of a file that makes up a new one for each interface', () => {
    const offsets = Array.from({ length: 1500 }, (_, index) => ({
      linkType: index,
      offsetSeconds: BigInt(index),
    }));
    const blocks = offsets.flatMap((about, on) => {
      const time = { ns: START + BigInt(on) * 1_000_000_000n, captured: 6, on };
      return [writer.interface(about), writer.enhanced(time, 1, about)];
    });
    const summary = walk(file(...blocks));
    expect(summary.linkTypes).toHaveLength(100);
    expect(summary).toMatchObject({
      packets: 1500,
      outOfOrder: 0,
      lastPacket: { iso: '2026-11-23T16:14:59.123456Z' },
    });
  });

  it('sees a cut within any block', () => {
    const { bytes, borders } = join([
      writer.section(),
      writer.interface(),
      writer.enhanced(PACKETS[0], 1),
      writer.unknown(20),
    ]);
    for (let length = 4; length < bytes.length; length++) {
      const summary = walk(bytes.subarray(0, length));
      expect(summary.complete).toBe(borders.includes(length));
      expect(summary.wholeBytes).toBe(Math.max(0, ...borders.filter((at) => at <= length)));
      if (!summary.complete) expect(summary.fault?.kind).toBe('cutInBlock');
    }
  });

  function raw(type: number, length: number): Buffer {
    return Buffer.concat([writer.u32(type), writer.u32(length), Buffer.alloc(80)]);
  }

  function enhancedBody(on = 0, captured = 4): Buffer {
    const words = [on, 0, 0, captured, captured, 0].map((word) => writer.u32(word));
    return Buffer.concat(words);
  }

  function oversize(): Buffer {
    const head = [6, 300_032, 0, 0, 0, 300_000, 300_000].map((word) => writer.u32(word));
    return Buffer.concat(head);
  }

  function badInterface(): Buffer {
    return Buffer.concat([
      writer.u16(1),
      writer.u16(0),
      writer.u32(0),
      writer.u16(9),
      writer.u16(50),
    ]);
  }

  function future(): Buffer {
    const block = writer.section();
    writer.u16(2).copy(block, 12);
    return block;
  }
});
