/**
 * Writes capture files for the tests, and reads them back in the plainest way. It shares no code
 * with the walker, so that a mistake there shows.
 */

export interface Packet {
  /** Nanoseconds since 1970-01-01 UTC. */
  ns: bigint;
  captured: number;
  /** Defaults to `captured`. */
  original?: number;
  /** pcapng: which interface. */
  on?: number;
}

export interface ClassicOptions {
  little?: boolean;
  nano?: boolean;
  snapLength?: number;
  linkType?: number;
}

function number(size: 2 | 4, value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  if (little) bytes.writeUIntLE(value >>> 0, 0, size);
  else bytes.writeUIntBE(value >>> 0, 0, size);
  return bytes;
}

/** Bytes that tell where they are, so that a copy at the wrong place shows. */
export function payload(length: number, seed: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (seed * 31 + index * 7) & 0xff));
}

export function classicHeader(options: ClassicOptions = {}): Buffer {
  const { little = true, nano = false, snapLength = 65535, linkType = 1 } = options;
  const u32 = (value: number) => number(4, value, little);
  const u16 = (value: number) => number(2, value, little);
  const magic = nano ? 0xa1b23c4d : 0xa1b2c3d4;
  return Buffer.concat([
    u32(magic),
    u16(2),
    u16(4),
    u32(0),
    u32(0),
    u32(snapLength),
    u32(linkType),
  ]);
}

export function classicRecord(packet: Packet, seed: number, options: ClassicOptions = {}): Buffer {
  const { little = true, nano = false } = options;
  const u32 = (value: number) => number(4, value, little);
  const seconds = Number(packet.ns / 1_000_000_000n);
  const fraction = Number(packet.ns % 1_000_000_000n);
  return Buffer.concat([
    u32(seconds),
    u32(nano ? fraction : Math.floor(fraction / 1000)),
    u32(packet.captured),
    u32(packet.original ?? packet.captured),
    payload(packet.captured, seed),
  ]);
}

/** A whole pcap file, and the offset behind its header and behind each record. */
export function classicFile(
  packets: Packet[],
  options: ClassicOptions = {},
): { bytes: Buffer; borders: number[] } {
  return join([
    classicHeader(options),
    ...packets.map((packet, index) => classicRecord(packet, index, options)),
  ]);
}

export function join(parts: Buffer[]): { bytes: Buffer; borders: number[] } {
  let end = 0;
  const borders = parts.map((part) => (end += part.length));
  return { bytes: Buffer.concat(parts), borders };
}

export interface Interface {
  linkType?: number;
  snapLength?: number;
  /** The byte of if_tsresol. */
  resolution?: number;
  offsetSeconds?: bigint;
}

/** Writes the blocks of pcapng in one byte order. */
export class BlockWriter {
  constructor(readonly little = true) {}

  u16(value: number): Buffer {
    return number(2, value, this.little);
  }

  u32(value: number): Buffer {
    return number(4, value, this.little);
  }

  block(type: number, body: Buffer, trailer?: number): Buffer {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const length = padded.length + 12;
    return Buffer.concat([this.u32(type), this.u32(length), padded, this.u32(trailer ?? length)]);
  }

  option(code: number, value: Buffer): Buffer {
    const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
    return Buffer.concat([this.u16(code), this.u16(value.length), value, padding]);
  }

  endOfOptions(): Buffer {
    return Buffer.alloc(4);
  }

  section(options: Buffer = Buffer.alloc(0)): Buffer {
    const length = Buffer.alloc(8, 0xff);
    const head = [this.u32(0x1a2b3c4d), this.u16(1), this.u16(0), length, options];
    return this.block(0x0a0d0d0a, Buffer.concat(head));
  }

  interface(about: Interface = {}): Buffer {
    const options: Buffer[] = [this.option(2, Buffer.from('eth0'))];
    if (about.resolution !== undefined) {
      options.push(this.option(9, Buffer.from([about.resolution])));
    }
    if (about.offsetSeconds !== undefined) {
      const value = Buffer.alloc(8);
      if (this.little) value.writeBigInt64LE(about.offsetSeconds);
      else value.writeBigInt64BE(about.offsetSeconds);
      options.push(this.option(14, value));
    }
    const head = [this.u16(about.linkType ?? 1), this.u16(0), this.u32(about.snapLength ?? 0)];
    return this.block(1, Buffer.concat([...head, ...options, this.endOfOptions()]));
  }

  private ticks(packet: Packet, about: Interface): Buffer {
    const resolution = about.resolution ?? 6;
    const exponent = BigInt(resolution & 0x7f);
    const perSecond = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
    const since = packet.ns - (about.offsetSeconds ?? 0n) * 1_000_000_000n;
    const ticks = (since * perSecond) / 1_000_000_000n;
    return Buffer.concat([this.u32(Number(ticks >> 32n)), this.u32(Number(ticks & 0xffffffffn))]);
  }

  enhanced(packet: Packet, seed: number, about: Interface = {}): Buffer {
    const padding = Buffer.alloc((4 - (packet.captured % 4)) % 4);
    return this.block(
      6,
      Buffer.concat([
        this.u32(packet.on ?? 0),
        this.ticks(packet, about),
        this.u32(packet.captured),
        this.u32(packet.original ?? packet.captured),
        payload(packet.captured, seed),
        padding,
        this.option(2, Buffer.alloc(4)),
        this.endOfOptions(),
      ]),
    );
  }

  obsolete(packet: Packet, seed: number, about: Interface = {}): Buffer {
    return this.block(
      2,
      Buffer.concat([
        this.u16(packet.on ?? 0),
        this.u16(0),
        this.ticks(packet, about),
        this.u32(packet.captured),
        this.u32(packet.original ?? packet.captured),
        payload(packet.captured, seed),
      ]),
    );
  }

  /** `captured` has to be what follows from `original` and the interface's snap length. */
  simple(original: number, captured: number, seed: number): Buffer {
    return this.block(3, Buffer.concat([this.u32(original), payload(captured, seed)]));
  }

  /** A block of a type that no reader knows. */
  unknown(length: number, type = 0x8000_1234): Buffer {
    return this.block(type, payload(length, 5));
  }
}

/** Cuts bytes at the given places. */
export function split(bytes: Uint8Array, cuts: number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

/** Packets in a classic file that must be valid; throws when it is not. */
export function countClassic(bytes: Buffer, little: boolean): number {
  let at = 24;
  let packets = 0;
  if (bytes.length < at) throw new Error('no header');
  while (at < bytes.length) {
    at += 16 + (little ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8));
    packets++;
  }
  if (at !== bytes.length) throw new Error(`ends within packet ${packets}`);
  return packets;
}

/** Packets in a pcapng file of one section that must be valid; throws when it is not. */
export function countPcapng(bytes: Buffer, little: boolean): number {
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  let packets = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = u32(at + 4);
    if (u32(at + length - 4) !== length) throw new Error(`bad block at ${at}`);
    if ([2, 3, 6].includes(u32(at))) packets++;
    at += length;
  }
  if (at !== bytes.length) throw new Error('ends within a block');
  return packets;
}
