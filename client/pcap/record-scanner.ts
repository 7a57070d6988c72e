import { sniffFormat } from './magic';
import {
  ENHANCED_PACKET,
  INTERFACE,
  OBSOLETE_PACKET,
  SECTION_HEADER,
  SIMPLE_PACKET,
} from './pcapng-blocks';

/** One record, as a part of the bytes that it came in. */
export interface Segment {
  /**
   * `begin`: the file's header, or that of a section. `interface`: belongs to the section. Both have
   * to stand at the beginning of a file that begins later. `packet`: a packet with all that belongs
   * to it. `other`: what has no packet.
   */
  kind: 'begin' | 'interface' | 'packet' | 'other';
  bytes: Uint8Array;
  start: number;
  end: number;
}

const FILE_HEADER_LENGTH = 24;
const RECORD_HEADER_LENGTH = 16;
const PACKETS = new Set([OBSOLETE_PACKET, SIMPLE_PACKET, ENHANCED_PACKET]);
/** Where a section header tells its length; all ones mean that it does not. */
const SECTION_LENGTH_AT = 16;

/** Takes a capture file apart into its records. Trusts lengths: whoever calls has walked the file. */
export class RecordScanner {
  private format?: 'pcap' | 'pcapng';
  private littleEndian = true;

  /** @param bytes whole records; from the beginning of the file at first */
  scan(bytes: Uint8Array): Segment[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const segments: Segment[] = [];
    let at = 0;
    if (this.format === undefined) {
      const sniffed = sniffFormat(bytes);
      if (sniffed.kind === 'pcap') {
        this.format = 'pcap';
        this.littleEndian = sniffed.littleEndian;
        segments.push({ kind: 'begin', bytes, start: 0, end: FILE_HEADER_LENGTH });
        at = FILE_HEADER_LENGTH;
      } else this.format = 'pcapng';
    }
    while (at < bytes.length) {
      const { segment, length } =
        this.format === 'pcap' ? this.record(bytes, view, at) : this.block(bytes, view, at);
      segments.push(segment);
      at += length;
    }
    return segments;
  }

  private record(bytes: Uint8Array, view: DataView, start: number): Found {
    const length = RECORD_HEADER_LENGTH + view.getUint32(start + 8, this.littleEndian);
    return { length, segment: { kind: 'packet', bytes, start, end: start + length } };
  }

  private block(bytes: Uint8Array, view: DataView, start: number): Found {
    const type = view.getUint32(start, this.littleEndian);
    if (type === SECTION_HEADER) this.littleEndian = view.getUint32(start + 8, true) === 0x1a2b3c4d;
    const length = view.getUint32(start + 4, this.littleEndian);
    const end = start + length;
    if (type === SECTION_HEADER) {
      // The section will end elsewhere, so a length that it gives would be wrong.
      const header = new Uint8Array(bytes.subarray(start, end));
      header.fill(0xff, SECTION_LENGTH_AT, SECTION_LENGTH_AT + 8);
      return { length, segment: { kind: 'begin', bytes: header, start: 0, end: length } };
    }
    const kind = PACKETS.has(type) ? 'packet' : type === INTERFACE ? 'interface' : 'other';
    return { length, segment: { kind, bytes, start, end } };
  }
}

interface Found {
  segment: Segment;
  /** Bytes to go on by. */
  length: number;
}
