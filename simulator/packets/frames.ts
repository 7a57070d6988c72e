import { isIPv6 } from 'node:net';

/** Builders of valid frames: lengths and checksums are right, so that any analyser accepts them. */

export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd } as const;
export const IP_PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

const MINIMUM_FRAME = 60;

export interface LinkAddress {
  source: string;
  destination: string;
  /** Outermost first. */
  vlans?: number[];
}

export interface IpAddresses {
  source: string;
  destination: string;
}

/** Bytes of an Ethernet frame; short ones are padded, as a network card does. */
export function lengthOnWire(vlans: number, payload: number): number {
  return Math.max(14 + vlans * 4 + payload, MINIMUM_FRAME);
}

export function ethernet(link: LinkAddress, etherType: number, payload: Buffer): Buffer {
  const vlans = link.vlans ?? [];
  const headerLength = 14 + vlans.length * 4;
  const frame = Buffer.alloc(lengthOnWire(vlans.length, payload.length));
  macBytes(link.destination).copy(frame, 0);
  macBytes(link.source).copy(frame, 6);
  let offset = 12;
  for (const vlan of vlans) {
    frame.writeUInt16BE(ETHERTYPE.vlan, offset);
    frame.writeUInt16BE(vlan, offset + 2);
    offset += 4;
  }
  frame.writeUInt16BE(etherType, offset);
  payload.copy(frame, headerLength);
  return frame;
}

/** An IPv4 or IPv6 packet, as the addresses ask for. Fills in the checksum of the layer above. */
export function ip(addresses: IpAddresses, protocol: number, segment: Buffer): Buffer {
  return isIPv6(addresses.source)
    ? ipv6(addresses, protocol, segment)
    : ipv4(addresses, protocol, segment);
}

function ipv4(addresses: IpAddresses, protocol: number, segment: Buffer): Buffer {
  const packet = Buffer.allocUnsafe(20 + segment.length);
  packet.writeUInt16BE(0x4500, 0);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt32BE(0x00004000, 4);
  packet[8] = 64;
  packet[9] = protocol;
  packet.writeUInt16BE(0, 10);
  ipBytes(addresses.source).copy(packet, 12);
  ipBytes(addresses.destination).copy(packet, 16);
  packet.writeUInt16BE(checksum(packet, 0, 20, 0), 10);
  segment.copy(packet, 20);
  writeChecksum(packet, 20, protocol, sum(packet, 12, 8) + protocol + segment.length);
  return packet;
}

function ipv6(addresses: IpAddresses, protocol: number, segment: Buffer): Buffer {
  const packet = Buffer.allocUnsafe(40 + segment.length);
  packet.writeUInt32BE(0x60000000, 0);
  packet.writeUInt16BE(segment.length, 4);
  packet[6] = protocol;
  packet[7] = 64;
  ipBytes(addresses.source).copy(packet, 8);
  ipBytes(addresses.destination).copy(packet, 24);
  segment.copy(packet, 40);
  writeChecksum(packet, 40, protocol, sum(packet, 8, 32) + protocol + segment.length);
  return packet;
}

const CHECKSUM_OFFSET: Record<number, number> = {
  [IP_PROTOCOL.icmp]: 2,
  [IP_PROTOCOL.tcp]: 16,
  [IP_PROTOCOL.udp]: 6,
  [IP_PROTOCOL.icmpv6]: 2,
};

function writeChecksum(packet: Buffer, start: number, protocol: number, pseudoHeader: number) {
  const offset = CHECKSUM_OFFSET[protocol];
  if (offset === undefined) return;
  packet.writeUInt16BE(0, start + offset);
  const seed = protocol === IP_PROTOCOL.icmp ? 0 : pseudoHeader;
  const value = checksum(packet, start, packet.length - start, seed);
  // Zero would mean "no checksum" in UDP.
  packet.writeUInt16BE(
    value === 0 && protocol === IP_PROTOCOL.udp ? 0xffff : value,
    start + offset,
  );
}

export function udp(sourcePort: number, destinationPort: number, payload: Buffer): Buffer {
  const segment = Buffer.allocUnsafe(8 + payload.length);
  segment.writeUInt16BE(sourcePort, 0);
  segment.writeUInt16BE(destinationPort, 2);
  segment.writeUInt16BE(segment.length, 4);
  payload.copy(segment, 8);
  return segment;
}

export interface TcpFields {
  sourcePort: number;
  destinationPort: number;
  sequence: number;
  acknowledgement: number;
  flags: number;
}

/** A SYN carries the maximum segment size, as every real one does. */
const MAXIMUM_SEGMENT_SIZE = Buffer.from([2, 4, 0x05, 0xb4]);

export function tcpHeaderLength(flags: number): number {
  return flags & TCP_FLAG.syn ? 20 + MAXIMUM_SEGMENT_SIZE.length : 20;
}

export function tcp(fields: TcpFields, payload: Buffer): Buffer {
  const headerLength = tcpHeaderLength(fields.flags);
  const segment = Buffer.alloc(headerLength + payload.length);
  segment.writeUInt16BE(fields.sourcePort, 0);
  segment.writeUInt16BE(fields.destinationPort, 2);
  segment.writeUInt32BE(fields.sequence >>> 0, 4);
  segment.writeUInt32BE(fields.acknowledgement >>> 0, 8);
  segment[12] = (headerLength / 4) << 4;
  segment[13] = fields.flags;
  segment.writeUInt16BE(65535, 14);
  if (headerLength > 20) MAXIMUM_SEGMENT_SIZE.copy(segment, 20);
  payload.copy(segment, headerLength);
  return segment;
}

export function icmpEcho(isReply: boolean, identifier: number, sequence: number): Buffer {
  const message = Buffer.alloc(64, 0x61);
  message[0] = isReply ? 0 : 8;
  message[1] = 0;
  message.writeUInt16BE(identifier, 4);
  message.writeUInt16BE(sequence, 6);
  return message;
}

export function arp(
  isReply: boolean,
  sender: { mac: string; ip: string },
  target: { mac: string; ip: string },
): Buffer {
  const message = Buffer.alloc(28);
  message.writeUInt16BE(1, 0);
  message.writeUInt16BE(ETHERTYPE.ipv4, 2);
  message[4] = 6;
  message[5] = 4;
  message.writeUInt16BE(isReply ? 2 : 1, 6);
  macBytes(sender.mac).copy(message, 8);
  ipBytes(sender.ip).copy(message, 14);
  if (isReply) macBytes(target.mac).copy(message, 18);
  ipBytes(target.ip).copy(message, 24);
  return message;
}

function sum(bytes: Buffer, start: number, length: number): number {
  let total = 0;
  const end = start + length;
  for (let index = start; index + 1 < end; index += 2) {
    total += (bytes[index] << 8) | bytes[index + 1];
  }
  if (length % 2 === 1) total += bytes[end - 1] << 8;
  return total;
}

/** The Internet checksum (RFC 1071). */
function checksum(bytes: Buffer, start: number, length: number, seed: number): number {
  let total = sum(bytes, start, length) + seed;
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  return ~total & 0xffff;
}

const macCache = new Map<string, Buffer>();
const ipCache = new Map<string, Buffer>();

export function macBytes(mac: string): Buffer {
  return cached(macCache, mac, () => Buffer.from(mac.replaceAll(':', ''), 'hex'));
}

/** The 4 or 16 bytes of an address. */
export function ipBytes(address: string): Buffer {
  return cached(ipCache, address, () =>
    isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number)),
  );
}

function ipv6Bytes(address: string): Buffer {
  const [head, tail] = address.split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const front = groups(head);
  const back = groups(tail);
  const missing = tail === undefined ? 0 : 8 - front.length - back.length;
  const all = [...front, ...Array<string>(missing).fill('0'), ...back];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function cached(cache: Map<string, Buffer>, key: string, make: () => Buffer): Buffer {
  let value = cache.get(key);
  if (!value) {
    if (cache.size > 10_000) cache.clear();
    value = make();
    cache.set(key, value);
  }
  return value;
}
