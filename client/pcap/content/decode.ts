import { etherTypeName, ipProtocolName, serviceName } from './protocol-names';

/**
 * What the headers of a packet tell. One object is filled anew for each packet, because a capture
 * has millions of them.
 *
 * Sources: IEEE 802.3, 802.1Q and 802.1ad; RFC 791, 8200, 4302 and 9293; the page of LINKTYPE values
 * of tcpdump.
 */
export class Decoded {
  /** From the outside in, e.g. `Ethernet`, `VLAN`, `IPv4`, `TCP`. */
  readonly layers: string[] = [];
  /** The innermost that is known, e.g. `HTTPS`. */
  protocol = '';
  /** `TCP`, `UDP`, `ICMP` ...; empty where there is none. */
  transport = '';
  /**
   * The addresses, two bytes a character: 2 for IPv4, 8 for IPv6, 3 for MAC addresses; empty where
   * there are none.
   */
  source = '';
  destination = '';
  /** 0 where the transport has none, or the packet is a later fragment. */
  sourcePort = 0;
  destinationPort = 0;
  /** The link type is one that is decoded here. */
  isDecoded = true;
  /** The captured bytes, or the packet's own lengths, ended before its headers did. */
  isCut = false;

  /** @param length bytes of the packet that are there from `offset` on */
  read(view: DataView, offset: number, length: number, linkType: number): void {
    this.layers.length = 0;
    this.protocol = this.transport = this.source = this.destination = '';
    this.sourcePort = this.destinationPort = 0;
    this.isDecoded = true;
    this.isCut = false;
    readLink(this, view, offset, offset + length, linkType);
  }

  enter(layer: string): void {
    this.layers.push(layer);
    this.protocol = layer;
  }
}

/** `end` is where the bytes that are there end. */
type Reader = (out: Decoded, view: DataView, at: number, end: number) => void;

function readLink(out: Decoded, view: DataView, at: number, end: number, linkType: number): void {
  switch (linkType) {
    case 1:
      return readEthernet(out, view, at, end);
    case 0:
    case 108:
      return readLoopback(out, view, at, end);
    case 12:
    case 14:
    case 101:
      return readRawIp(out, view, at, end);
    case 228:
      return readIpv4(out, view, at, end);
    case 229:
      return readIpv6(out, view, at, end);
    case 113:
      return readCooked(out, view, at, end, 16, 14);
    case 276:
      return readCooked(out, view, at, end, 20, 0);
    default:
      out.isDecoded = false;
  }
}

function readEthernet(out: Decoded, view: DataView, at: number, end: number): void {
  out.enter('Ethernet');
  if (end - at < 14) return cut(out);
  out.destination = wordsAt(view, at, 3);
  out.source = wordsAt(view, at + 6, 3);
  readEtherType(out, view, at + 12, end);
}

/** Linux cooked captures: no addresses that would name both ends. */
function readCooked(
  out: Decoded,
  view: DataView,
  at: number,
  end: number,
  headerLength: number,
  protocolOffset: number,
): void {
  out.enter('Linux cooked');
  if (end - at < headerLength) return cut(out);
  const etherType = view.getUint16(at + protocolOffset);
  readNetwork(out, view, etherType, at + headerLength, end);
}

/** The family is in the byte order of the machine that captured, so both are tried. */
function readLoopback(out: Decoded, view: DataView, at: number, end: number): void {
  out.enter('Loopback');
  if (end - at < 4) return cut(out);
  const big = view.getUint32(at);
  const family = big > 0xffff ? view.getUint32(at, true) : big;
  if (family === 2) readIpv4(out, view, at + 4, end);
  // 24, 28 and 30: IPv6 on the BSDs and macOS; 10 on Linux, 23 on Windows.
  else if ([10, 23, 24, 28, 30].includes(family)) readIpv6(out, view, at + 4, end);
}

function readRawIp(out: Decoded, view: DataView, at: number, end: number): void {
  if (end <= at) return cut(out);
  const version = view.getUint8(at) >> 4;
  if (version === 4) readIpv4(out, view, at, end);
  else if (version === 6) readIpv6(out, view, at, end);
  else out.enter('Not IP');
}

const TAGS = new Set([0x8100, 0x88a8, 0x9100]);
/** Below, the field is a length (IEEE 802.3). */
const FIRST_ETHER_TYPE = 0x0600;

/** At the type or length behind the addresses; passes VLAN tags. */
function readEtherType(out: Decoded, view: DataView, start: number, end: number): void {
  let at = start;
  let etherType = view.getUint16(at);
  for (let tags = 1; TAGS.has(etherType); tags++) {
    if (tags <= 2) out.enter(tags === 1 ? 'VLAN' : 'QinQ');
    at += 4;
    if (end - at < 2) return cut(out);
    etherType = view.getUint16(at);
  }
  if (etherType < FIRST_ETHER_TYPE) readLlc(out, view, at + 2, end);
  else readNetwork(out, view, etherType, at + 2, end);
}

function readLlc(out: Decoded, view: DataView, at: number, end: number): void {
  out.enter('LLC');
  if (end - at < 3) return cut(out);
  const access = view.getUint16(at);
  if (access === 0x4242) out.enter('STP');
  else if (access === 0xfefe) out.enter('IS-IS');
  else if (access === 0xaaaa) {
    if (end - at < 8) return cut(out);
    const organisation = view.getUint32(at + 2) & 0xffffff;
    const type = view.getUint16(at + 6);
    // Behind the organisation 0 stands an EtherType; behind Cisco's, protocols of its own.
    if (organisation === 0) readNetwork(out, view, type, at + 8, end);
    else if (organisation === 0x00000c) out.enter(type === 0x2000 ? 'CDP' : 'Cisco SNAP');
  }
}

const NETWORKS: Record<number, Reader | undefined> = { 0x0800: readIpv4, 0x86dd: readIpv6 };

function readNetwork(
  out: Decoded,
  view: DataView,
  etherType: number,
  at: number,
  end: number,
): void {
  const read = NETWORKS[etherType];
  if (read) read(out, view, at, end);
  else out.enter(etherTypeName(etherType));
}

function readIpv4(out: Decoded, view: DataView, at: number, end: number): void {
  out.enter('IPv4');
  if (end - at < 20) return cut(out);
  const headerLength = (view.getUint8(at) & 0x0f) * 4;
  out.source = wordsAt(view, at + 12, 2);
  out.destination = wordsAt(view, at + 16, 2);
  const protocol = view.getUint8(at + 9);
  const isLaterFragment = (view.getUint16(at + 6) & 0x1fff) !== 0;
  if (headerLength < 20) return cut(out);
  readTransport(out, view, protocol, at + headerLength, end, isLaterFragment);
}

const NO_NEXT_HEADER = 59;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Headers whose second byte is their length: options, routing, mobility, HIP, Shim6. */
const EXTENSIONS = new Set([0, 43, 60, 135, 139, 140]);

function readIpv6(out: Decoded, view: DataView, start: number, end: number): void {
  out.enter('IPv6');
  if (end - start < 40) return cut(out);
  out.source = wordsAt(view, start + 8, 8);
  out.destination = wordsAt(view, start + 24, 8);
  let next = view.getUint8(start + 6);
  let at = start + 40;
  let isLaterFragment = false;
  while (EXTENSIONS.has(next) || next === FRAGMENT || next === AUTHENTICATION) {
    if (end - at < 8) return cut(out);
    const header = next;
    next = view.getUint8(at);
    const length = view.getUint8(at + 1);
    if (header === FRAGMENT) {
      isLaterFragment = (view.getUint16(at + 2) & 0xfff8) !== 0;
      at += 8;
    } else at += header === AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
    // In a later fragment the next header stands for what the first one holds.
    if (isLaterFragment) break;
  }
  if (next !== NO_NEXT_HEADER) readTransport(out, view, next, at, end, isLaterFragment);
}

function readTransport(
  out: Decoded,
  view: DataView,
  protocol: number,
  at: number,
  end: number,
  isLaterFragment: boolean,
): void {
  const name = ipProtocolName(protocol);
  out.enter(name);
  out.transport = name;
  const hasPorts = name === 'TCP' || name === 'UDP' || name === 'SCTP';
  if (!hasPorts || isLaterFragment) return;
  if (end - at < 4) return cut(out);
  out.sourcePort = view.getUint16(at);
  out.destinationPort = view.getUint16(at + 2);
  const service = serviceName(name, out.sourcePort, out.destinationPort);
  if (service) out.protocol = service;
}

function cut(out: Decoded): void {
  out.isCut = true;
}

/** Bytes as characters of two, so that they make a key that compares quickly. */
function wordsAt(view: DataView, at: number, count: number): string {
  if (count === 2) return String.fromCharCode(view.getUint16(at), view.getUint16(at + 2));
  let text = '';
  for (let index = 0; index < count; index++) {
    text += String.fromCharCode(view.getUint16(at + 2 * index));
  }
  return text;
}
