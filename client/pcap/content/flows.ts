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

/**
 * One connection or exchange: addresses, ports and transport of one pair of ends. A flood makes one
 * for each packet, so it holds little until more than a packet has come.
 */
export class Flow {
  readonly firstUs: number;
  lastUs: number;
  /** A SYN that nothing has followed yet, with its sequence number and window. */
  isSyn = false;
  sequence = 0;
  window = 0;
  tcp: TcpConnection | undefined;
  /** Understands the payload; null when nobody does. */
  reader: FlowReader | null | undefined;
  /** How many payloads were looked at in vain. */
  attempts = 0;

  /**
   * @param key see {@link Packet.flowKey}
   * @param isForward the first packet came from the key's first end
   */
  constructor(
    readonly key: string,
    readonly isForward: boolean,
    public conversation: Conversation,
    timeUs: number,
  ) {
    this.firstUs = this.lastUs = timeUs;
  }

  /** Address and port of the end that spoke first, and of the other; made anew each time. */
  get ends(): readonly [End, End] {
    const { key, isForward } = this;
    const middle = (key.length + 3) / 2;
    const first = { address: key.slice(3, middle), port: key.charCodeAt(1) };
    const second = { address: key.slice(middle), port: key.charCodeAt(2) };
    return isForward ? [first, second] : [second, first];
  }
}

/** Two bytes of the address a character, as in {@link Packet.source}. */
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
    const { timeUs } = packet;
    const key = packet.flowKey();
    let flow = this.table.get(key);
    if (!flow) {
      const conversation = this.conversations.of(packet);
      flow = this.table.add(key, new Flow(key, packet.isForward, conversation, timeUs));
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
  return packet.isForward === flow.isForward ? 0 : 1;
}

export const addressOf = ({ address }: End) => addressText(address);
/** As `10.1.2.3:443` or `[2001:db8::1]:443`. */
export function endText(end: End): string {
  const address = addressOf(end);
  return address.includes(':') ? `[${address}]:${end.port}` : `${address}:${end.port}`;
}
