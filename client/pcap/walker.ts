import { ClassicReader } from './classic-reader';
import { linkTypeName } from './link-types';
import { describeLookAlike, MAGIC_LENGTH, sniffFormat } from './magic';
import { PcapngReader } from './pcapng-reader';
import type { PacketObserver, RecordReader } from './record-reader';
import type {
  CaptureFormat,
  PacketTime,
  PcapFault,
  PcapLimit,
  PcapLimits,
  PcapSummary,
} from './summary';
import { say } from '../values/sentence';

/**
 * Walks a capture file record by record while it streams by. Looks at the headers only, keeps no
 * payload, and holds a few bytes where a header is split over chunks. Content never makes it throw:
 * what is wrong is in `fault`, and the walk ends there.
 *
 * Reads classic pcap (microseconds and nanoseconds, both byte orders) and pcapng. Source: the
 * appliance's page, "Pcap extraction".
 */
export class PcapWalker {
  private reader?: RecordReader;
  private noReaderFault?: PcapFault;
  private received = 0;
  /** Bytes of a header whose other part is still to come. */
  private carry = new Uint8Array(64);
  private carryView = new DataView(this.carry.buffer);
  private carried = 0;

  /**
   * @param limits where the walk ends; see {@link limitReached} and {@link wholeBytes}
   * @param observer shown the beginning of each packet
   */
  constructor(
    private readonly limits: PcapLimits = {},
    private readonly observer?: PacketObserver,
  ) {}

  /** Known as soon as four bytes are there. */
  get format(): CaptureFormat | undefined {
    return this.reader?.format;
  }

  /** Packets whose records are whole so far. */
  get packets(): number {
    return this.reader?.packets ?? 0;
  }

  /** Offset of the last record's end so far: cut there, the file is valid. 0: nothing is yet. */
  get wholeBytes(): number {
    return this.reader?.wholeBytes ?? 0;
  }

  /** The latest packet so far. */
  get lastPacket(): PacketTime | undefined {
    return this.reader?.times.last;
  }

  /** Set as soon as a limit is reached; then the file has to be cut at {@link wholeBytes}. */
  get limitReached(): PcapLimit | undefined {
    return this.reader?.limitReached;
  }

  /** What is wrong so far. That a file is cut shows only in {@link end}. */
  get fault(): PcapFault | undefined {
    return this.noReaderFault ?? this.reader?.fault;
  }

  /** Whether further bytes are of no interest: a fault, or a limit. */
  get halted(): boolean {
    return this.noReaderFault !== undefined || this.reader?.halted === true;
  }

  /** Takes in the next bytes, however the file is split. The chunk is not kept or changed. */
  write(chunk: Uint8Array): void {
    const base = this.received;
    this.received += chunk.length;
    if (this.halted) return;
    const offset = this.reader ? 0 : this.begin(chunk);
    if (this.reader) this.walk(this.reader, chunk, offset, base);
  }

  /** Ends the walk. May be called again and gives the same answer. */
  end(): PcapSummary {
    const reader = this.reader;
    const fault = this.fault ?? this.describeCut();
    const linkTypes = reader?.linkTypes ?? [];
    return {
      format: reader?.format,
      nanosecond: reader?.nanosecond ?? false,
      byteOrder: reader?.byteOrder,
      linkTypes: [...linkTypes],
      linkTypeNames: linkTypes.map(linkTypeName),
      snapLength: reader?.snapLength,
      packets: this.packets,
      bytes: this.limitReached ? this.wholeBytes : this.received,
      packetBytes: reader?.packetBytes ?? 0,
      capturedBytes: reader?.capturedBytes ?? 0,
      truncatedPackets: reader?.truncatedPackets ?? 0,
      firstPacket: reader?.times.first,
      lastPacket: reader?.times.last,
      outOfOrder: reader?.times.outOfOrder ?? 0,
      normalizedTimes: reader?.normalizedTimes ?? 0,
      complete: fault === undefined,
      wholeBytes: this.wholeBytes,
      limitReached: this.limitReached,
      fault,
    };
  }

  /** Collects the magic number, which stays in the carry-over as part of the first header. */
  private begin(chunk: Uint8Array): number {
    const isWholeStart = this.carried === 0;
    const taken = Math.min(MAGIC_LENGTH - this.carried, chunk.length);
    this.carry.set(chunk.subarray(0, taken), this.carried);
    this.carried += taken;
    if (this.carried < MAGIC_LENGTH) return taken;
    // The whole chunk says more about what else it may be than its first bytes.
    const start = isWholeStart ? chunk : this.carry.subarray(0, MAGIC_LENGTH);
    const sniffed = sniffFormat(start);
    if (sniffed.kind === 'pcap') {
      this.reader = new ClassicReader(this.limits, sniffed, this.observer);
    } else if (sniffed.kind === 'pcapng')
      this.reader = new PcapngReader(this.limits, this.observer);
    else this.noReaderFault = notCapture(start);
    return taken;
  }

  /** @param base where the chunk begins in the file */
  private walk(reader: RecordReader, chunk: Uint8Array, start: number, base: number): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = chunk.length;
    let offset = start;
    while (!reader.halted) {
      if (reader.skip > 0) {
        const passed = Math.min(reader.skip, end - offset);
        reader.skip -= passed;
        offset += passed;
        if (reader.skip > 0) return;
      }
      const need = reader.need;
      if (this.carried === 0 && end - offset >= need) {
        reader.step(view, offset, base + offset);
        offset += need;
      } else {
        offset = this.fillCarry(chunk, offset, need);
        if (this.carried < need) return;
        this.carried = 0;
        reader.step(this.carryView, 0, base + offset - need);
      }
    }
  }

  private fillCarry(chunk: Uint8Array, offset: number, need: number): number {
    if (need > this.carry.length) {
      const larger = new Uint8Array(need);
      larger.set(this.carry.subarray(0, this.carried));
      this.carry = larger;
      this.carryView = new DataView(larger.buffer);
    }
    const end = offset + Math.min(need - this.carried, chunk.length - offset);
    this.carry.set(chunk.subarray(offset, end), this.carried);
    this.carried += end - offset;
    return end;
  }

  private describeCut(): PcapFault | undefined {
    const reader = this.reader;
    if (!reader) return notCapture(this.carry.subarray(0, this.carried));
    if (reader.limitReached || reader.wholeBytes === this.received) return undefined;
    return reader.describeCut(this.received);
  }
}

function notCapture(start: Uint8Array): PcapFault {
  const sniffed = sniffFormat(start);
  if (sniffed.kind === 'empty') {
    return { kind: 'empty', offset: 0, message: say`The file is empty: it has no header.` };
  }
  if (sniffed.kind !== 'other') {
    const message = say`The file ends after ${start.length} [byte|bytes], within its header.`;
    return { kind: 'cutInFileHeader', offset: 0, message };
  }
  const { looksLike } = sniffed;
  const message = say`This is not a capture file: ${describeLookAlike(looksLike)}.`;
  return { kind: 'notCapture', offset: 0, message, looksLike };
}
