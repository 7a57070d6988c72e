import { ETHERTYPE, icmpEcho, TCP_FLAG } from '../packets/frames';
import type { Headers, Layer4, Packet } from '../packets/packet';
import { Made, NO_PAYLOAD, Piece, type Payload } from '../packets/payload';
import {
  arpPacket,
  IcmpSegment,
  TcpSegment,
  UdpSegment,
  WrittenPacket,
  type Segment,
} from '../packets/written-packet';
import type { Host } from './hosts';

const BROADCAST = 'ff:ff:ff:ff:ff:ff';
const LARGEST_SEGMENT = 1400;

interface Ports {
  from: number;
  to: number;
}

/** A line between hosts on which a conversation is written down packet by packet. */
export class Line {
  readonly packets: Packet[] = [];
  private readonly known: Headers[] = [];

  constructor(private timeUs: number) {}

  /** Time passes until the next packet. */
  wait(microseconds: number): this {
    this.timeUs += Math.max(1, Math.round(microseconds));
    return this;
  }

  datagram(from: Host, to: Host, ports: Ports, payload: Buffer | Payload): this {
    const headers = this.headers(from, to, 'UDP', ports);
    return this.write(headers, new UdpSegment(asPayload(payload)));
  }

  ping(from: Host, to: Host, identifier: number, sequence: number): this {
    this.write(
      this.headers(from, to, 'ICMP'),
      new IcmpSegment(icmpEcho(false, identifier, sequence)),
    );
    this.wait(400);
    return this.write(
      this.headers(to, from, 'ICMP'),
      new IcmpSegment(icmpEcho(true, identifier, sequence)),
    );
  }

  whoHas(from: Host, to: Host): this {
    const headers = (source: Host, destinationMac: string): Headers => ({
      sourceMac: source.mac,
      destinationMac,
      vlans: from.vlans,
      etherType: ETHERTYPE.arp,
    });
    const asked = { mac: BROADCAST, ip: to.ip };
    this.packets.push(arpPacket(this.timeUs, false, headers(from, BROADCAST), from, asked));
    this.wait(150);
    this.packets.push(arpPacket(this.timeUs, true, headers(to, from.mac), to, from));
    return this;
  }

  write(headers: Headers, segment: Segment): this {
    this.packets.push(new WrittenPacket(this.timeUs, headers, segment));
    return this;
  }

  /** One object for all packets of a direction, so that they need not be told apart again. */
  headers(from: Host, to: Host, layer4: Layer4, ports?: Ports): Headers {
    const known = this.known.find(
      ({ sourceIp, destinationIp, sourcePort, destinationPort, layer4: known }) =>
        known === layer4 &&
        sourceIp === from.ip &&
        destinationIp === to.ip &&
        sourcePort === ports?.from &&
        destinationPort === ports?.to,
    );
    if (known) return known;
    const headers: Headers = {
      sourceMac: from.mac,
      destinationMac: to.mac,
      // A tagged end tags the line: the appliance sits where both are seen with the tag.
      vlans: from.vlans.length > 0 ? from.vlans : to.vlans,
      etherType: from.ip.includes(':') ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4,
      sourceIp: from.ip,
      destinationIp: to.ip,
      layer4,
      ...(ports ? { sourcePort: ports.from, destinationPort: ports.to } : {}),
    };
    this.known.push(headers);
    return headers;
  }
}

function asPayload(payload: Buffer | Payload): Payload {
  return Buffer.isBuffer(payload) ? new Made(payload) : payload;
}

/** A TCP connection with right sequence numbers, from the handshake to both FINs. */
export class TcpConnection {
  private readonly sent: { client: number; server: number };
  private readonly headers: { client: Headers; server: Headers };

  constructor(
    private readonly line: Line,
    client: Host,
    server: Host,
    ports: { client: number; server: number },
    initial: { client: number; server: number },
    private readonly roundTripUs: number,
  ) {
    this.sent = { ...initial };
    this.headers = {
      client: line.headers(client, server, 'TCP', { from: ports.client, to: ports.server }),
      server: line.headers(server, client, 'TCP', { from: ports.server, to: ports.client }),
    };
  }

  open(): this {
    this.segment('client', TCP_FLAG.syn);
    this.line.wait(this.roundTripUs);
    this.segment('server', TCP_FLAG.syn | TCP_FLAG.ack);
    this.line.wait(80);
    return this.segment('client', TCP_FLAG.ack);
  }

  /** Sends `data` in as many segments as it needs; the other side acknowledges every second one. */
  send(from: 'client' | 'server', given: Buffer | Payload): this {
    const data = asPayload(given);
    const to = from === 'client' ? 'server' : 'client';
    for (let offset = 0, count = 0; offset < data.length; offset += LARGEST_SEGMENT, count++) {
      this.line.wait(count === 0 ? this.roundTripUs / 2 : 120);
      const isLast = offset + LARGEST_SEGMENT >= data.length;
      const flags = TCP_FLAG.ack | (isLast ? TCP_FLAG.psh : 0);
      this.segment(from, flags, new Piece(data, offset, offset + LARGEST_SEGMENT));
      if (count % 2 === 1 || isLast) {
        this.line.wait(60);
        this.segment(to, TCP_FLAG.ack);
      }
    }
    return this;
  }

  /** Sends data again that was lost behind the appliance; acknowledged this time. */
  retransmit(from: 'client' | 'server', data: Payload): this {
    const to = from === 'client' ? 'server' : 'client';
    this.sent[from] -= data.length;
    this.segment(from, TCP_FLAG.ack | TCP_FLAG.psh, data);
    this.line.wait(60);
    return this.segment(to, TCP_FLAG.ack);
  }

  /**
   * Data that is lost in front of the appliance: what follows is seen, the other end asks for what is
   * missing with each packet, and gets it after a pause. Then it acknowledges all.
   */
  lose(from: 'client' | 'server', data: Payload, following: Payload[], pauseUs: number): this {
    const to = from === 'client' ? 'server' : 'client';
    const missing = this.sent[from];
    const write = (by: 'client' | 'server', segment: TcpSegment) =>
      this.line.write(this.headers[by], segment);
    this.sent[from] += data.length;
    for (const payload of following) {
      this.segment(from, TCP_FLAG.ack, payload);
      this.line.wait(60);
      write(to, new TcpSegment(this.sent[to], missing, TCP_FLAG.ack, NO_PAYLOAD));
      this.line.wait(60);
    }
    this.line.wait(pauseUs);
    write(from, new TcpSegment(missing, this.sent[to], TCP_FLAG.ack | TCP_FLAG.psh, data));
    this.line.wait(60);
    return this.segment(to, TCP_FLAG.ack);
  }

  /** Asks for a connection once more, without an answer to the first time. */
  knock(): this {
    this.segment('client', TCP_FLAG.syn);
    this.sent.client -= 1;
    return this;
  }

  /** Ends it at once; as an answer to a SYN it refuses the connection. */
  reset(from: 'client' | 'server'): this {
    return this.segment(from, TCP_FLAG.rst | TCP_FLAG.ack);
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

  /** One segment, with the numbers that are due. */
  segment(from: 'client' | 'server', flags: number, payload: Payload = NO_PAYLOAD): this {
    const to = from === 'client' ? 'server' : 'client';
    const acknowledgement = flags & TCP_FLAG.ack ? this.sent[to] : 0;
    const segment = new TcpSegment(this.sent[from], acknowledgement, flags, payload);
    this.line.write(this.headers[from], segment);
    // SYN and FIN take a number of their own.
    this.sent[from] += payload.length + (flags & (TCP_FLAG.syn | TCP_FLAG.fin) ? 1 : 0);
    return this;
  }
}
