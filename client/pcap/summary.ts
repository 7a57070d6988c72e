/** What a walk over a capture file tells. Everything here is plain data that JSON can carry. */

import { say, type Sentence } from '../values/sentence';

export type CaptureFormat = 'pcap' | 'pcapng';

/** What a file is by its first bytes. */
export type Sniffed =
  | { kind: 'pcap'; littleEndian: boolean; nanosecond: boolean }
  | { kind: 'pcapng' }
  /** No byte at all. */
  | { kind: 'empty' }
  /** So far all bytes fit a capture file, but four are needed to tell. */
  | { kind: 'tooShort' }
  | { kind: 'other'; looksLike: LookAlike };

/** What stands there instead of a capture file. */
export type LookAlike = 'json' | 'html' | 'xml' | 'gzip' | 'zip' | 'zstd' | 'text' | 'unknown';

export type PcapFaultKind =
  /** Not a single byte. */
  | 'empty'
  /** The first bytes belong to no capture file; see {@link PcapFault.looksLike}. */
  | 'notCapture'
  /** A capture file in a version that nobody writes any more, or does not write yet. */
  | 'unsupported'
  /** The bytes end within the header at the beginning of a pcap file. */
  | 'cutInFileHeader'
  /** The bytes end within the 16 bytes before a packet (pcap). */
  | 'cutInRecordHeader'
  /** The bytes end within a packet (pcap). */
  | 'cutInRecord'
  /** The bytes end within a block (pcapng). */
  | 'cutInBlock'
  /** A length that no packet or block can have: bytes are missing before, or this is no packet. */
  | 'oversize'
  /** Where a record should begin, something else stands. */
  | 'garbage'
  /** A block that contradicts itself (pcapng). */
  | 'badBlock'
  /** The length behind a block is not the length before it (pcapng). */
  | 'trailerMismatch';

/** The first thing that is wrong with a file. The walk ends there. */
export interface PcapFault {
  kind: PcapFaultKind;
  /** Where the header, record or block begins that is not right, in bytes from the file's start. */
  offset: number;
  /** For a person. */
  message: Sentence;
  /** Only with kind `notCapture`. */
  looksLike?: LookAlike;
}

/** Which limit ended the walk. */
export type PcapLimit = 'packets' | 'bytes';

/** Where a walk has to end. What is not set does not limit. */
export interface PcapLimits {
  /** The walk ends with this packet, without waiting for a further one. */
  maxPackets?: number;
  /**
   * The walk ends before the first record that would end beyond. The header that makes an empty
   * file valid is always let through, however small the limit.
   */
  maxBytes?: number;
}

/** A packet's time. */
export interface PacketTime {
  /** Whole microseconds since 1970-01-01 UTC, rounded down. */
  microseconds: number;
  /** UTC, with 6 digits of a second, or 9 where the file counts finer. */
  iso: string;
}

export interface PcapSummary {
  /** Not set when the file is not a capture file. */
  format?: CaptureFormat;
  /** Whether times are finer than a microsecond (pcapng: on at least one interface). */
  nanosecond: boolean;
  /** `mixed` when the sections of a pcapng file differ. */
  byteOrder?: 'little' | 'big' | 'mixed';
  /** Each link type once, in the order of appearance, 100 at most; see the registry of LINKTYPE values. */
  linkTypes: number[];
  /** Names of `linkTypes`, e.g. `Ethernet`. */
  linkTypeNames: string[];
  /** Longest captured length the file announces; not set where it announces none. */
  snapLength?: number;
  packets: number;
  /** Length of the file: what was handed in, or, after a limit, what is to be kept of it. */
  bytes: number;
  /** Sum of the packets' lengths on the wire. */
  packetBytes: number;
  /** Sum of the packets' lengths in the file. */
  capturedBytes: number;
  /** Packets of which the file holds less than was on the wire. */
  truncatedPackets: number;
  /** The earliest packet. Not set without packets, or when its time is beyond what a date can be. */
  firstPacket?: PacketTime;
  /** The latest packet, likewise. */
  lastPacket?: PacketTime;
  /** Packets that are earlier than the packet before them. */
  outOfOrder: number;
  /**
   * Packets whose time had a sub-second part of a second or more (classic pcap). The excess counts as
   * seconds: 10 s and 5,000,000 µs is 15 s.
   */
  normalizedTimes: number;
  /** Every record was walked to its last byte, up to the file's end or the limit. */
  complete: boolean;
  /** Bytes from the start up to the last record's end: cut there, the file is valid. 0: nothing is. */
  wholeBytes: number;
  limitReached?: PcapLimit;
  fault?: PcapFault;
}

/** What to say of times that had to be normalized, if anything. */
export function timeWarnings({ normalizedTimes }: PcapSummary): Sentence[] {
  if (normalizedTimes === 0) return [];
  return [
    say`${normalizedTimes} [packet has|packets have] an invalid time: its sub-second part is a second or more. The excess was counted as seconds.`,
  ];
}
