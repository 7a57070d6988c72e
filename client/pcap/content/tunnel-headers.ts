import type { Packet } from './packet';

/** Tunnels over IP. Sources: RFC 2784, 2890 and 2637 (GRE), 7348 (VXLAN), 8926 (GENEVE). */

const CHECKSUM = 0x8000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;
const PPP = 0x880b;

export function readGre(packet: Packet): void {
  if (!packet.has(4)) return;
  const flags = packet.word(0);
  const version = flags & 7;
  let length = 4;
  for (const flag of [CHECKSUM, KEY, SEQUENCE]) if (flags & flag) length += 4;
  if (version === 1 && flags & ACKNOWLEDGEMENT) length += 4;
  const type = packet.word(2);
  if (!packet.has(length)) return;
  if (type === PPP) packet.go('ppp', length);
  else if (version === 0) packet.goToEtherType(type, length);
}

export function readVxlan(packet: Packet): void {
  // Without the flag of a network identifier it is something else on that port.
  if (packet.end - packet.at < 8 || (packet.byte(0) & 0x08) === 0) return;
  packet.enter('VXLAN');
  packet.go('ethernet', 8);
}

export function readGeneve(packet: Packet): void {
  if (packet.end - packet.at < 8 || packet.byte(0) >> 6 !== 0) return;
  const length = 8 + (packet.byte(0) & 0x3f) * 4;
  packet.enter('GENEVE');
  if (packet.has(length)) packet.goToEtherType(packet.word(2), length);
}
