/** One packet as it was seen on the wire. */
export interface Packet {
  /** Microseconds since 1970-01-01 UTC. */
  timeUs: number;
  /** What of the time is below a microsecond, in nanoseconds (0 to 999). */
  nanos: number;
  /** A number of the pcap registry of link types; 1 is Ethernet. */
  linkType: number;
  /** The bytes that were kept. */
  frame: Buffer;
  /** Bytes on the wire; more than `frame.length` where a snap length cut it. */
  length: number;
}

export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_RAW = 101;
export const LINK_LINUX_COOKED = 113;

/** Where packets come from. Everything the simulated appliance tells is computed from one of these. */
export interface PacketSource {
  /** The time of the first packet, in microseconds; undefined without packets. */
  readonly firstUs: number | undefined;
  /** Packets with `startUs <= time < endUs` in the order of the source, in batches. */
  batches(startUs: number, endUs: number): AsyncIterable<Packet[]>;
}
