import { isInGroup } from '../appliance/link-groups';
import { CaptureWriter } from '../packets/capture-writer';
import { decode } from '../packets/decode';
import { LINK_ETHERNET, type Packet, type PacketSource } from '../packets/packet';
import { matcherOf } from './matcher';

/** What is in a window, counted packet by packet without going over HTTP. */
export interface PacketCount {
  packets: number;
  /** Bytes on the wire. */
  bytes: number;
  firstUs?: number;
  lastUs?: number;
}

type Window = [source: PacketSource, expression: string, startUs: number, endUs: number];

/** Packets of a source that match an expression, batch by batch. */
async function* matching(...[source, expression, startUs, endUs]: Window): AsyncIterable<Packet[]> {
  const matches = matcherOf(expression, { isInGroup });
  for await (const packets of source.batches(startUs, endUs)) {
    yield packets.filter((packet) => matches(decode(packet).headers));
  }
}

/** What a capture should hold. */
export async function countMatching(...window: Window): Promise<PacketCount> {
  const count: PacketCount = { packets: 0, bytes: 0 };
  for await (const packets of matching(...window)) {
    count.packets += packets.length;
    for (const { length } of packets) count.bytes += length;
    count.firstUs ??= packets[0]?.timeUs;
    count.lastUs = packets.at(-1)?.timeUs ?? count.lastUs;
  }
  return count;
}

/** The same as a pcap. */
export async function fileOfMatching(...window: Window): Promise<Buffer> {
  const writer = new CaptureWriter('pcap', LINK_ETHERNET);
  const pieces = [writer.head()];
  for await (const packets of matching(...window)) {
    pieces.push(...packets.map((packet) => writer.record(packet)));
  }
  return Buffer.concat(pieces);
}
