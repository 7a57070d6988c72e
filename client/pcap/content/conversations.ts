import type { TcpTally } from '../dissect/tcp/tally';
import { addressText } from './addresses';
import { BoundedTable } from './bounded-table';
import type { Packet } from './packet';

/** Packets and their bytes on the wire. */
export interface Tally {
  packets: number;
  bytes: number;
}

/** What two ends said to each other, while it is counted. */
export interface Conversation extends Tally {
  /** Address, and port where ports count, of the two ends; the lower first. */
  readonly first: string;
  readonly second: string;
  /** `TCP` or `UDP` where ports tell conversations apart, else empty. */
  readonly transport: string;
  /** The second end spoke first. */
  readonly isFromSecond: boolean;
  /** From the first to the second end. */
  forwardPackets: number;
  forwardBytes: number;
  firstUs: number;
  lastUs: number;
  /** No longer in the table. */
  isDropped: boolean;
  /** Name of the server, as TLS, QUIC or HTTP give it. */
  name: string | undefined;
  tcp: TcpTally | undefined;
}

/** Conversations in memory at most: some 10 MB. */
export const MAX_CONVERSATIONS = 10_000;

/** The table of conversations. What goes because it is full is put together as others. */
export class Conversations {
  readonly others: Tally = { packets: 0, bytes: 0 };
  private readonly table: BoundedTable<string, Conversation>;

  /** @param byPorts whether ports tell conversations of the same addresses apart */
  constructor(
    private readonly byPorts: boolean,
    max = MAX_CONVERSATIONS,
  ) {
    const onDrop = (entry: Conversation) => {
      entry.isDropped = true;
      this.others.packets += entry.packets;
      this.others.bytes += entry.bytes;
    };
    this.table = new BoundedTable(max, ({ bytes }) => bytes, 'count', onDrop);
  }

  get limits() {
    return this.table.limits;
  }

  get size(): number {
    return this.table.size;
  }

  /** The conversation that a packet with addresses belongs to. */
  of(packet: Packet): Conversation {
    const { source, destination, sourcePort, destinationPort } = packet;
    const withPorts = this.byPorts && (sourcePort !== 0 || destinationPort !== 0);
    const from = withPorts ? source + String.fromCharCode(sourcePort) : source;
    const to = withPorts ? destination + String.fromCharCode(destinationPort) : destination;
    const isForward = from <= to;
    const [first, second] = isForward ? [from, to] : [to, from];
    const transport = withPorts ? packet.transport : '';
    const key = first + second + transport;
    const found = this.table.get(key);
    if (found) return found;
    return this.table.add(key, {
      first,
      second,
      transport,
      isFromSecond: !isForward,
      packets: 0,
      bytes: 0,
      forwardPackets: 0,
      forwardBytes: 0,
      firstUs: packet.timeUs,
      lastUs: packet.timeUs,
      isDropped: false,
      name: undefined,
      tcp: undefined,
    });
  }

  /** Those with the most bytes. */
  top(count: number): Conversation[] {
    return this.table
      .top(Infinity)
      .map(([, entry]) => entry)
      .filter(({ packets }) => packets > 0)
      .slice(0, count);
  }
}

/** Addresses of the two ends in the order in which they spoke, two bytes a character. */
export function addressesOf({ first, second, transport, isFromSecond }: Conversation) {
  const [a, b] = isFromSecond ? [second, first] : [first, second];
  return transport === '' ? { a, b } : { a: a.slice(0, -1), b: b.slice(0, -1) };
}

/** The two ends in the order in which they spoke, as text, and what each sent. */
export function endsOf(entry: Conversation) {
  const { packets, bytes, forwardPackets, forwardBytes, transport, isFromSecond } = entry;
  const { a, b } = addressesOf(entry);
  const [first, second] = [entry.first, entry.second].map((end) => end.charCodeAt(end.length - 1));
  const [aPort, bPort] = isFromSecond ? [second, first] : [first, second];
  const backward = { packets: packets - forwardPackets, bytes: bytes - forwardBytes };
  const forward = { packets: forwardPackets, bytes: forwardBytes };
  const [aToB, bToA] = isFromSecond ? [backward, forward] : [forward, backward];
  return {
    a: addressText(a),
    b: addressText(b),
    ...(transport === '' ? {} : { aPort, bPort, transport }),
    packets,
    bytes,
    packetsAToB: aToB.packets,
    bytesAToB: aToB.bytes,
    packetsBToA: bToA.packets,
    bytesBToA: bToA.bytes,
  };
}
