export type Layer4 = 'TCP' | 'UDP' | 'ICMP' | 'ICMPv6' | 'Other';

/** What all packets of one direction of a conversation have in common. Only layers found are set. */
export interface Headers {
  sourceMac?: string;
  destinationMac?: string;
  /** Outermost first; empty for untagged frames. */
  vlans: number[];
  etherType?: number;
  sourceIp?: string;
  destinationIp?: string;
  layer4?: Layer4;
  sourcePort?: number;
  destinationPort?: number;
  /** What the statistics find a flow by; theirs to fill in. */
  key?: string;
}

/** What a packet says. */
export interface Decoded {
  readonly headers: Headers;
  readonly tcpFlags?: number;
  /** Of TCP. */
  readonly sequence?: number;
  /** Bytes on the wire, also of a payload that was cut. */
  readonly payloadLength?: number;
  /** What is above TCP or UDP. */
  readonly payload?: Buffer;
}

/** One packet as it was seen on the wire. */
export interface Packet {
  /** Microseconds since 1970-01-01 UTC. */
  readonly timeUs: number;
  /** The part of the time below a microsecond, in nanoseconds (0 to 999). */
  readonly nanos: number;
  /** A number of the pcap registry of link types; 1 is Ethernet. */
  readonly linkType: number;
  /** The bytes that were kept. Generated packets make them on every access. */
  readonly frame: Buffer;
  /** Bytes on the wire; more than `frame.length` where a snap length cut it. */
  readonly length: number;
  /** What the frame says, where its maker knows: saves making and reading the frame. */
  readonly decoded?: Decoded;
}

export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_RAW = 101;
export const LINK_LINUX_COOKED = 113;

/** Where packets come from. All answers of the simulated appliance are computed from one of these. */
export interface PacketSource {
  /** The time of the first packet, in microseconds; undefined without packets. */
  readonly firstUs: number | undefined;
  /** Packets with `startUs <= time < endUs` in the order of the source, in batches. */
  batches(startUs: number, endUs: number): AsyncIterable<Packet[]>;
}
