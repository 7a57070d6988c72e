import type { TcpConnection } from '../dissect/tcp/connection';
import { addressText } from './addresses';
import { BoundedTable } from './bounded-table';
import type { Conversation, Conversations } from './conversations';
import type { Packet } from './packet';

/** Which of a flow's two ends sent a packet: 0 the one that spoke first, 1 the other. */
export type Direction = 0 | 1;

/** Reads what a flow carries; see {@link Flow.reader}. */
export interface FlowReader {
  /** A packet with payload. */
  read(packet: Packet, flow: Flow, direction: Direction): void;
  /** The flow is over or forgotten, whatever has been read of it. */
  close?(): void;
}

/** One connection or exchange: addresses, ports and transport of one pair of ends. */
export interface Flow {
  readonly key: string;
  conversation: Conversation;
  /** Address and port of the end that spoke first, and of the other. */
  readonly ends: readonly [End, End];
  /** The key's order is that of the first packet. */
  readonly isForward: boolean;
  firstUs: number;
  lastUs: number;
  /** A SYN that nothing has followed yet: a flood is made of them. */
  syn?: { sequence: number; window: number };
  tcp?: TcpConnection;
  /** Understands the payload; null when nobody does. */
  reader?: FlowReader | null;
  /** How many payloads were looked at in vain. */
  attempts: number;
}

/** Two bytes of the address a character, as in {@link Packet}. */
export interface End {
  address: string;
  port: number;
}

/** Flows in memory at most: some 15 MB. */
export const MAX_FLOWS = 10_000;

/** The table of flows. When it is full, those that were quiet for longest are concluded early. */
export class Flows {
  private readonly table: BoundedTable<string, Flow>;

  constructor(
    private readonly conversations: Conversations,
    private readonly onEnd: (flow: Flow) => void,
    max = MAX_FLOWS,
  ) {
    this.table = new BoundedTable(max, ({ lastUs }) => lastUs, 'time', onEnd);
  }

  get limits() {
    return this.table.limits;
  }

  get size(): number {
    return this.table.size;
  }

  /** The flow of a packet of TCP or UDP with ports. */
  of(packet: Packet): Flow {
    const { source, destination, sourcePort, destinationPort, ipProtocol, timeUs } = packet;
    const from = source + String.fromCharCode(sourcePort);
    const to = destination + String.fromCharCode(destinationPort);
    const isForward = from <= to;
    const key = isForward ? from + to : to + from;
    // Ports of TCP and UDP are apart: the transport makes a key of an odd length.
    const full = ipProtocol === 6 ? key : `${key}u`;
    let flow = this.table.get(full);
    if (!flow) {
      flow = this.table.add(full, {
        key: full,
        conversation: this.conversations.of(packet),
        ends: [
          { address: source, port: sourcePort },
          { address: destination, port: destinationPort },
        ],
        isForward,
        firstUs: timeUs,
        lastUs: timeUs,
        attempts: 0,
      });
    } else if (flow.conversation.isDropped) flow.conversation = this.conversations.of(packet);
    // Out of order, or without a time, it stays as it is.
    if (timeUs > flow.lastUs) flow.lastUs = timeUs;
    return flow;
  }

  /** Begins a flow anew: its ports are used again. */
  restart(flow: Flow, packet: Packet): Flow {
    this.onEnd(flow);
    this.table.delete(flow.key);
    return this.of(packet);
  }

  /** Concludes all that are left. May be called again. */
  end(): void {
    for (const flow of this.table.values()) {
      this.onEnd(flow);
      this.table.delete(flow.key);
    }
  }
}

export function directionOf(flow: Flow, packet: Packet): Direction {
  const [{ address, port }] = flow.ends;
  return packet.sourcePort === port && packet.source === address ? 0 : 1;
}

export const addressOf = ({ address }: End) => addressText(address);
/** As `10.1.2.3:443` or `[2001:db8::1]:443`. */
export function endText(end: End): string {
  const address = addressOf(end);
  return address.includes(':') ? `[${address}]:${end.port}` : `${address}:${end.port}`;
}
