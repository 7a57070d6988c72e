/** What the numbers of link types mean, as far as a network probe meets them. */
const NAMES = new Map<number, string>([
  [0, 'BSD loopback'],
  [1, 'Ethernet'],
  [6, 'Token Ring'],
  [9, 'PPP'],
  [12, 'Raw IP'],
  [14, 'Raw IP'],
  [50, 'PPP HDLC'],
  [51, 'PPPoE'],
  [101, 'Raw IP'],
  [104, 'Cisco HDLC'],
  [105, 'IEEE 802.11'],
  [107, 'Frame Relay'],
  [108, 'OpenBSD loopback'],
  [113, 'Linux SLL'],
  [127, 'IEEE 802.11 Radiotap'],
  [189, 'Linux USB'],
  [220, 'Linux USB'],
  [228, 'Raw IPv4'],
  [229, 'Raw IPv6'],
  [231, 'D-Bus'],
  [239, 'NFLOG'],
  [249, 'USBPcap'],
  [252, 'Wireshark Upper PDU'],
  [276, 'Linux SLL2'],
]);

/** A name such as `Ethernet`; `Link type 147` for one without a name here. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `Link type ${linkType}`;
}

const USUAL_PACKET_LENGTH = 256 * 1024;
const BUS_PACKET_LENGTH = 128 * 1024 * 1024;
const BUS_LINK_TYPES = new Set([189, 220, 231, 249, 266, 279]);

/**
 * The longest packet that can be true, in bytes. These are the bounds of libpcap and Wireshark:
 * 256 KiB for networks (the longest that tcpdump captures), 128 MiB for USB, D-Bus and the like. A
 * longer one is refused by those programs too, so that a file with it is of no use to anybody; and
 * a walk that lost its way meets one soon.
 */
export function maxPacketLength(linkType: number): number {
  return BUS_LINK_TYPES.has(linkType) ? BUS_PACKET_LENGTH : USUAL_PACKET_LENGTH;
}
