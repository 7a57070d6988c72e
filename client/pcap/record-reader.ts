import { PacketTimes, type Clock } from './packet-times';
import type { CaptureFormat, PcapFault, PcapFaultKind, PcapLimit, PcapLimits } from './summary';
import type { Sentence } from '../values/sentence';

/** Looks into packets while a walk passes them. */
export interface PacketObserver {
  /** How many bytes from a packet's beginning it wants to see, in one piece. */
  readonly headLength: number;
  /**
   * A packet has begun. The view must not be kept.
   *
   * @param length bytes that are there from `offset` on: `headLength`, or all that were captured
   * @param microseconds since 1970-01-01 UTC; NaN where the file gives no time
   */
  look(
    view: DataView,
    offset: number,
    length: number,
    linkType: number,
    microseconds: number,
  ): void;
  /** The packet that was last looked at is whole. Lengths in bytes: in the file, on the wire. */
  count(captured: number, original: number): void;
}

/** Only crafted files have more, and the list is searched for each interface. */
const MAX_LINK_TYPES = 100;

/**
 * Understands one format, step by step. Whoever holds the bytes passes over `skip` bytes, then shows
 * `need` bytes in one piece to {@link step}, which says what comes next, until it halts.
 */
export abstract class RecordReader {
  abstract readonly format: CaptureFormat;
  abstract readonly byteOrder: 'little' | 'big' | 'mixed' | undefined;
  abstract readonly nanosecond: boolean;
  abstract readonly snapLength: number | undefined;
  readonly linkTypes: number[] = [];
  readonly times = new PacketTimes();

  /** Bytes that the next step must see in one piece; may be 0. */
  need = 0;
  /** Bytes that nobody has to look at, before the next step. */
  skip = 0;
  /** A fault or a limit: no step follows. */
  halted = false;
  fault?: PcapFault;
  limitReached?: PcapLimit;

  /** Offset of the last record's end. */
  wholeBytes = 0;
  packets = 0;
  packetBytes = 0;
  capturedBytes = 0;
  truncatedPackets = 0;
  /** Packets whose time had a sub-second part of a second or more. */
  normalizedTimes = 0;

  private readonly maxPackets: number;
  private readonly maxBytes: number;

  constructor(
    limits: PcapLimits,
    protected readonly observer?: PacketObserver,
  ) {
    this.maxPackets = limits.maxPackets ?? Infinity;
    this.maxBytes = limits.maxBytes ?? Infinity;
  }

  /**
   * Takes in `need` bytes and sets `need` and `skip` for the next step, or halts.
   *
   * @param offset where the bytes begin in `view`
   * @param position where the same bytes begin in the file
   */
  abstract step(view: DataView, offset: number, position: number): void;

  /** What is wrong with a file that ends at `length`, which is not a record's end. */
  abstract describeCut(length: number): PcapFault;

  protected fail(kind: PcapFaultKind, offset: number, message: Sentence): void {
    this.fault = { kind, offset, message };
    this.halted = true;
  }

  /** Whether the record that ends at `recordEnd` has to stay out. Then the walk ends before it. */
  protected isBeyondLimit(recordEnd: number): boolean {
    // Without the file's header nothing would be valid, so that comes in whatever the limit.
    if (recordEnd <= this.maxBytes || this.wholeBytes === 0) return false;
    this.limitReached = 'bytes';
    this.halted = true;
    return true;
  }

  /** Counts a packet whose record is whole. */
  protected countPacket(captured: number, original: number): void {
    this.packets++;
    this.capturedBytes += captured;
    this.packetBytes += original;
    if (captured < original) this.truncatedPackets++;
    this.observer?.count(captured, original);
  }

  protected countTime(high: number, low: number, clock: Clock): void {
    this.times.add(high, low, clock);
  }

  /** Marks a border. A limit that is reached ends the walk now: the next packet may never come. */
  protected endRecord(position: number): void {
    this.wholeBytes = position;
    if (this.packets >= this.maxPackets) this.limitReached = 'packets';
    else if (position >= this.maxBytes) this.limitReached = 'bytes';
    else return;
    this.halted = true;
  }

  protected addLinkType(linkType: number): void {
    if (this.linkTypes.length >= MAX_LINK_TYPES) return;
    if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType);
  }
}
