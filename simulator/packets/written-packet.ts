import {
  arp,
  ethernet,
  ETHERTYPE,
  ip,
  IP_PROTOCOL,
  lengthOnWire,
  tcp,
  tcpHeaderLength,
  udp,
} from './frames';
import { LINK_ETHERNET, type Decoded, type Headers, type Packet } from './packet';
import type { Payload } from './payload';

/** What is above the IP header. `length` is in bytes. */
export interface Segment {
  readonly length: number;
  readonly ipProtocol: number;
  readonly tcpFlags?: number;
  readonly sequence?: number;
  readonly payload?: Payload;
  /** With zero where the checksum belongs. */
  bytes(headers: Headers): Buffer;
}

export class TcpSegment implements Segment {
  constructor(
    readonly sequence: number,
    private readonly acknowledgement: number,
    readonly tcpFlags: number,
    readonly payload: Payload,
  ) {}

  get length(): number {
    return tcpHeaderLength(this.tcpFlags) + this.payload.length;
  }

  get ipProtocol(): number {
    return IP_PROTOCOL.tcp;
  }

  bytes({ sourcePort, destinationPort }: Headers): Buffer {
    const { sequence, acknowledgement, tcpFlags: flags } = this;
    const ports = { sourcePort: sourcePort!, destinationPort: destinationPort! };
    return tcp({ ...ports, sequence, acknowledgement, flags }, this.payload.bytes());
  }
}

export class UdpSegment implements Segment {
  constructor(readonly payload: Payload) {}

  get length(): number {
    return 8 + this.payload.length;
  }

  get ipProtocol(): number {
    return IP_PROTOCOL.udp;
  }

  bytes({ sourcePort, destinationPort }: Headers): Buffer {
    return udp(sourcePort!, destinationPort!, this.payload.bytes());
  }
}

/** Messages of ICMP. */
export class IcmpSegment implements Segment {
  constructor(private readonly message: Buffer) {}

  get length(): number {
    return this.message.length;
  }

  get ipProtocol(): number {
    return IP_PROTOCOL.icmp;
  }

  bytes(): Buffer {
    return this.message;
  }
}

/** A packet of generated traffic: its headers and length are known, its frame is made on demand. */
export class WrittenPacket implements Packet, Decoded {
  readonly length: number;

  constructor(
    readonly timeUs: number,
    /** Shared by all packets of this direction of a conversation. */
    readonly headers: Headers,
    private readonly segment: Segment,
  ) {
    const isV6 = headers.etherType === ETHERTYPE.ipv6;
    this.length = lengthOnWire(headers.vlans.length, (isV6 ? 40 : 20) + segment.length);
  }

  get linkType(): number {
    return LINK_ETHERNET;
  }

  /** Any number will do, as long as it is always the same. */
  get nanos(): number {
    return (this.timeUs * 7919) % 1000;
  }

  get decoded(): Decoded {
    return this;
  }

  get tcpFlags(): number | undefined {
    return this.segment.tcpFlags;
  }

  get sequence(): number | undefined {
    return this.segment.sequence;
  }

  get payloadLength(): number | undefined {
    return this.segment.payload?.length;
  }

  get payload(): Buffer | undefined {
    return this.segment.payload?.bytes();
  }

  get frame(): Buffer {
    const { headers, segment } = this;
    const addresses = { source: headers.sourceIp!, destination: headers.destinationIp! };
    const packet = ip(addresses, segment.ipProtocol, segment.bytes(headers));
    return ethernet(linkOf(headers), headers.etherType!, packet);
  }
}

/** An ARP request or answer. `target` is who is asked for, or who asked. */
export function arpPacket(
  timeUs: number,
  isReply: boolean,
  headers: Headers,
  sender: { mac: string; ip: string },
  target: { mac: string; ip: string },
): Packet {
  const frame = ethernet(linkOf(headers), ETHERTYPE.arp, arp(isReply, sender, target));
  return { timeUs, nanos: 0, linkType: LINK_ETHERNET, frame, length: frame.length };
}

function linkOf({ sourceMac, destinationMac, vlans }: Headers) {
  return { source: sourceMac!, destination: destinationMac!, vlans };
}
