import { gzipSync } from 'node:zlib';
import type { PcapFaultKind } from '../../../client/pcap/summary';
import {
  BlockWriter,
  classicFile,
  classicHeader,
  payload,
  type Packet,
} from '../../support/pcap-fixtures';
import { answer, on, type FaultRow } from './fault-row';
import type { Kept } from '../support/store';

/** A body that an appliance may send, or a file that somebody may hand in. */
export interface CaptureFile {
  what: string;
  bytes: Buffer;
  is:
    | { whole: true; packets: number; cutPackets?: number }
    /** A capture that is not whole. */
    | { whole: false; fault: PcapFaultKind; packets: number }
    /** No capture at all. */
    | { whole: false; looksLike: string };
}

const START = 1_795_449_000_123_456_789n;
const PACKETS: Packet[] = Array.from({ length: 6 }, (_, index) => ({
  ns: START + BigInt(index) * 250_000_000n,
  captured: 60 + index * 17,
}));
const CUT: Packet[] = PACKETS.map((packet) => ({ ...packet, captured: 48, original: 1514 }));
/** A whole file in the classic format, with six packets. */
export const PCAP = classicFile(PACKETS).bytes;
const [LITTLE, BIG] = [new BlockWriter(true), new BlockWriter(false)];
const NANO = { resolution: 9 };
const BINARY = { linkType: 113, resolution: 0x80 | 20 };

const section = (write: BlockWriter) => [
  write.section(write.option(4, Buffer.from('dumpcap'))),
  write.interface(),
  ...PACKETS.slice(0, 3).map((packet, index) => write.enhanced(packet, index)),
];
const PCAPNG = Buffer.concat(section(LITTLE));

const whole = (what: string, bytes: Buffer, packets: number, cutPackets = 0): CaptureFile => ({
  what,
  bytes,
  is: { whole: true, packets, cutPackets },
});
const damaged = (
  what: string,
  bytes: Buffer,
  fault: PcapFaultKind,
  packets: number,
): CaptureFile => ({ what, bytes, is: { whole: false, fault, packets } });
const other = (what: string, bytes: Buffer, looksLike: string): CaptureFile => ({
  what,
  bytes,
  is: { whole: false, looksLike },
});

function withVersion1(): Buffer {
  const bytes = Buffer.from(PCAP);
  bytes.writeUInt16LE(1, 4);
  return bytes;
}

/**
 * Captures as other programs and firmwares write them, and what is left of captures when something
 * went wrong: sent by the appliance with status 200 and the right length, and handed in as files.
 */
export const CAPTURE_FILES: CaptureFile[] = [
  whole('a pcap that is its header alone', classicHeader(), 0),
  whole('a pcap in big-endian order', classicFile(PACKETS, { little: false }).bytes, 6),
  whole(
    'a big-endian pcap in nanoseconds',
    classicFile(PACKETS, { little: false, nano: true }).bytes,
    6,
  ),
  whole('packets cut at the snap length', classicFile(CUT, { snapLength: 48 }).bytes, 6, 6),
  whole('a pcapng without a packet', Buffer.concat([LITTLE.section(), LITTLE.interface()]), 0),
  whole(
    'a pcapng of sections in both byte orders',
    Buffer.concat([...section(LITTLE), ...section(BIG)]),
    6,
  ),
  whole(
    'a pcapng of different interfaces',
    Buffer.concat([
      LITTLE.section(),
      ...[{}, NANO, BINARY].map((about) => LITTLE.interface(about)),
      LITTLE.enhanced({ ...PACKETS[0]!, on: 0 }, 0),
      LITTLE.enhanced({ ...PACKETS[1]!, on: 1 }, 1, NANO),
      LITTLE.enhanced({ ...PACKETS[2]!, on: 2 }, 2, BINARY),
    ]),
    3,
  ),
  whole(
    'a pcapng with unknown blocks and options',
    Buffer.concat([PCAPNG, LITTLE.unknown(40), LITTLE.unknown(3, 5), LITTLE.unknown(0, 0xbad)]),
    3,
  ),
  whole(
    'a pcapng with simple and obsolete packets',
    Buffer.concat([PCAPNG, LITTLE.simple(80, 80, 4), LITTLE.obsolete(PACKETS[4]!, 5)]),
    5,
  ),
  damaged('a pcap that ends in the head of a packet', PCAP.subarray(0, -130), 'cutInRecord', 5),
  damaged(
    'a pcap that ends in a packet header',
    Buffer.concat([PCAP, payload(9, 1)]),
    'cutInRecordHeader',
    6,
  ),
  damaged('a pcapng that ends in a block', PCAPNG.subarray(0, -6), 'cutInBlock', 2),
  damaged(
    'a pcapng whose block lengths differ',
    Buffer.concat([PCAPNG, withOtherTrailer(LITTLE.enhanced(PACKETS[3]!, 3))]),
    'trailerMismatch',
    3,
  ),
  damaged(
    'a pcapng block with another length behind it',
    Buffer.concat([PCAPNG, LITTLE.block(0x8000_0001, payload(8, 2), 24)]),
    'trailerMismatch',
    3,
  ),
  damaged(
    'a packet of an interface that is not there',
    Buffer.concat([PCAPNG, LITTLE.enhanced({ ...PACKETS[3]!, on: 7 }, 3)]),
    'badBlock',
    3,
  ),
  damaged('two pcap files one after the other', Buffer.concat([PCAP, PCAP]), 'garbage', 6),
  damaged('zeros behind the last packet', Buffer.concat([PCAP, Buffer.alloc(512)]), 'garbage', 6),
  damaged(
    'text behind the last packet',
    Buffer.concat([PCAP, Buffer.from('<html>Internal error, please try again</html>')]),
    'oversize',
    6,
  ),
  damaged('a pcap of version 1', withVersion1(), 'unsupported', 0),
  other('a pcap in gzip that says nothing of it', gzipSync(PCAP), 'gzip'),
  other('a ZIP archive', Buffer.from('PK\x03\x04packets.pcap'), 'zip'),
  other('a line of text', Buffer.from('Capture finished, 0 packets\n'), 'text'),
  other('noise', payload(4000, 3), 'no known format'),
];

/** A block that says another length at its end than at its begin. */
function withOtherTrailer(block: Buffer): Buffer {
  const changed = Buffer.from(block);
  const at = changed.length - 4;
  changed.writeUInt32LE(changed.readUInt32LE(at) + 4, at);
  return changed;
}

/** Each of them as the answer to a capture. */
export const captureFileRows: FaultRow[] = CAPTURE_FILES.map(({ what, bytes, is }) => ({
  fault: what,
  operation: 'capture',
  arrange: on('capture', answer(bytes, 'application/octet-stream')),
  outcome: is.whole
    ? {
        ok: true,
        check: (result) => {
          const kept = result as Kept;
          expect(kept.bytes.equals(bytes)).toBe(true);
          expect(kept.summary).toMatchObject({
            packets: is.packets,
            truncatedPackets: is.cutPackets,
            bytes: bytes.length,
            sha256: kept.sha256,
            complete: true,
          });
        },
      }
    : 'looksLike' in is
      ? { kind: 'badAnswer', says: new RegExp(`not a capture file: .*${is.looksLike}`, 'i') }
      : {
          kind: 'incomplete',
          says: new RegExp(`incomplete: .* ${is.packets} packets had arrived`, 's'),
        },
  // Without packets, the second asks the buffer for its oldest one.
  requests: is.whole && is.packets === 0 ? 2 : 1,
}));
