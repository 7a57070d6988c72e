import { CaptureWriter } from '../../packets/capture-writer';
import { ethernet, ETHERTYPE, ip, IP_PROTOCOL, udp } from '../../packets/frames';
import { LINK_ETHERNET } from '../../packets/packet';

const BLOCK_BYTES = 256 * 1024;
const BLOCKS = 4;
const HEADERS = 42;

/**
 * A capture file of about `bytes` bytes that costs next to nothing to make, so that a benchmark
 * measures the reader: the same packet over and over, a microsecond apart.
 *
 * A block is written over after three more. Whoever sends them waits until a block has gone out
 * before asking for the next; whoever keeps one has to copy it. New memory for each would keep V8
 * collecting all the time, on the cores that the reader is to have.
 */
export async function* bulkCapture(
  bytes: number,
  packetBytes: number,
  startUs: number,
): AsyncIterable<Buffer> {
  const writer = new CaptureWriter('pcap', LINK_ETHERNET);
  const record = writer.record({ ...packetOf(packetBytes), timeUs: startUs });
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / record.length));
  const blocks = Array.from({ length: BLOCKS }, () =>
    Buffer.alloc(perBlock * record.length, record),
  );
  let left = Math.max(0, Math.floor((bytes - 24) / record.length));
  let timeUs = startUs;
  yield writer.head();
  for (let turn = 0; left > 0; turn++) {
    const count = Math.min(left, perBlock);
    const block = blocks[turn % BLOCKS]!.subarray(0, count * record.length);
    for (let index = 0; index < count; index++, timeUs++) {
      block.writeUInt32LE(Math.floor(timeUs / 1e6), index * record.length);
      block.writeUInt32LE(timeUs % 1e6, index * record.length + 4);
    }
    left -= count;
    yield block;
  }
}

function packetOf(bytes: number) {
  const payload = Buffer.alloc(Math.max(0, bytes - HEADERS), 0x61);
  const addresses = { source: '10.1.2.3', destination: '203.0.113.10' };
  const datagram = ip(addresses, IP_PROTOCOL.udp, udp(50000, 9, payload));
  const link = { source: '02:00:0a:01:02:03', destination: '02:00:00:00:00:01' };
  const frame = ethernet(link, ETHERTYPE.ipv4, datagram);
  return { nanos: 0, linkType: LINK_ETHERNET, frame, length: frame.length };
}
