import { maxPacketLength } from './link-types';
import { isPcapMagic } from './magic';
import { classicClock, type Clock } from './packet-times';
import { RecordReader, type PacketObserver } from './record-reader';
import type { PcapFault, PcapLimits } from './summary';
import { say } from '../values/sentence';

const FILE_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;

/**
 * Classic pcap: one file header, then records of 16 bytes and a packet each. Nothing in the file
 * tells how many there are, so a file that ends between two records cannot be told from a whole one.
 */
export class ClassicReader extends RecordReader {
  readonly format = 'pcap';
  readonly byteOrder: 'little' | 'big';
  readonly nanosecond: boolean;
  snapLength: number | undefined;

  private readonly littleEndian: boolean;
  private readonly clock: Clock;
  private state: 'fileHeader' | 'recordHeader' | 'packetHead' | 'recordEnd' = 'fileHeader';
  private linkType = 0;
  private maxLength = 0;
  private captured = 0;
  private original = 0;
  private seconds = 0;
  private fraction = 0;

  constructor(
    limits: PcapLimits,
    variant: { littleEndian: boolean; nanosecond: boolean },
    observer?: PacketObserver,
  ) {
    super(limits, observer);
    this.littleEndian = variant.littleEndian;
    this.byteOrder = variant.littleEndian ? 'little' : 'big';
    this.nanosecond = variant.nanosecond;
    this.clock = classicClock(variant.nanosecond);
    this.need = FILE_HEADER_LENGTH;
  }

  override step(view: DataView, offset: number, position: number): void {
    if (this.state === 'recordHeader') this.readRecordHeader(view, offset, position);
    else if (this.state === 'recordEnd') this.readRecordEnd(position);
    else if (this.state === 'packetHead') this.readPacketHead(view, offset);
    else this.readFileHeader(view, offset);
  }

  private readFileHeader(view: DataView, offset: number): void {
    const major = view.getUint16(offset + 4, this.littleEndian);
    const minor = view.getUint16(offset + 6, this.littleEndian);
    if (major !== 2) {
      this.fail(
        'unsupported',
        0,
        say`The pcap file has version ${major}.${minor}; only 2.4 is supported.`,
      );
      return;
    }
    const snapLength = view.getUint32(offset + 16, this.littleEndian);
    // The upper half of the field tells about frame check sequences.
    const linkType = view.getUint32(offset + 20, this.littleEndian) & 0xffff;
    this.snapLength = snapLength === 0 ? undefined : snapLength;
    this.maxLength = maxPacketLength(linkType);
    this.addLinkType(linkType);
    this.linkType = linkType;
    this.state = 'recordHeader';
    this.need = RECORD_HEADER_LENGTH;
    this.endRecord(FILE_HEADER_LENGTH);
  }

  private readRecordHeader(view: DataView, offset: number, position: number): void {
    const littleEndian = this.littleEndian;
    this.seconds = view.getUint32(offset, littleEndian);
    this.fraction = view.getUint32(offset + 4, littleEndian);
    const captured = view.getUint32(offset + 8, littleEndian);
    this.original = view.getUint32(offset + 12, littleEndian);
    this.captured = captured;
    if (captured > this.maxLength) {
      this.fail(
        'oversize',
        position,
        say`At byte ${position} a packet of ${captured} [byte|bytes] should follow; the maximum is ${this.maxLength}. Bytes are missing before it, or it is not a packet.`,
      );
      return;
    }
    if (captured === 0 && this.original === 0 && this.isNoRecord(position)) return;
    if (this.isBeyondLimit(position + RECORD_HEADER_LENGTH + captured)) return;
    if (this.observer) {
      this.state = 'packetHead';
      this.need = Math.min(captured, this.observer.headLength);
      return;
    }
    this.state = 'recordEnd';
    this.need = 0;
    this.skip = captured;
  }

  private readPacketHead(view: DataView, offset: number): void {
    const time = this.clock.toMicroseconds(this.seconds, this.fraction);
    this.observer!.look(view, offset, this.need, this.linkType, time);
    this.state = 'recordEnd';
    this.skip = this.captured - this.need;
    this.need = 0;
  }

  /** Two things pass for records without a packet: space that was never written, and a file header. */
  private isNoRecord(position: number): boolean {
    if (this.seconds === 0 && this.fraction === 0) {
      this.fail('garbage', position, say`From byte ${position} on there are zeros, not packets.`);
    } else if (isPcapMagic(this.seconds)) {
      this.fail('garbage', position, say`At byte ${position} a second pcap file begins.`);
    }
    return this.halted;
  }

  private readRecordEnd(position: number): void {
    this.countPacket(this.captured, this.original);
    this.normalizeTime();
    this.countTime(this.seconds, this.fraction, this.clock);
    this.state = 'recordHeader';
    this.need = RECORD_HEADER_LENGTH;
    this.endRecord(position);
  }

  /** Some writers let the sub-second part run beyond a second; compared as it is, it would sort wrong. */
  private normalizeTime(): void {
    const unitsPerSecond = this.nanosecond ? 1e9 : 1e6;
    if (this.fraction < unitsPerSecond) return;
    this.seconds += Math.floor(this.fraction / unitsPerSecond);
    this.fraction %= unitsPerSecond;
    this.normalizedTimes++;
  }

  override describeCut(length: number): PcapFault {
    const offset = this.wholeBytes;
    if (this.state === 'fileHeader') {
      const message = say`The file ends after ${length} [byte|bytes], within the header of ${FILE_HEADER_LENGTH}.`;
      return { kind: 'cutInFileHeader', offset, message };
    }
    if (this.state === 'recordHeader') {
      const message = say`The file ends at byte ${length}, within the header of packet ${this.packets + 1}.`;
      return { kind: 'cutInRecordHeader', offset, message };
    }
    const missing = offset + RECORD_HEADER_LENGTH + this.captured - length;
    const message = say`The file ends at byte ${length}, within packet ${this.packets + 1}: ${missing} of its ${this.captured} [byte|bytes] are missing.`;
    return { kind: 'cutInRecord', offset, message };
  }
}
