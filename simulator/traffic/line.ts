import {
  arp,
  ethernet,
  ETHERTYPE,
  icmpEcho,
  ip,
  IP_PROTOCOL,
  tcp,
  TCP_FLAG,
  udp,
} from '../packets/frames';
import { LINK_ETHERNET, type Packet } from '../packets/packet';
import type { Host } from './hosts';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const LARGEST_SEGMENT = 1400;

/** A line between two hosts on which a conversation is written down packet by packet. */
export class Line {
  readonly packets: Packet[] = [];

  constructor(private timeUs: number) {}

  /** Time passes until the next packet. */
  wait(microseconds: number): this {
    this.timeUs += Math.max(1, Math.round(microseconds));
    return this;
  }

  datagram(from: Host, to: Host, ports: { from: number; to: number }, payload: Buffer): this {
    return this.ip(from, to, IP_PROTOCOL.udp, udp(ports.from, ports.to, payload));
  }

  ping(from: Host, to: Host, identifier: number, sequence: number): this {
    this.ip(from, to, IP_PROTOCOL.icmp, icmpEcho(false, identifier, sequence));
    this.wait(400);
    return this.ip(to, from, IP_PROTOCOL.icmp, icmpEcho(true, identifier, sequence));
  }

  whoHas(from: Host, to: Host): this {
    const vlans = from.vlans;
    const ask = arp(false, from, { mac: BROADCAST, ip: to.ip });
    this.frame(ethernet({ source: from.mac, destination: BROADCAST, vlans }, ETHERTYPE.arp, ask));
    this.wait(150);
    const answer = arp(true, to, from);
    return this.frame(
      ethernet({ source: to.mac, destination: from.mac, vlans }, ETHERTYPE.arp, answer),
    );
  }

  ip(from: Host, to: Host, protocol: number, segment: Buffer): this {
    const addresses = { source: from.ip, destination: to.ip };
    // A tagged end tags the line: the appliance sits where both are seen with the tag.
    const vlans = from.vlans.length > 0 ? from.vlans : to.vlans;
    const link = { source: from.mac, destination: to.mac, vlans };
    const etherType = from.ip.includes(':') ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4;
    return this.frame(ethernet(link, etherType, ip(addresses, protocol, segment)));
  }

  private frame(frame: Buffer): this {
    const { timeUs } = this;
    // Below a microsecond: any number will do, as long as it is always the same.
    const nanos = (timeUs * 7919) % 1000;
    this.packets.push({ timeUs, nanos, linkType: LINK_ETHERNET, frame, length: frame.length });
    return this;
  }
}

/** A TCP connection with right sequence numbers, from the handshake to both FINs. */
export class TcpConnection {
  private sent: { client: number; server: number };

  constructor(
    private readonly line: Line,
    private readonly client: Host,
    private readonly server: Host,
    private readonly ports: { client: number; server: number },
    initial: { client: number; server: number },
    private readonly roundTripUs: number,
  ) {
    this.sent = { ...initial };
  }

  open(): this {
    this.segment('client', TCP_FLAG.syn);
    this.line.wait(this.roundTripUs);
    this.segment('server', TCP_FLAG.syn | TCP_FLAG.ack);
    this.line.wait(80);
    return this.segment('client', TCP_FLAG.ack);
  }

  /** Sends `data` in as many segments as it needs; the other side acknowledges every second one. */
  send(from: 'client' | 'server', data: Buffer): this {
    const to = from === 'client' ? 'server' : 'client';
    for (let offset = 0, count = 0; offset < data.length; offset += LARGEST_SEGMENT, count++) {
      this.line.wait(count === 0 ? this.roundTripUs / 2 : 120);
      const part = data.subarray(offset, offset + LARGEST_SEGMENT);
      const isLast = offset + LARGEST_SEGMENT >= data.length;
      this.segment(from, TCP_FLAG.ack | (isLast ? TCP_FLAG.psh : 0), part);
      if (count % 2 === 1 || isLast) {
        this.line.wait(60);
        this.segment(to, TCP_FLAG.ack);
      }
    }
    return this;
  }

  pause(microseconds: number): this {
    this.line.wait(microseconds);
    return this;
  }

  close(): this {
    this.line.wait(this.roundTripUs);
    this.segment('client', TCP_FLAG.fin | TCP_FLAG.ack);
    this.line.wait(this.roundTripUs);
    this.segment('server', TCP_FLAG.fin | TCP_FLAG.ack);
    this.line.wait(80);
    return this.segment('client', TCP_FLAG.ack);
  }

  private segment(from: 'client' | 'server', flags: number, payload: Buffer = Buffer.alloc(0)): this {
    const to = from === 'client' ? 'server' : 'client';
    const fields = {
      sourcePort: this.ports[from],
      destinationPort: this.ports[to],
      sequence: this.sent[from],
      acknowledgement: flags & TCP_FLAG.ack ? this.sent[to] : 0,
      flags,
    };
    const ends = { client: this.client, server: this.server };
    this.line.ip(ends[from], ends[to], IP_PROTOCOL.tcp, tcp(fields, payload));
    // SYN and FIN take a number of their own.
    this.sent[from] += payload.length + (flags & (TCP_FLAG.syn | TCP_FLAG.fin) ? 1 : 0);
    return this;
  }
}
