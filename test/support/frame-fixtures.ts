/** Writes frames for the tests, header by header, sharing no code with what decodes them. */
import { BlockWriter, classicHeader } from './pcap-fixtures';

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const mac = (last: number) => Buffer.from([2, 0, 0, 0, 0, last]);

export const ethernet = (etherType: number, body: Buffer, source = 1, destination = 2): Buffer =>
  Buffer.concat([mac(destination), mac(source), u16(etherType), body]);

/** What stands behind an EtherType of 0x8100, 0x88a8 or 0x9100. */
export const tag = (etherType: number, body: Buffer, vlan = 7): Buffer =>
  Buffer.concat([u16(vlan), u16(etherType), body]);

export const cooked = (etherType: number, body: Buffer): Buffer =>
  Buffer.concat([u16(0), u16(1), u16(6), mac(1), u16(0), u16(etherType), body]);

export const cooked2 = (etherType: number, body: Buffer): Buffer =>
  Buffer.concat([
    u16(etherType),
    u16(0),
    Buffer.from([0, 0, 0, 3]),
    u16(1),
    Buffer.from([0, 6]),
    mac(1),
    u16(0),
    body,
  ]);

export const loopback = (family: number, body: Buffer, little = true): Buffer => {
  const head = Buffer.alloc(4);
  if (little) head.writeUInt32LE(family);
  else head.writeUInt32BE(family);
  return Buffer.concat([head, body]);
};

interface Ipv4Options {
  source?: string;
  destination?: string;
  /** Of 8 bytes. */
  fragmentOffset?: number;
  optionWords?: number;
}

export function ipv4(protocol: number, body: Buffer, options: Ipv4Options = {}): Buffer {
  const { source = '10.0.0.1', destination = '10.0.0.2' } = options;
  const words = 5 + (options.optionWords ?? 0);
  const head = Buffer.alloc(words * 4);
  head[0] = 0x40 | words;
  head.writeUInt16BE(head.length + body.length, 2);
  head.writeUInt16BE(options.fragmentOffset ?? 0, 6);
  head[8] = 64;
  head[9] = protocol;
  source.split('.').forEach((byte, index) => (head[12 + index] = Number(byte)));
  destination.split('.').forEach((byte, index) => (head[16 + index] = Number(byte)));
  return Buffer.concat([head, body]);
}

/** From `2001:db8::1` to `2001:db8::2`. */
export function ipv6(next: number, body: Buffer): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(body.length, 4);
  head[6] = next;
  head[7] = 64;
  for (const [at, last] of [
    [8, 1],
    [24, 2],
  ]) {
    head.writeUInt32BE(0x20010db8, at);
    head[at + 15] = last;
  }
  return Buffer.concat([head, body]);
}

/** An extension header of IPv6 of so many times 8 bytes; padded, so that it is a valid one. */
export function extension(next: number, body: Buffer, eights = 1): Buffer {
  const head = Buffer.alloc(eights * 8);
  head[0] = next;
  head[1] = eights - 1;
  head[2] = 1;
  head[3] = eights * 8 - 4;
  return Buffer.concat([head, body]);
}

export function fragment(next: number, body: Buffer, offset = 0): Buffer {
  const head = Buffer.alloc(8);
  head[0] = next;
  head.writeUInt16BE(offset << 3, 2);
  return Buffer.concat([head, body]);
}

/** AH: its length counts words of four bytes, less two. */
export function authentication(next: number, body: Buffer): Buffer {
  const head = Buffer.alloc(24);
  head[0] = next;
  head[1] = 4;
  return Buffer.concat([head, body]);
}

export function tcp(source: number, destination: number, length = 0): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(source, 0);
  head.writeUInt16BE(destination, 2);
  head[12] = 0x50;
  head[13] = 0x10;
  return Buffer.concat([head, Buffer.alloc(length)]);
}

export function udp(source: number, destination: number, length = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(source, 0);
  head.writeUInt16BE(destination, 2);
  head.writeUInt16BE(8 + length, 4);
  return Buffer.concat([head, Buffer.alloc(length)]);
}

/** When a frame was captured, in milliseconds. */
export interface Timed {
  ms: number;
  frame: Buffer;
}

/** A TCP segment as a test writes it down. */
export interface SegmentRow {
  ms: number;
  from: 'client' | 'server';
  /** Letters of S, A, F, R, P. */
  flags: string;
  sequence: number;
  acknowledgement?: number;
  data?: number | Buffer;
  window?: number;
}

const FLAGS: Record<string, number> = { F: 1, S: 2, R: 4, P: 8, A: 16 };

/** @param letters of S, A, F, R, P */
export const tcpFlags = (letters: string) =>
  [...letters].reduce((sum, letter) => sum + FLAGS[letter], 0);

/** A frame between port 50000 of 10.0.0.1 and port 443 (or `port`) of 10.0.0.2. */
export function segmentFrame(row: SegmentRow, port = 443, clientPort = 50_000): Buffer {
  const isClient = row.from === 'client';
  const data = Buffer.isBuffer(row.data) ? row.data : Buffer.alloc(row.data ?? 0);
  const segment = tcp(isClient ? clientPort : port, isClient ? port : clientPort);
  segment.writeUInt32BE(row.sequence, 4);
  segment.writeUInt32BE(row.acknowledgement ?? 0, 8);
  segment[13] = tcpFlags(row.flags);
  segment.writeUInt16BE(row.window ?? 1000, 14);
  const ends = isClient ? {} : { source: '10.0.0.2', destination: '10.0.0.1' };
  return ethernet(0x0800, ipv4(TCP, Buffer.concat([segment, data]), ends));
}

export const TCP = 6;
export const UDP = 17;
const SECOND = 1_700_000_000;

/** A classic pcap with a frame each millisecond. */
export function pcapOf(frames: Buffer[], linkType = 1): Buffer {
  return Buffer.concat([
    classicHeader({ linkType }),
    ...frames.flatMap((frame, index) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(SECOND + Math.floor(index / 1000), 0);
      head.writeUInt32LE((index % 1000) * 1000, 4);
      head.writeUInt32LE(frame.length, 8);
      head.writeUInt32LE(frame.length, 12);
      return [head, frame];
    }),
  ]);
}

/** A classic pcap of frames at times in milliseconds. */
export function pcapAt(frames: Timed[], linkType = 1): Buffer {
  return Buffer.concat([
    classicHeader({ linkType }),
    ...frames.flatMap(({ ms, frame }) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(SECOND + Math.floor(ms / 1000), 0);
      head.writeUInt32LE(Math.round((ms % 1000) * 1000), 4);
      head.writeUInt32LE(frame.length, 8);
      head.writeUInt32LE(frame.length, 12);
      return [head, frame];
    }),
  ]);
}

/** A pcapng with an interface for each link type, nanoseconds, and the frames in order. */
export function pcapngOf(frames: Array<{ linkType: number; frame: Buffer }>): Buffer {
  const writer = new BlockWriter();
  const { u32 } = { u32: (value: number) => writer.u32(value) };
  const types = [...new Set(frames.map(({ linkType }) => linkType))];
  const section = Buffer.concat([
    u32(0x1a2b3c4d),
    writer.u16(1),
    writer.u16(0),
    Buffer.alloc(8, 0xff),
  ]);
  const resolution = Buffer.concat([writer.option(9, Buffer.from([9])), u32(0)]);
  return Buffer.concat([
    writer.block(0x0a0d0d0a, section),
    ...types.map((linkType) =>
      writer.block(1, Buffer.concat([writer.u16(linkType), writer.u16(0), u32(0), resolution])),
    ),
    ...frames.map(({ linkType, frame }, index) => {
      const time = BigInt(SECOND) * 1_000_000_000n + BigInt(index) * 1_000_001n;
      const head = [
        types.indexOf(linkType),
        Number(time >> 32n),
        Number(time & 0xffffffffn),
        frame.length,
        frame.length,
      ];
      return writer.block(6, Buffer.concat([...head.map(u32), frame]));
    }),
  ]);
}
