import type { LookAlike, Sniffed } from './summary';
import { say, type Sentence } from '../values/sentence';

/** Magic numbers of classic pcap, read big-endian. */
const PCAP_MAGICS = new Map<number, { littleEndian: boolean; nanosecond: boolean }>([
  [0xa1b2c3d4, { littleEndian: false, nanosecond: false }],
  [0xd4c3b2a1, { littleEndian: true, nanosecond: false }],
  [0xa1b23c4d, { littleEndian: false, nanosecond: true }],
  [0x4d3cb2a1, { littleEndian: true, nanosecond: true }],
]);

/** Type of a pcapng section header; the same in both byte orders on purpose. */
export const PCAPNG_MAGIC = 0x0a0d0d0a;

/** How many bytes {@link sniffFormat} needs to be sure about a capture file. */
export const MAGIC_LENGTH = 4;

/**
 * Tells what a file is by how it begins. Four bytes are enough for capture files; a few more help to
 * name what else it may be.
 *
 * Source: the appliance's page, "Pcap extraction" (the examples save both formats), and the formats'
 * own specifications for the numbers.
 */
export function sniffFormat(firstBytes: Uint8Array): Sniffed {
  if (firstBytes.length === 0) return { kind: 'empty' };
  if (firstBytes.length < MAGIC_LENGTH) {
    const isPrefix = [...PCAP_MAGICS.keys(), PCAPNG_MAGIC].some((magic) =>
      firstBytes.every((byte, index) => byte === ((magic >>> (24 - 8 * index)) & 0xff)),
    );
    return isPrefix
      ? { kind: 'tooShort' }
      : { kind: 'other', looksLike: guessLookAlike(firstBytes) };
  }
  const magic = readBigEndian(firstBytes);
  if (magic === PCAPNG_MAGIC) return { kind: 'pcapng' };
  const pcap = PCAP_MAGICS.get(magic);
  if (pcap) return { kind: 'pcap', ...pcap };
  return { kind: 'other', looksLike: guessLookAlike(firstBytes) };
}

/** Whether a number read in either byte order is a magic number of classic pcap. */
export function isPcapMagic(value: number): boolean {
  return PCAP_MAGICS.has(value);
}

/** The extension, without a dot, that fits what a file really is; not set if it is not a capture. */
export function extensionOf(sniffed: Sniffed): 'pcap' | 'pcapng' | undefined {
  return sniffed.kind === 'pcap' || sniffed.kind === 'pcapng' ? sniffed.kind : undefined;
}

function readBigEndian(bytes: Uint8Array): number {
  return ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
}

function guessLookAlike(bytes: Uint8Array): LookAlike {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) return 'zip';
  if (bytes.length >= 4 && readBigEndian(bytes) === 0x28b52ffd) return 'zstd';
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const head = bytes.subarray(hasMark ? 3 : 0, 256);
  // A text has no control characters but tab, line feed and carriage return.
  if (head.some((byte) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13)) {
    return 'unknown';
  }
  const text = String.fromCharCode(...head).trimStart();
  if (/^[{[]/.test(text)) return 'json';
  if (/^<\?xml/i.test(text)) return 'xml';
  if (text.startsWith('<')) return 'html';
  return head.some((byte) => byte >= 0x80) ? 'unknown' : 'text';
}

const LOOK_ALIKE_WORDS: Record<LookAlike, Sentence> = {
  json: say`it looks like JSON`,
  html: say`it looks like an HTML page`,
  xml: say`it looks like XML`,
  gzip: say`it looks like gzip-compressed data`,
  zip: say`it looks like a ZIP archive`,
  zstd: say`it looks like zstd-compressed data`,
  text: say`it looks like plain text`,
  unknown: say`its first bytes belong to no known format`,
};

/** A clause such as `it looks like JSON`. */
export function describeLookAlike(looksLike: LookAlike): Sentence {
  return LOOK_ALIKE_WORDS[looksLike];
}
