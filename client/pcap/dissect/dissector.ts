import type { Tables } from '../content/bounded-table';
import type { FlowReader, Flow } from '../content/flows';
import type { Packet } from '../content/packet';
import type { Finding } from './finding';

/**
 * Understands one protocol. Bytes come from anybody: nothing here throws, loops without an end, or
 * keeps more than a bounded amount. `packet.content()` must not be kept.
 */
export interface Dissector<Result> {
  /**
   * Offered the first payloads of each flow of TCP and UDP.
   *
   * @returns what reads the flow from now on, this payload included; undefined if it is another's
   */
  open?(packet: Packet, flow: Flow): FlowReader | undefined;
  /** Shown each packet without ports, e.g. ICMP and ARP. */
  look?(packet: Packet): void;
  /**
   * What was found, as plain data.
   *
   * @param limit how many entries a list has at most
   */
  result(limit: number): Result;
  /** What it keeps, each within its bound. */
  tables?(): Tables;
  /** What stands out. */
  findings?(): Finding[];
}
