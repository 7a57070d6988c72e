import type { Packet, Step } from './packet';

/**
 * Headers up to IP. Sources: IEEE 802.3, 802.1Q and 802.1ad; RFC 3032 (MPLS), 2516 (PPPoE) and 1661
 * (PPP); the page of LINKTYPE values of tcpdump.
 */

const LINK_STEPS = new Map<number, Step>([
  [0, 'loopback'],
  [1, 'ethernet'],
  [12, 'rawIp'],
  [14, 'rawIp'],
  [101, 'rawIp'],
  [108, 'loopback'],
  [113, 'cooked'],
  [228, 'ipv4'],
  [229, 'ipv6'],
  [276, 'cooked2'],
]);

/** What a packet of a link type begins with; undefined where it is not decoded. */
export function firstStep(linkType: number): Step | undefined {
  return LINK_STEPS.get(linkType);
}

export function readEthernet(packet: Packet): void {
  packet.enter('Ethernet');
  if (!packet.has(14)) return;
  packet.setAddresses(6, 0, 3);
  // Within a tunnel, nothing of the outer packet's IP is left.
  packet.ipProtocol = packet.sourcePort = packet.destinationPort = 0;
  packet.transport = '';
  packet.go('etherType', 12);
}

/** Linux cooked captures: no addresses that would name both ends. */
export function readCooked(packet: Packet): void {
  packet.enter('Linux cooked');
  if (packet.has(16)) packet.goToEtherType(packet.word(14), 16);
}

export function readCooked2(packet: Packet): void {
  packet.enter('Linux cooked');
  if (packet.has(20)) packet.goToEtherType(packet.word(0), 20);
}

/** 24, 28 and 30: IPv6 on the BSDs and macOS; 10 on Linux, 23 on Windows. */
const IPV6_FAMILIES = new Set([10, 23, 24, 28, 30]);

/** The family is in the byte order of the machine that captured, so both are tried. */
export function readLoopback(packet: Packet): void {
  packet.enter('Loopback');
  if (!packet.has(4)) return;
  const big = packet.long(0);
  const family = big > 0xffff ? packet.view.getUint32(packet.at, true) : big;
  if (family === 2) packet.go('ipv4', 4);
  else if (IPV6_FAMILIES.has(family)) packet.go('ipv6', 4);
}

export function readRawIp(packet: Packet): void {
  if (!packet.has(1)) return;
  const version = packet.byte(0) >> 4;
  if (version === 4) packet.go('ipv4', 0);
  else if (version === 6) packet.go('ipv6', 0);
  else packet.enter('Not IP');
}

/** Below, the field is a length (IEEE 802.3). */
const FIRST_ETHER_TYPE = 0x0600;

/** At the type or length behind the addresses; passes VLAN tags. */
export function readEtherType(packet: Packet): void {
  let etherType = packet.word(0);
  for (let tags = 1; isTag(etherType); tags++) {
    if (tags <= 2) packet.enter(tags === 1 ? 'VLAN' : 'QinQ');
    packet.pass(4);
    if (!packet.has(2)) return;
    etherType = packet.word(0);
  }
  if (etherType >= FIRST_ETHER_TYPE) packet.goToEtherType(etherType, 2);
  else {
    packet.pass(2);
    readLlc(packet);
  }
}

const isTag = (etherType: number) =>
  etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100;

function readLlc(packet: Packet): void {
  packet.enter('LLC');
  if (!packet.has(3)) return;
  const access = packet.word(0);
  if (access === 0x4242) packet.enter('STP');
  else if (access === 0xfefe) packet.enter('IS-IS');
  else if (access === 0xaaaa) {
    if (!packet.has(8)) return;
    const organisation = packet.long(2) & 0xffffff;
    const type = packet.word(6);
    // Behind the organisation 0 stands an EtherType; behind Cisco's, protocols of its own.
    if (organisation === 0) packet.goToEtherType(type, 8);
    else if (organisation === 0x00000c) packet.enter(type === 0x2000 ? 'CDP' : 'Cisco SNAP');
  }
}

/** Labels up to the bottom of the stack; what follows shows in its first four bits. */
export function readMpls(packet: Packet): void {
  packet.enter('MPLS');
  for (let isLast = false; !isLast; packet.pass(4)) {
    if (!packet.has(4)) return;
    isLast = (packet.byte(2) & 1) === 1;
  }
  if (!packet.has(1)) return;
  const first = packet.byte(0) >> 4;
  if (first === 4) packet.go('ipv4', 0);
  else if (first === 6) packet.go('ipv6', 0);
  // A pseudowire with its control word (RFC 4385).
  else if (first === 0 && packet.end - packet.at >= 18) packet.go('ethernet', 4);
}

/** Only the session stage (code 0) carries packets. */
export function readPppoe(packet: Packet): void {
  packet.enter('PPPoE');
  if (packet.has(6) && packet.byte(1) === 0) packet.go('ppp', 6);
}

export function readPpp(packet: Packet): void {
  packet.enter('PPP');
  if (!packet.has(2)) return;
  // Behind GRE, an address and a control byte may come first (RFC 1662).
  if (packet.word(0) === 0xff03) {
    packet.pass(2);
    if (!packet.has(2)) return;
  }
  // A first byte that is odd is the whole protocol: its field was compressed.
  const isShort = (packet.byte(0) & 1) === 1;
  const protocol = isShort ? packet.byte(0) : packet.word(0);
  const length = isShort ? 1 : 2;
  if (protocol === 0x0021) packet.go('ipv4', length);
  else if (protocol === 0x0057) packet.go('ipv6', length);
}
