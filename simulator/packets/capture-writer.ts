import type { Packet } from './packet';

export type CaptureFormat = 'pcap' | 'pcap-ns' | 'pcapng';

const MAGIC = { pcap: 0xa1b2c3d4, 'pcap-ns': 0xa1b23c4d } as const;
const NO_LIMIT = 65535;
const SNAP_LENGTH = 262144;

/** Writes packets as a capture file: the head first, then each packet as one record. */
export class CaptureWriter {
  private readonly interfaces = new Map<number, number>();

  /** `snapLength` in bytes; 65535 and above keep whole packets. */
  constructor(
    private readonly format: CaptureFormat,
    private readonly linkType: number,
    private readonly snapLength = NO_LIMIT,
  ) {}

  head(): Buffer {
    if (this.format === 'pcapng') {
      return Buffer.concat([sectionHeader(), this.interfaceBlock(this.linkType)]);
    }
    const head = Buffer.alloc(24);
    head.writeUInt32LE(MAGIC[this.format], 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(this.isCutting ? this.snapLength : SNAP_LENGTH, 16);
    head.writeUInt32LE(this.linkType, 20);
    return head;
  }

  /** Nothing where the format cannot hold it: a classic pcap has one link type only. */
  record(packet: Packet): Buffer {
    const kept = this.isCutting ? packet.frame.subarray(0, this.snapLength) : packet.frame;
    if (this.format === 'pcapng') return this.enhancedPacket(packet, kept);
    if (packet.linkType !== this.linkType) return Buffer.alloc(0);
    const record = Buffer.allocUnsafe(16 + kept.length);
    const micros = packet.timeUs % 1e6;
    record.writeUInt32LE(Math.floor(packet.timeUs / 1e6), 0);
    record.writeUInt32LE(this.format === 'pcap' ? micros : micros * 1000 + packet.nanos, 4);
    record.writeUInt32LE(kept.length, 8);
    record.writeUInt32LE(packet.length, 12);
    kept.copy(record, 16);
    return record;
  }

  private get isCutting(): boolean {
    return this.snapLength < NO_LIMIT;
  }

  private enhancedPacket(packet: Packet, kept: Buffer): Buffer {
    const known = this.interfaces.get(packet.linkType);
    const before = known === undefined ? this.interfaceBlock(packet.linkType) : Buffer.alloc(0);
    const body = Buffer.alloc(20 + padded(kept.length));
    // The nanoseconds of a time of today do not fit a double, so a BigInt it is.
    const nanos = BigInt(packet.timeUs) * 1000n + BigInt(packet.nanos);
    body.writeUInt32LE(this.interfaces.get(packet.linkType)!, 0);
    body.writeUInt32LE(Number(nanos >> 32n), 4);
    body.writeUInt32LE(Number(nanos & 0xffffffffn), 8);
    body.writeUInt32LE(kept.length, 12);
    body.writeUInt32LE(packet.length, 16);
    kept.copy(body, 20);
    return Buffer.concat([before, block(6, body)]);
  }

  private interfaceBlock(linkType: number): Buffer {
    this.interfaces.set(linkType, this.interfaces.size);
    const body = Buffer.alloc(20);
    body.writeUInt16LE(linkType, 0);
    body.writeUInt32LE(this.isCutting ? this.snapLength : SNAP_LENGTH, 4);
    // Option if_tsresol: times are in nanoseconds.
    body.writeUInt16LE(9, 8);
    body.writeUInt16LE(1, 10);
    body[12] = 9;
    return block(1, body);
  }
}

function sectionHeader(): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(0x1a2b3c4d, 0);
  body.writeUInt16LE(1, 4);
  body.fill(0xff, 8);
  return block(0x0a0d0d0a, body);
}

function block(type: number, body: Buffer): Buffer {
  const whole = Buffer.alloc(12 + body.length);
  whole.writeUInt32LE(type, 0);
  whole.writeUInt32LE(whole.length, 4);
  body.copy(whole, 8);
  whole.writeUInt32LE(whole.length, whole.length - 4);
  return whole;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
