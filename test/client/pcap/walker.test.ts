import { PcapWalker, sniffFormat, timeWarnings, type PcapSummary } from '../../../client/pcap';
import {
  classicFile,
  classicHeader,
  classicRecord,
  type Packet,
} from '../../support/pcap-fixtures';

const START = 1_795_449_000_123_456_789n;
const PACKETS: Packet[] = [
  { ns: START, captured: 60 },
  { ns: START + 1_000_000_000n, captured: 64, original: 1514 },
  { ns: START + 500_000_000n, captured: 0, original: 40 },
  { ns: START + 2_000_000_000n, captured: 1514 },
];

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function walk(...chunks: Uint8Array[]): PcapSummary {
  const walker = new PcapWalker();
  for (const chunk of chunks) walker.write(chunk);
  return walker.end();
}

describe('classic pcap', () => {
  describe.each([
    { little: true, nano: false },
    { little: true, nano: true },
    { little: false, nano: false },
    { little: false, nano: true },
  ])('little-endian $little, nanoseconds $nano', (options) => {
    const { bytes } = classicFile(PACKETS, { ...options, snapLength: 262144 });

    it('sums up', () => {
      const digits = options.nano ? '123456789' : '123456';
      expect(walk(bytes)).toEqual({
        format: 'pcap',
        nanosecond: options.nano,
        byteOrder: options.little ? 'little' : 'big',
        linkTypes: [1],
        linkTypeNames: ['Ethernet'],
        snapLength: 262144,
        packets: 4,
        bytes: bytes.length,
        packetBytes: 60 + 1514 + 40 + 1514,
        capturedBytes: 60 + 64 + 0 + 1514,
        truncatedPackets: 2,
        firstPacket: {
          microseconds: 1_795_449_000_123_456,
          iso: `2026-11-23T15:50:00.${digits}Z`,
        },
        lastPacket: {
          microseconds: 1_795_449_002_123_456,
          iso: `2026-11-23T15:50:02.${digits}Z`,
        },
        outOfOrder: 1,
        normalizedTimes: 0,
        complete: true,
        wholeBytes: bytes.length,
        limitReached: undefined,
        fault: undefined,
      });
    });
  });

  it.each([
    { nano: false, fraction: 5_000_000, iso: '1970-01-01T00:00:15.000000Z' },
    { nano: true, fraction: 4_000_000_000, iso: '1970-01-01T00:00:14.000000000Z' },
  ])(
    'normalizes a sub-second part of $fraction (nanoseconds: $nano)',
    ({ nano, fraction, iso }) => {
      const bytes = Buffer.concat([
        classicHeader({ little: true, nano }),
        ...[10, fraction, 0, 0].map(uint32),
        ...[11, 0, 0, 0].map(uint32),
      ]);
      const summary = walk(bytes);
      expect(summary).toMatchObject({ packets: 2, outOfOrder: 1, normalizedTimes: 1 });
      expect(summary.firstPacket?.microseconds).toBe(11_000_000);
      expect(summary.lastPacket?.iso).toBe(iso);
      expect(timeWarnings(summary)).toEqual([
        expect.stringMatching(/^1 packet has an invalid time/),
      ]);
    },
  );

  it('takes a header alone for a file without packets', () => {
    const summary = walk(classicHeader({ linkType: 113 }));
    expect(summary).toMatchObject({
      packets: 0,
      complete: true,
      wholeBytes: 24,
      linkTypeNames: ['Linux SLL'],
    });
    expect(summary.firstPacket).toBeUndefined();
  });

  it('reads the link type apart from the frame check sequence beside it', () => {
    expect(walk(classicHeader({ linkType: 0x5400_0001 })).linkTypes).toEqual([1]);
  });

  it('names a link type without a name by its number', () => {
    expect(walk(classicHeader({ linkType: 147 })).linkTypeNames).toEqual(['Link type 147']);
  });

  it('leaves a version that nobody writes alone', () => {
    const header = classicHeader();
    header.writeUInt16LE(3, 4);
    expect(walk(header).fault).toMatchObject({ kind: 'unsupported', offset: 0 });
  });
});

describe('what is wrong with a pcap', () => {
  const { bytes, borders } = classicFile(PACKETS);

  it.each([
    ['within the file header', 10, 'cutInFileHeader', 0, 0],
    ['within the magic number', 2, 'cutInFileHeader', 0, 0],
    ['within a record header', borders[1] + 5, 'cutInRecordHeader', borders[1], 1],
    ['within a packet', borders[1] + 20, 'cutInRecord', borders[1], 1],
    ['before the last byte', bytes.length - 1, 'cutInRecord', borders[3], 3],
  ] as const)('is seen when it ends %s', (_, length, kind, offset, packets) => {
    const summary = walk(bytes.subarray(0, length));
    expect(summary).toMatchObject({
      complete: false,
      packets,
      bytes: length,
      wholeBytes: offset,
      fault: { kind, offset },
    });
    expect(String(summary.fault?.message)).toMatch(/^The file ends .*\.$/);
  });

  it('says how much of a packet is missing', () => {
    expect(walk(bytes.subarray(0, borders[1] + 20)).fault?.message).toEqual(
      `The file ends at byte ${borders[1] + 20}, within packet 2: 60 of its 64 bytes are missing.`,
    );
  });

  // Nothing in a classic file tells how many records there are: at a border, what came is whole.
  it('cannot be seen when it ends between two records', () => {
    expect(walk(bytes.subarray(0, borders[2]))).toMatchObject({ complete: true, packets: 2 });
  });

  it('is an empty file', () => {
    expect(walk()).toMatchObject({
      complete: false,
      bytes: 0,
      fault: { kind: 'empty', offset: 0 },
    });
    expect(walk(new Uint8Array(0)).fault?.kind).toBe('empty');
  });

  it('is a packet that is longer than any', () => {
    const record = classicRecord({ ns: START, captured: 100 }, 1);
    record.writeUInt32LE(262_145, 8);
    const summary = walk(bytes, record);
    expect(summary).toMatchObject({
      packets: 4,
      complete: false,
      wholeBytes: bytes.length,
      fault: { kind: 'oversize', offset: bytes.length },
    });
    expect(String(summary.fault?.message)).toContain('262145');
  });

  it('is not a long packet from a bus that has them', () => {
    const usb = classicFile([{ ns: START, captured: 300_000 }], { linkType: 249 });
    expect(walk(usb.bytes)).toMatchObject({ packets: 1, complete: true });
  });

  it.each([
    ['text', Buffer.from('Internal Server Error: capture aborted'), 'oversize'],
    ['zeros', Buffer.alloc(64), 'garbage'],
    ['another file', bytes, 'garbage'],
    ['a few bytes', Buffer.from('\r\n'), 'cutInRecordHeader'],
  ])('is %s behind the packets', (_, garbage, kind) => {
    expect(walk(bytes, garbage)).toMatchObject({
      packets: 4,
      complete: false,
      wholeBytes: bytes.length,
      fault: { kind, offset: bytes.length },
    });
  });

  it.each([
    ['{"error":"busy"}', 'json'],
    ['\ufeff[1]', 'json'],
    ['  \n{"a":1}', 'json'],
    ['<!DOCTYPE html><html>', 'html'],
    ['<?xml version="1.0"?>', 'xml'],
    ['busy', 'text'],
    ['no', 'text'],
    ['\x1f\x8b\x08\x00\x00', 'gzip'],
    ['\x00\x01\x02\x03\x04', 'unknown'],
  ])('is that it is not a capture: %j', (text, looksLike) => {
    const encoded = Buffer.from(text, text.startsWith('\ufeff') ? 'utf8' : 'latin1');
    expect(sniffFormat(encoded)).toEqual({ kind: 'other', looksLike });
    expect(walk(encoded)).toMatchObject({
      complete: false,
      packets: 0,
      wholeBytes: 0,
      fault: { kind: 'notCapture', offset: 0, looksLike },
    });
  });
});
