import { addressText } from './addresses';
import { Decoded } from './decode';
import type { PacketObserver } from '../record-reader';

/** Packets and their bytes on the wire. */
export interface Tally {
  packets: number;
  bytes: number;
}

/** What two ends said to each other. `a` is the one whose packet came first. */
interface Conversation extends Tally {
  a: string;
  b: string;
  /** Only where conversations are told apart by ports. */
  aPort?: number;
  bPort?: number;
  transport?: string;
  packetsAToB: number;
  bytesAToB: number;
  packetsBToA: number;
  bytesBToA: number;
}

/** What is in a capture, by what its packets' headers say. */
export interface Traffic {
  /** Most bytes first. */
  conversations: Conversation[];
  /** How many there are in the table; a lower bound if `isOverflown`. */
  conversationCount: number;
  /** The table was full once, and small conversations were put together. */
  isOverflown: boolean;
  /** What those held, and packets without addresses. */
  others: Tally;
  /** By the innermost protocol, each packet once. Most bytes first. */
  protocols: Array<Tally & { protocol: string; transport: string | null }>;
  /** By every layer that a packet has. Most packets first. */
  layers: Array<Tally & { layer: string }>;
  /** Packets of link types that are not decoded. */
  notDecoded: number;
  /** Packets whose headers are not all there. */
  cutHeaders: number;
}

/** Conversations in memory at most: some 20 MB. */
export const MAX_CONVERSATIONS = 50_000;
/** Names in a table at most; beyond, `Other`. Only crafted files have so many EtherTypes. */
const MAX_NAMES = 2000;
/** Ethernet with two tags, IPv6 with a few extension headers, and the ports. */
const HEAD_LENGTH = 192;

interface Entry extends Tally {
  /** The one of the key's two ends that spoke first. */
  isFromSecond: boolean;
  /** Of the first to the second end of the key. */
  forwardPackets: number;
  forwardBytes: number;
  transport: string;
}

/**
 * Counts packets by conversation and protocol while a walker passes them. Memory is bounded: when
 * the table of conversations is full, the half with the fewest bytes is put together as others, so
 * that the large ones stay and late ones still find a place. Totals and protocols stay exact.
 */
export class TrafficCounter implements PacketObserver {
  readonly headLength = HEAD_LENGTH;
  private readonly decoded = new Decoded();
  private readonly names = new Map<string, Tally & { transport: string }>();
  private readonly layers = new Map<string, Tally>();
  private conversations = new Map<string, Entry>();
  private readonly others: Tally = { packets: 0, bytes: 0 };
  private isOverflown = false;
  private notDecoded = 0;
  private cutHeaders = 0;

  /** @param byPorts whether ports tell conversations of the same addresses apart */
  constructor(
    private readonly byPorts: boolean,
    private readonly maxConversations = MAX_CONVERSATIONS,
  ) {}

  look(view: DataView, offset: number, length: number, linkType: number): void {
    this.decoded.read(view, offset, length, linkType);
  }

  count(_captured: number, original: number): void {
    const { decoded } = this;
    if (!decoded.isDecoded) {
      this.notDecoded++;
      add(this.others, original);
      return;
    }
    if (decoded.isCut) this.cutHeaders++;
    for (const layer of decoded.layers) addTo(this.layers, layer, original);
    this.countName(original);
    if (decoded.source === '') add(this.others, original);
    else this.countConversation(original);
  }

  private countName(bytes: number): void {
    const { protocol, transport } = this.decoded;
    const key = `${protocol}\n${transport}`;
    let tally = this.names.get(key);
    if (!tally) {
      const isFull = this.names.size >= MAX_NAMES;
      tally = (isFull && this.names.get('Other\n')) || { packets: 0, bytes: 0, transport };
      this.names.set(isFull ? 'Other\n' : key, tally);
    }
    add(tally, bytes);
  }

  private countConversation(bytes: number): void {
    const { source, destination, sourcePort, destinationPort, transport } = this.decoded;
    const withPorts = this.byPorts && (sourcePort !== 0 || destinationPort !== 0);
    const from = withPorts ? source + String.fromCharCode(sourcePort) : source;
    const to = withPorts ? destination + String.fromCharCode(destinationPort) : destination;
    const isForward = from <= to;
    const ends = isForward ? from + to : to + from;
    const key = withPorts ? ends + transport : ends;
    let entry = this.conversations.get(key);
    if (!entry) {
      if (this.conversations.size >= this.maxConversations) this.dropSmallerHalf();
      entry = {
        packets: 0,
        bytes: 0,
        isFromSecond: !isForward,
        forwardPackets: 0,
        forwardBytes: 0,
        transport: withPorts ? transport : '',
      };
      this.conversations.set(key, entry);
    }
    add(entry, bytes);
    if (isForward) {
      entry.forwardPackets++;
      entry.forwardBytes += bytes;
    }
  }

  private dropSmallerHalf(): void {
    this.isOverflown = true;
    const sorted = [...this.conversations].sort(([, one], [, other]) => other.bytes - one.bytes);
    const kept = Math.floor(this.maxConversations / 2);
    for (const [, { packets, bytes }] of sorted.slice(kept)) {
      this.others.packets += packets;
      this.others.bytes += bytes;
    }
    this.conversations = new Map(sorted.slice(0, kept));
  }

  /** @param limit how many conversations to give at most */
  result(limit: number): Traffic {
    const largest = [...this.conversations]
      .sort(([, one], [, other]) => other.bytes - one.bytes || other.packets - one.packets)
      .slice(0, limit);
    return {
      conversations: largest.map(([key, entry]) => toConversation(key, entry)),
      conversationCount: this.conversations.size,
      isOverflown: this.isOverflown,
      others: { ...this.others },
      protocols: [...this.names]
        .map(([key, { packets, bytes, transport }]) => {
          const [protocol] = key.split('\n');
          const isOver = transport !== '' && transport !== protocol;
          return { protocol, transport: isOver ? transport : null, packets, bytes };
        })
        .sort((one, other) => other.bytes - one.bytes),
      layers: [...this.layers]
        .map(([layer, tally]) => ({ layer, ...tally }))
        .sort((one, other) => other.packets - one.packets),
      notDecoded: this.notDecoded,
      cutHeaders: this.cutHeaders,
    };
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

/** Takes the key apart again: both ends, each with its port where ports count, and the transport. */
function toConversation(key: string, entry: Entry): Conversation {
  const { packets, bytes, forwardPackets, forwardBytes, transport, isFromSecond } = entry;
  const ends = transport === '' ? key : key.slice(0, key.length - transport.length);
  const half = ends.length / 2;
  const [first, second] = [ends.slice(0, half), ends.slice(half)];
  const [a, b] = isFromSecond ? [second, first] : [first, second];
  const backward = { packets: packets - forwardPackets, bytes: bytes - forwardBytes };
  const forward = { packets: forwardPackets, bytes: forwardBytes };
  const [aToB, bToA] = isFromSecond ? [backward, forward] : [forward, backward];
  const addressOf = (end: string) => addressText(transport === '' ? end : end.slice(0, -1));
  return {
    a: addressOf(a),
    b: addressOf(b),
    ...(transport === ''
      ? {}
      : {
          aPort: a.charCodeAt(a.length - 1),
          bPort: b.charCodeAt(b.length - 1),
          transport,
        }),
    packets,
    bytes,
    packetsAToB: aToB.packets,
    bytesAToB: aToB.bytes,
    packetsBToA: bToA.packets,
    bytesBToA: bToA.bytes,
  };
}
