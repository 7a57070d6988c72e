import { ETHERTYPE, IP_PROTOCOL } from './frames';
import {
  LINK_ETHERNET,
  LINK_LINUX_COOKED,
  LINK_NULL,
  LINK_RAW,
  type Decoded,
  type Headers,
  type Layer4,
  type Packet,
} from './packet';

/** While a frame is read. */
type Reading = {
  headers: Headers;
  tcpFlags?: number;
  sequence?: number;
  payloadLength?: number;
  payload?: Buffer;
};

const VLAN_TYPES = new Set<number>([ETHERTYPE.vlan, 0x88a8, 0x9100]);

/** Reads the headers. Never throws: a frame that is cut or unknown yields what could be read. */
export function decode(packet: Packet): Decoded {
  return packet.decoded ?? decodeFrame(packet.frame, packet.linkType);
}

/** As {@link decode}, from the bytes alone. */
export function decodeFrame(frame: Buffer, linkType: number): Decoded {
  const decoded: Reading = { headers: { vlans: [] } };
  switch (linkType) {
    case LINK_ETHERNET:
      if (frame.length < 14) return decoded;
      decoded.headers.destinationMac = mac(frame, 0);
      decoded.headers.sourceMac = mac(frame, 6);
      decodeEtherType(frame, 12, decoded);
      break;
    case LINK_LINUX_COOKED:
      if (frame.length < 16) return decoded;
      decodeEtherType(frame, 14, decoded);
      break;
    case LINK_NULL:
      decodeIp(frame, 4, decoded);
      break;
    case LINK_RAW:
      decodeIp(frame, 0, decoded);
      break;
  }
  return decoded;
}

function decodeEtherType(frame: Buffer, start: number, decoded: Reading): void {
  let offset = start;
  let type = frame.readUInt16BE(offset);
  while (VLAN_TYPES.has(type) && frame.length >= offset + 6) {
    decoded.headers.vlans.push(frame.readUInt16BE(offset + 2) & 0x0fff);
    offset += 4;
    type = frame.readUInt16BE(offset);
  }
  decoded.headers.etherType = type;
  if (type === ETHERTYPE.ipv4 || type === ETHERTYPE.ipv6) decodeIp(frame, offset + 2, decoded);
}

function decodeIp(frame: Buffer, start: number, decoded: Reading): void {
  if (frame.length <= start) return;
  const version = frame[start] >> 4;
  if (version === 4 && frame.length >= start + 20) {
    decoded.headers.sourceIp = ipv4(frame, start + 12);
    decoded.headers.destinationIp = ipv4(frame, start + 16);
    const end = start + frame.readUInt16BE(start + 2);
    // Only the first fragment has the ports.
    const isLaterFragment = (frame.readUInt16BE(start + 6) & 0x1fff) !== 0;
    const next = start + (frame[start] & 0x0f) * 4;
    decodeLayer4(frame, next, end, frame[start + 9], isLaterFragment, decoded);
  } else if (version === 6 && frame.length >= start + 40) {
    decoded.headers.sourceIp = ipv6(frame, start + 8);
    decoded.headers.destinationIp = ipv6(frame, start + 24);
    const end = start + 40 + frame.readUInt16BE(start + 4);
    const { protocol, offset } = skipExtensions(frame, start + 40, frame[start + 6]);
    decodeLayer4(frame, offset, end, protocol, false, decoded);
  }
}

/** Hop-by-hop, routing and destination options; a fragment header ends the reading. */
function skipExtensions(frame: Buffer, start: number, first: number) {
  let protocol = first;
  let offset = start;
  while ([0, 43, 60].includes(protocol) && frame.length >= offset + 8) {
    protocol = frame[offset];
    offset += (frame[offset + 1] + 1) * 8;
  }
  return { protocol, offset };
}

function decodeLayer4(
  frame: Buffer,
  start: number,
  end: number,
  protocol: number,
  isLaterFragment: boolean,
  decoded: Reading,
): void {
  const names: Record<number, Layer4> = {
    [IP_PROTOCOL.tcp]: 'TCP',
    [IP_PROTOCOL.udp]: 'UDP',
    [IP_PROTOCOL.icmp]: 'ICMP',
    [IP_PROTOCOL.icmpv6]: 'ICMPv6',
  };
  const layer4 = names[protocol] ?? 'Other';
  decoded.headers.layer4 = layer4;
  if (isLaterFragment || (layer4 !== 'TCP' && layer4 !== 'UDP') || frame.length < start + 8) return;
  decoded.headers.sourcePort = frame.readUInt16BE(start);
  decoded.headers.destinationPort = frame.readUInt16BE(start + 2);
  let payloadStart = start + 8;
  if (layer4 === 'TCP') {
    if (frame.length < start + 14) return;
    decoded.tcpFlags = frame[start + 13];
    decoded.sequence = frame.readUInt32BE(start + 4);
    payloadStart = start + (frame[start + 12] >> 4) * 4;
  }
  decoded.payloadLength = Math.max(0, end - payloadStart);
  decoded.payload = frame.subarray(
    payloadStart,
    Math.max(payloadStart, Math.min(end, frame.length)),
  );
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

function mac(bytes: Buffer, start: number): string {
  return `${HEX[bytes[start]]}:${HEX[bytes[start + 1]]}:${HEX[bytes[start + 2]]}:${HEX[bytes[start + 3]]}:${HEX[bytes[start + 4]]}:${HEX[bytes[start + 5]]}`;
}

function ipv4(bytes: Buffer, start: number): string {
  return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`;
}

/** In the canonical form of RFC 5952: the longest run of zero groups is left out. */
export function ipv6(bytes: Buffer, start: number): string {
  const groups: number[] = [];
  for (let index = 0; index < 16; index += 2) groups.push(bytes.readUInt16BE(start + index));
  let best = { start: -1, length: 1 };
  for (let index = 0; index < 8; index++) {
    let length = 0;
    while (index + length < 8 && groups[index + length] === 0) length++;
    if (length > best.length) best = { start: index, length };
    index += length;
  }
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (best.start < 0) return text(0, 8);
  return `${text(0, best.start)}::${text(best.start + best.length, 8)}`;
}
