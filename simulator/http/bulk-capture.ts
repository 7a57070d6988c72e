import { CaptureWriter } from '../packets/capture-writer';
import { ethernet, ETHERTYPE, ip, IP_PROTOCOL, udp } from '../packets/frames';
import { LINK_ETHERNET } from '../packets/packet';

const BLOCK_BYTES = 256 * 1024;
const HEADERS = 42;

/**
 * A capture file of about `bytes` bytes that costs next to nothing to make, so that a benchmark
 * measures the reader: the same packet over and over, a microsecond apart.
 */
export async function* bulkCapture(
  bytes: number,
  packetBytes: number,
  startUs: number,
): AsyncIterable<Buffer> {
  const writer = new CaptureWriter('pcap', LINK_ETHERNET);
  const record = writer.record({ ...packetOf(packetBytes), timeUs: startUs });
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / record.length));
  const template = Buffer.alloc(perBlock * record.length);
  for (let index = 0; index < perBlock; index++) record.copy(template, index * record.length);
  let left = Math.max(0, Math.floor((bytes - 24) / record.length));
  let timeUs = startUs;
  yield writer.head();
  while (left > 0) {
    const count = Math.min(left, perBlock);
    // Of its own, because what was sent may still wait in the socket.
    const block = Buffer.from(template.subarray(0, count * record.length));
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
