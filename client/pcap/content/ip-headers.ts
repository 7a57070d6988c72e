import type { Packet } from './packet';
import { ipProtocolName, serviceName } from './protocol-names';

/** IP and what it carries. Sources: RFC 791, 8200, 4302, 9293, 768 and 2003 (IP in IP). */

const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

export function readIpv4(packet: Packet): void {
  packet.enter('IPv4');
  if (!packet.has(20)) return;
  const headerLength = (packet.byte(0) & 0x0f) * 4;
  packet.setAddresses(12, 16, 2);
  packet.ipProtocol = packet.byte(9);
  const fragment = packet.word(6);
  packet.isFragment = (fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0;
  packet.isLaterFragment = (fragment & FRAGMENT_OFFSET) !== 0;
  if (headerLength < 20) {
    packet.isCut = true;
    return;
  }
  endAt(packet, packet.word(2));
  packet.go('transport', headerLength);
}

/** What stands behind the packet's own length is padding. A length of 0 comes from offloading. */
function endAt(packet: Packet, totalLength: number): void {
  if (totalLength < 20) return;
  packet.wireLength = totalLength;
  packet.end = Math.min(packet.end, packet.at + totalLength);
}

const NO_NEXT_HEADER = 59;
const FRAGMENT = 44;
const AUTHENTICATION = 51;

/** Headers whose second byte is their length: options, routing, mobility, HIP, Shim6. */
const isExtension = (header: number) =>
  header === 0 ||
  header === 43 ||
  header === 60 ||
  header === 135 ||
  header === 139 ||
  header === 140;

export function readIpv6(packet: Packet): void {
  packet.enter('IPv6');
  if (!packet.has(40)) return;
  packet.setAddresses(8, 24, 8);
  packet.isFragment = packet.isLaterFragment = false;
  let next = packet.byte(6);
  const payloadLength = packet.word(4);
  if (payloadLength > 0) endAt(packet, 40 + payloadLength);
  packet.pass(40);
  while (isExtension(next) || next === FRAGMENT || next === AUTHENTICATION) {
    if (!packet.has(8)) return;
    const header = next;
    next = packet.byte(0);
    const length = packet.byte(1);
    if (header === FRAGMENT) {
      packet.isFragment = true;
      packet.isLaterFragment = (packet.word(2) & 0xfff8) !== 0;
      packet.pass(8);
    } else packet.pass(header === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8);
    // In a later fragment the next header stands for what the first one holds.
    if (packet.isLaterFragment) break;
  }
  packet.ipProtocol = next;
  if (next !== NO_NEXT_HEADER) packet.go('transport', 0);
}

/** Without a case, the protocol is named and its content left alone. */
export function readTransport(packet: Packet): void {
  const name = ipProtocolName(packet.ipProtocol);
  packet.enter(name);
  packet.transport = name;
  packet.sourcePort = packet.destinationPort = 0;
  if (packet.isLaterFragment) return;
  switch (packet.ipProtocol) {
    case 4:
      return packet.go('ipv4', 0);
    case 41:
      return packet.go('ipv6', 0);
    case 47:
      return packet.go('gre', 0);
    case 6:
      return packet.go('tcp', 0);
    case 17:
      return packet.go('udp', 0);
    case 132:
      if (packet.has(4)) readPorts(packet, name);
  }
}

function readPorts(packet: Packet, transport: string): void {
  packet.sourcePort = packet.word(0);
  packet.destinationPort = packet.word(2);
  const service = serviceName(transport, packet.sourcePort, packet.destinationPort);
  if (service) packet.protocol = service;
}

export function readTcp(packet: Packet): void {
  if (!packet.has(4)) return;
  readPorts(packet, 'TCP');
  if (!packet.has(20)) return;
  packet.sequence = packet.long(4);
  packet.acknowledgement = packet.long(8);
  const length = (packet.byte(12) >> 4) * 4;
  packet.window = packet.word(14);
  if (length < 20) {
    packet.isCut = true;
    return;
  }
  packet.flags = packet.byte(13);
  if (packet.end - packet.at < length) packet.isCut = true;
  packet.pass(length);
}

const VXLAN_PORT = 4789;
const GENEVE_PORT = 6081;

export function readUdp(packet: Packet): void {
  if (!packet.has(4)) return;
  readPorts(packet, 'UDP');
  if (!packet.has(8)) return;
  const length = packet.word(4);
  if (length >= 8 && length < packet.wireLength) {
    packet.wireLength = length;
    packet.end = Math.min(packet.end, packet.at + length);
  }
  packet.pass(8);
  if (packet.isFragment) return;
  if (packet.destinationPort === VXLAN_PORT) packet.go('vxlan', 0);
  else if (packet.destinationPort === GENEVE_PORT) packet.go('geneve', 0);
}
