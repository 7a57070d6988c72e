import { readIpv4, readIpv6, readTcp, readTransport, readUdp } from './ip-headers';
import {
  firstStep,
  readCooked,
  readCooked2,
  readEthernet,
  readEtherType,
  readLoopback,
  readMpls,
  readPpp,
  readPppoe,
  readRawIp,
} from './link-headers';
import { Packet } from './packet';
import { readGeneve, readGre, readVxlan } from './tunnel-headers';

/** An object that {@link decode} fills. */
export function createPacket(): Packet {
  return new Packet({
    ethernet: readEthernet,
    cooked: readCooked,
    cooked2: readCooked2,
    loopback: readLoopback,
    rawIp: readRawIp,
    etherType: readEtherType,
    mpls: readMpls,
    pppoe: readPppoe,
    ppp: readPpp,
    ipv4: readIpv4,
    ipv6: readIpv6,
    transport: readTransport,
    tcp: readTcp,
    udp: readUdp,
    gre: readGre,
    vxlan: readVxlan,
    geneve: readGeneve,
  });
}

/** Reads a packet's headers, from the link's to the innermost. */
export function decode(
  packet: Packet,
  view: DataView,
  offset: number,
  length: number,
  linkType: number,
): void {
  packet.read(view, offset, length, firstStep(linkType));
}
