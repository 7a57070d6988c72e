import { Dissectors, type Findings } from '../dissect/dissectors';
import type { TcpFigures } from '../dissect/tcp/tally';
import { judge, severityOf, type Verdict } from '../dissect/tcp/verdict';
import type { PacketObserver } from '../record-reader';
import type { TableLimits, Tables } from './bounded-table';
import { addressesOf, Conversations, endsOf, type Conversation, type Tally } from './conversations';
import { createPacket, decode } from './decode';
import { Flows } from './flows';

/** What two ends said to each other. `a` is the one whose packet came first. */
type ConversationFigures = ReturnType<typeof endsOf> & {
  /** What the server is called, by TLS, QUIC, HTTP or DNS; null where nothing names it. */
  name: string | null;
  /** Null where there is no TCP. */
  tcp: TcpFigures | null;
  verdict: Verdict | null;
};

/** What is in a capture, by what its packets tell. */
export interface Traffic extends Findings {
  /** Most bytes first. */
  conversations: ConversationFigures[];
  /** The one with the most trouble, by its TCP figures; null where none has any. */
  worst: ConversationFigures | null;
  /** How many there are in the table; a lower bound if any were dropped. */
  conversationCount: number;
  /** What dropped conversations held, and packets without addresses. */
  others: Tally;
  /** By the innermost protocol, each packet once. Most bytes first. */
  protocols: Array<Tally & { protocol: string; transport: string | null }>;
  /** By every layer that a packet has. Most packets first. */
  layers: Array<Tally & { layer: string }>;
  /** Packets of link types that are not decoded. */
  notDecoded: number;
  /** Packets whose headers are not all there. */
  cutHeaders: number;
  /** Packets that are a part of an IP packet. */
  fragments: number;
  /** What did not fit in memory, by the table that was full; empty in most files. */
  limits: Array<TableLimits & { table: string }>;
}

/** Names in a table at most; beyond, `Other`. Only crafted files have so many EtherTypes. */
const MAX_NAMES = 2000;
/** The longest IP packet and its link headers. */
const HEAD_LENGTH = 65_700;

/** Counts packets by conversation and protocol while a walker passes them, in bounded memory. */
export class TrafficCounter implements PacketObserver {
  readonly headLength = HEAD_LENGTH;
  private readonly packet = createPacket();
  /** By protocol and by transport. */
  private readonly names = new Map<string, Map<string, Tally>>();
  private nameCount = 0;
  private readonly layers = new Map<string, Tally>();
  private readonly conversations: Conversations;
  private readonly dissectors = new Dissectors();
  private readonly flows: Flows;
  private conversation?: Conversation;
  private notDecoded = 0;
  private cutHeaders = 0;
  private fragments = 0;

  /** @param byPorts whether ports tell conversations of the same addresses apart */
  constructor(byPorts: boolean, bounds: { maxConversations?: number; maxFlows?: number } = {}) {
    this.conversations = new Conversations(byPorts, bounds.maxConversations);
    const onEnd = this.dissectors.finish.bind(this.dissectors);
    this.flows = new Flows(this.conversations, onEnd, bounds.maxFlows);
  }

  look(view: DataView, offset: number, length: number, linkType: number, timeUs: number): void {
    const { packet } = this;
    packet.timeUs = timeUs;
    decode(packet, view, offset, length, linkType);
    this.conversation = undefined;
    if (!packet.isDecoded || !packet.hasAddresses) return;
    const { ipProtocol } = packet;
    const hasFlow = (ipProtocol === 6 || ipProtocol === 17) && packet.sourcePort !== 0;
    if (hasFlow) this.conversation = this.dissectors.look(packet, this.flows).conversation;
    else {
      this.dissectors.lookAside(packet);
      this.conversation = this.conversations.of(packet);
    }
  }

  count(_captured: number, original: number): void {
    const { packet } = this;
    if (!packet.isDecoded) {
      this.notDecoded++;
      add(this.conversations.others, original);
      return;
    }
    if (packet.isCut) this.cutHeaders++;
    if (packet.isFragment) this.fragments++;
    for (let index = 0; index < packet.depth; index++) {
      addTo(this.layers, packet.layers[index], original);
    }
    this.countName(original);
    if (this.conversation) this.countConversation(this.conversation, original);
    else add(this.conversations.others, original);
  }

  private countName(bytes: number): void {
    const { protocol, transport } = this.packet;
    add(this.names.get(protocol)?.get(transport) ?? this.addName(protocol, transport), bytes);
  }

  private addName(protocol: string, transport: string): Tally {
    const isFull = this.nameCount >= MAX_NAMES;
    const [name, over] = isFull ? ['Other', ''] : [protocol, transport];
    const tallies = this.names.get(name) ?? new Map<string, Tally>();
    this.names.set(name, tallies);
    const tally = tallies.get(over) ?? { packets: 0, bytes: 0 };
    tallies.set(over, tally);
    this.nameCount++;
    return tally;
  }

  private countConversation(entry: Conversation, bytes: number): void {
    const { timeUs, isForward } = this.packet;
    add(entry, bytes);
    if (timeUs > entry.lastUs) entry.lastUs = timeUs;
    // Where ports do not count, an address that talks to itself is both ends.
    if (!isForward && entry.first !== entry.second) return;
    entry.forwardPackets++;
    entry.forwardBytes += bytes;
  }

  /** @param limit how many conversations to give at most, and entries of the other lists */
  result(limit: number): Traffic {
    this.flows.end();
    const conversations = this.conversations.top(Infinity);
    return {
      ...this.dissectors.result(limit, conversations),
      conversations: conversations.slice(0, limit).map((entry) => this.toFigures(entry)),
      worst: this.worst(conversations),
      conversationCount: this.conversations.size,
      others: { ...this.conversations.others },
      protocols: this.protocols(),
      layers: [...this.layers]
        .map(([layer, tally]) => ({ layer, ...tally }))
        .sort((one, other) => other.packets - one.packets),
      notDecoded: this.notDecoded,
      cutHeaders: this.cutHeaders,
      fragments: this.fragments,
      limits: Object.entries(this.tables())
        .map(([table, { limits }]) => ({ table, ...limits }))
        .filter(({ dropped }) => dropped > 0),
    };
  }

  /** All that grows with the traffic. */
  tables(): Tables {
    const { conversations, flows } = this;
    return { conversations, flows, ...this.dissectors.tables() };
  }

  private toFigures(entry: Conversation): ConversationFigures {
    const tcp = entry.tcp?.figures() ?? null;
    const { a, b } = addressesOf(entry);
    const name = entry.name ?? this.dissectors.nameOf(b) ?? this.dissectors.nameOf(a) ?? null;
    return { ...endsOf(entry), name, tcp, verdict: tcp && judge(tcp) };
  }

  private worst(conversations: readonly Conversation[]): ConversationFigures | null {
    let found: Conversation | undefined;
    let highest = 0;
    for (const entry of conversations) {
      const severity = entry.tcp ? severityOf(entry.tcp.figures()) : 0;
      if (severity <= highest) continue;
      found = entry;
      highest = severity;
    }
    return found ? this.toFigures(found) : null;
  }

  private protocols(): Traffic['protocols'] {
    return [...this.names]
      .flatMap(([protocol, tallies]) =>
        [...tallies].map(([transport, tally]) => {
          const isOver = transport !== '' && transport !== protocol;
          return { protocol, transport: isOver ? transport : null, ...tally };
        }),
      )
      .sort((one, other) => other.bytes - one.bytes);
  }
}

function add(tally: Tally, bytes: number): void {
  tally.packets++;
  tally.bytes += bytes;
}

function addTo(tallies: Map<string, Tally>, name: string, bytes: number): void {
  const found = tallies.get(name) ?? tallies.get(tallies.size >= MAX_NAMES ? 'Other' : name);
  if (found) {
    add(found, bytes);
    return;
  }
  tallies.set(tallies.size >= MAX_NAMES ? 'Other' : name, { packets: 1, bytes });
}
