import type { Packet } from './packet';

/** Thrown for bytes that are no pcap or pcapng, or that break off inside a record. */
export class CaptureFileError extends Error {
  override readonly name = 'CaptureFileError';
}

const LARGEST_RECORD = 64 * 1024 * 1024;

interface Interface {
  linkType: number;
  snapLength: number;
  /** Units of a timestamp in a second. */
  unitsPerSecond: bigint;
  offsetSeconds: bigint;
}

/**
 * Reads a capture file from its chunks: pcap in microseconds or nanoseconds and in both byte
 * orders, or pcapng with any number of sections and interfaces.
 *
 * @throws CaptureFileError when it is none of these, or is truncated
 */
export async function* readCapture(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Packet[]> {
  let rest: Buffer = Buffer.alloc(0);
  let reader: RecordReader | undefined;
  for await (const chunk of chunks) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk);
    if (!reader) {
      if (rest.length < 24) continue;
      reader = readerFor(rest);
    }
    const packets: Packet[] = [];
    let offset = 0;
    for (;;) {
      const used = reader.next(rest, offset, packets);
      if (used === 0) break;
      offset += used;
    }
    rest = rest.subarray(offset);
    if (packets.length > 0) yield packets;
  }
  if (!reader && rest.length >= 4) readerFor(rest);
  if (!reader) throw new CaptureFileError('The file is too short for a capture.');
  if (rest.length > 0) throw new CaptureFileError('The file breaks off inside a record.');
}

interface RecordReader {
  /** Reads one record at `offset`, adds its packet, and says how many bytes it took; 0 for "more". */
  next(bytes: Buffer, offset: number, packets: Packet[]): number;
}

function readerFor(head: Buffer): RecordReader {
  switch (head.readUInt32BE(0)) {
    case 0xa1b2c3d4:
      return new PcapReader(false, false);
    case 0xd4c3b2a1:
      return new PcapReader(true, false);
    case 0xa1b23c4d:
      return new PcapReader(false, true);
    case 0x4d3cb2a1:
      return new PcapReader(true, true);
    case 0x0a0d0d0a:
      return new PcapngReader();
    default:
      throw new CaptureFileError('The file is neither pcap nor pcapng.');
  }
}

class PcapReader implements RecordReader {
  private linkType: number | undefined;

  constructor(
    private readonly isLittle: boolean,
    private readonly isNanos: boolean,
  ) {}

  next(bytes: Buffer, offset: number, packets: Packet[]): number {
    const u32 = (at: number) => (this.isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
    if (this.linkType === undefined) {
      if (bytes.length - offset < 24) return 0;
      // The upper bits may tell about a frame check sequence.
      this.linkType = u32(offset + 20) & 0xffff;
      return 24;
    }
    if (bytes.length - offset < 16) return 0;
    const kept = u32(offset + 8);
    if (kept > LARGEST_RECORD) throw new CaptureFileError('A record is longer than any packet.');
    if (bytes.length - offset < 16 + kept) return 0;
    const fraction = u32(offset + 4);
    packets.push({
      timeUs: u32(offset) * 1e6 + (this.isNanos ? Math.floor(fraction / 1000) : fraction),
      nanos: this.isNanos ? fraction % 1000 : 0,
      linkType: this.linkType,
      frame: bytes.subarray(offset + 16, offset + 16 + kept),
      length: u32(offset + 12),
    });
    return 16 + kept;
  }
}

class PcapngReader implements RecordReader {
  private isLittle = true;
  private interfaces: Interface[] = [];

  next(bytes: Buffer, offset: number, packets: Packet[]): number {
    if (bytes.length - offset < 12) return 0;
    if (bytes.readUInt32BE(offset) === 0x0a0d0d0a) {
      this.isLittle = bytes.readUInt32LE(offset + 8) === 0x1a2b3c4d;
      this.interfaces = [];
    }
    const length = this.u32(bytes, offset + 4);
    if (length < 12 || length % 4 !== 0 || length > LARGEST_RECORD) {
      throw new CaptureFileError('A block has an impossible length.');
    }
    if (bytes.length - offset < length) return 0;
    const body = bytes.subarray(offset + 8, offset + length - 4);
    switch (this.u32(bytes, offset)) {
      case 1:
        this.interfaces.push(this.readInterface(body));
        break;
      case 3:
        this.simplePacket(body, packets);
        break;
      case 6:
        this.enhancedPacket(body, packets);
        break;
    }
    return length;
  }

  private enhancedPacket(body: Buffer, packets: Packet[]): void {
    const { linkType, unitsPerSecond, offsetSeconds } = this.interfaceOf(this.u32(body, 0));
    const units = (BigInt(this.u32(body, 4)) << 32n) | BigInt(this.u32(body, 8));
    const nanos = (units * 1_000_000_000n) / unitsPerSecond + offsetSeconds * 1_000_000_000n;
    const kept = this.u32(body, 12);
    packets.push({
      timeUs: Number(nanos / 1000n),
      nanos: Number(nanos % 1000n),
      linkType,
      frame: body.subarray(20, 20 + kept),
      length: this.u32(body, 16),
    });
  }

  /** Has no time of its own; the one of the packet before it is the best there is. */
  private simplePacket(body: Buffer, packets: Packet[]): void {
    const { linkType, snapLength } = this.interfaceOf(0);
    const length = this.u32(body, 0);
    const kept = Math.min(length, snapLength || length, body.length - 4);
    const timeUs = packets.at(-1)?.timeUs ?? 0;
    packets.push({ timeUs, nanos: 0, linkType, frame: body.subarray(4, 4 + kept), length });
  }

  private interfaceOf(id: number): Interface {
    const found = this.interfaces[id];
    if (!found)
      throw new CaptureFileError(`A packet names interface ${id}, which is not described.`);
    return found;
  }

  private readInterface(body: Buffer): Interface {
    const found: Interface = {
      linkType: this.isLittle ? body.readUInt16LE(0) : body.readUInt16BE(0),
      snapLength: this.u32(body, 4),
      unitsPerSecond: 1_000_000n,
      offsetSeconds: 0n,
    };
    let offset = 8;
    while (body.length - offset >= 4) {
      const u16 = (at: number) => (this.isLittle ? body.readUInt16LE(at) : body.readUInt16BE(at));
      const [code, length] = [u16(offset), u16(offset + 2)];
      if (code === 0) break;
      const value = body.subarray(offset + 4, offset + 4 + length);
      if (code === 9 && length === 1) found.unitsPerSecond = resolution(value[0]);
      if (code === 14 && length === 8) {
        found.offsetSeconds = this.isLittle ? value.readBigInt64LE(0) : value.readBigInt64BE(0);
      }
      offset += 4 + Math.ceil(length / 4) * 4;
    }
    return found;
  }

  private u32(bytes: Buffer, at: number): number {
    return this.isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }
}

/** The high bit tells a power of two from one of ten. */
function resolution(value: number): bigint {
  return value & 0x80 ? 1n << BigInt(value & 0x7f) : 10n ** BigInt(value);
}
