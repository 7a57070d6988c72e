import { maxPacketLength } from './link-types';
import type { Clock } from './packet-times';
import {
  BLOCK_HEADER_LENGTH,
  ENHANCED_PACKET,
  INTERFACE,
  MAX_BLOCK_LENGTH,
  MAX_INTERFACE_LENGTH,
  MAX_INTERFACES,
  MINIMUM_LENGTHS,
  OBSOLETE_PACKET,
  SECTION_HEADER,
  SIMPLE_PACKET,
  TRAILER_LENGTH,
} from './pcapng-blocks';
import { PcapngClocks, readInterface, type CaptureInterface } from './pcapng-interface';
import { RecordReader, type PacketObserver } from './record-reader';
import type { PcapFault, PcapFaultKind, PcapLimits } from './summary';
import { say, type Sentence } from '../values/sentence';

type State =
  'blockHeader' | 'section' | 'interface' | 'packet' | 'simplePacket' | 'packetHead' | 'trailer';

/**
 * pcapng: blocks that tell their length before and behind. Blocks that are not needed are passed
 * over, whatever they are. The section length that a header may give is not relied on, as it is in
 * no other reader.
 */
export class PcapngReader extends RecordReader {
  readonly format = 'pcapng';
  byteOrder: 'little' | 'big' | 'mixed' | undefined;
  nanosecond = false;
  snapLength: number | undefined;

  private readonly clocks = new PcapngClocks();
  private littleEndian = true;
  private interfaces: CaptureInterface[] = [];
  private state: State = 'blockHeader';
  private linkType = 0;
  private blockStart = 0;
  private blockType = 0;
  private blockLength = 0;
  /** A section header's length can only be read once the byte order behind it is known. */
  private lengthBigEndian = 0;
  private hasPacket = false;
  private captured = 0;
  private original = 0;
  private high = 0;
  private low = 0;
  private clock: Clock | undefined;

  constructor(limits: PcapLimits, observer?: PacketObserver) {
    super(limits, observer);
    this.need = BLOCK_HEADER_LENGTH;
  }

  override step(view: DataView, offset: number, position: number): void {
    switch (this.state) {
      case 'blockHeader':
        return this.readBlockHeader(view, offset, position);
      case 'packet':
        return this.readPacket(view, offset);
      case 'packetHead':
        return this.readPacketHead(view, offset, position);
      case 'trailer':
        return this.readTrailer(view, offset, position);
      case 'simplePacket':
        return this.readSimplePacket(view, offset);
      case 'interface':
        return this.readInterface(view, offset);
      case 'section':
        return this.readSection(view, offset);
    }
  }

  private readBlockHeader(view: DataView, offset: number, position: number): void {
    const type = view.getUint32(offset, this.littleEndian);
    this.blockStart = position;
    this.blockType = type;
    this.blockLength = view.getUint32(offset + 4, this.littleEndian);
    this.hasPacket = false;
    if (type === SECTION_HEADER) {
      this.blockLength = view.getUint32(offset + 4, true);
      this.lengthBigEndian = view.getUint32(offset + 4, false);
      this.state = 'section';
      this.need = 16;
      return;
    }
    if (!this.isLengthPlausible() || this.isBeyondLimit(position + this.blockLength)) return;
    if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) {
      this.state = 'packet';
      this.need = 20;
    } else if (type === SIMPLE_PACKET) {
      this.state = 'simplePacket';
      this.need = 4;
    } else if (type === INTERFACE) {
      this.state = 'interface';
      this.need = this.blockLength - BLOCK_HEADER_LENGTH - TRAILER_LENGTH;
    } else {
      this.skipToTrailer(BLOCK_HEADER_LENGTH);
    }
  }

  private isLengthPlausible(): boolean {
    const length = this.blockLength;
    const minimum = MINIMUM_LENGTHS.get(this.blockType);
    if (length < (minimum ?? 12) || length % 4 !== 0) {
      // Of a type that is known, it is a broken block; otherwise it is hardly a block at all.
      if (minimum === undefined) this.failBlock('garbage', say`no block begins`);
      else this.failBlock('badBlock', say`a block has the impossible length ${length}`);
      return false;
    }
    const isPacket = this.blockType === ENHANCED_PACKET || this.blockType === OBSOLETE_PACKET;
    // A packet block's own bound follows from its interface and is checked with it.
    const maximum = this.blockType === INTERFACE ? MAX_INTERFACE_LENGTH : MAX_BLOCK_LENGTH;
    if (!isPacket && length > maximum) {
      this.failBlock(
        'oversize',
        say`a block of ${length} [byte|bytes] begins; more than ${maximum} is not plausible`,
      );
      return false;
    }
    return true;
  }

  private readSection(view: DataView, offset: number): void {
    const mark = view.getUint32(offset, true);
    if (mark !== 0x1a2b3c4d && mark !== 0x4d3c2b1a) {
      this.failBlock('badBlock', say`a section begins without its byte-order mark`);
      return;
    }
    this.littleEndian = mark === 0x1a2b3c4d;
    if (!this.littleEndian) this.blockLength = this.lengthBigEndian;
    const major = view.getUint16(offset + 4, this.littleEndian);
    const minor = view.getUint16(offset + 6, this.littleEndian);
    if (major !== 1) {
      this.failBlock(
        'unsupported',
        say`a section of version ${major}.${minor} begins; only 1.0 is supported`,
      );
      return;
    }
    if (!this.isLengthPlausible() || this.isBeyondLimit(this.blockStart + this.blockLength)) return;
    this.interfaces = [];
    const byteOrder = this.littleEndian ? 'little' : 'big';
    this.byteOrder = this.byteOrder && this.byteOrder !== byteOrder ? 'mixed' : byteOrder;
    this.skipToTrailer(BLOCK_HEADER_LENGTH + 16);
  }

  private readInterface(view: DataView, offset: number): void {
    const found = readInterface(view, offset, this.need, this.littleEndian, this.clocks);
    if (!found) {
      this.failBlock('badBlock', say`an interface begins whose options reach beyond its block`);
      return;
    }
    if (this.interfaces.length === MAX_INTERFACES) {
      this.failBlock('oversize', say`a section has more than ${MAX_INTERFACES} interfaces`);
      return;
    }
    this.interfaces.push(found);
    this.addLinkType(found.linkType);
    this.nanosecond ||= found.clock.fine;
    if (found.snapLength > 0) this.snapLength = Math.max(this.snapLength ?? 0, found.snapLength);
    this.skipToTrailer(this.blockLength - TRAILER_LENGTH);
  }

  private readPacket(view: DataView, offset: number): void {
    const littleEndian = this.littleEndian;
    const number =
      this.blockType === ENHANCED_PACKET
        ? view.getUint32(offset, littleEndian)
        : view.getUint16(offset, littleEndian);
    this.high = view.getUint32(offset + 4, littleEndian);
    this.low = view.getUint32(offset + 8, littleEndian);
    const captured = view.getUint32(offset + 12, littleEndian);
    this.original = view.getUint32(offset + 16, littleEndian);
    this.captured = captured;
    const from = this.interfaceOf(number);
    if (!from) return;
    this.clock = from.clock;
    const maximum = maxPacketLength(from.linkType);
    if (captured > maximum || this.blockLength - captured > MAX_BLOCK_LENGTH) {
      this.failBlock(
        'oversize',
        say`a packet of ${captured} [byte|bytes] in a block of ${this.blockLength} begins; the maximum is ${maximum}`,
      );
      return;
    }
    if (captured > this.blockLength - 32) {
      this.failBlock(
        'badBlock',
        say`a packet of ${captured} [byte|bytes] is longer than its block`,
      );
      return;
    }
    this.passPacket(from, BLOCK_HEADER_LENGTH + 20);
  }

  private readSimplePacket(view: DataView, offset: number): void {
    const from = this.interfaceOf(0);
    if (!from) return;
    this.original = view.getUint32(offset, this.littleEndian);
    const available = this.blockLength - 16;
    const expected = Math.min(this.original, from.snapLength || Infinity);
    if (expected > available) {
      this.failBlock(
        'badBlock',
        say`a packet of ${expected} [byte|bytes] is longer than its block`,
      );
      return;
    }
    this.captured = expected;
    this.clock = undefined;
    this.passPacket(from, BLOCK_HEADER_LENGTH + 4);
  }

  private passPacket({ linkType }: CaptureInterface, bytesRead: number): void {
    this.hasPacket = true;
    this.linkType = linkType;
    if (!this.observer) {
      this.skipToTrailer(bytesRead);
      return;
    }
    this.state = 'packetHead';
    this.need = Math.min(this.captured, this.observer.headLength);
  }

  private readPacketHead(view: DataView, offset: number, position: number): void {
    const time = this.clock?.toMicroseconds(this.high, this.low) ?? NaN;
    this.observer!.look(view, offset, this.need, this.linkType, time);
    this.skipToTrailer(position + this.need - this.blockStart);
  }

  private interfaceOf(number: number): CaptureInterface | undefined {
    const found = this.interfaces[number];
    if (!found)
      this.failBlock('badBlock', say`a packet names interface ${number}, which is unknown`);
    return found;
  }

  private skipToTrailer(bytesRead: number): void {
    this.state = 'trailer';
    this.skip = this.blockLength - bytesRead - TRAILER_LENGTH;
    this.need = TRAILER_LENGTH;
  }

  private readTrailer(view: DataView, offset: number, position: number): void {
    const length = view.getUint32(offset, this.littleEndian);
    if (length !== this.blockLength) {
      this.failBlock(
        'trailerMismatch',
        say`a block has the length ${this.blockLength} at its start and ${length} at its end`,
      );
      return;
    }
    if (this.hasPacket) {
      this.countPacket(this.captured, this.original);
      if (this.clock) this.countTime(this.high, this.low, this.clock);
    }
    this.state = 'blockHeader';
    this.need = BLOCK_HEADER_LENGTH;
    this.endRecord(position + TRAILER_LENGTH);
  }

  private failBlock(kind: PcapFaultKind, what: Sentence): void {
    this.fail(kind, this.blockStart, say`At byte ${this.blockStart} ${what}.`);
  }

  override describeCut(length: number): PcapFault {
    const offset = this.wholeBytes;
    const message = this.hasPacket
      ? say`The file ends at byte ${length}, within the block of packet ${this.packets + 1} that begins at byte ${offset}.`
      : say`The file ends at byte ${length}, within a block that begins at byte ${offset}.`;
    return { kind: 'cutInBlock', offset, message };
  }
}
