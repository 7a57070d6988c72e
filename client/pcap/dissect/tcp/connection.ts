import type { Packet } from '../../content/packet';
import { SLOW_HANDSHAKE_US, SLOW_RESPONSE_US, type BySide, type TcpTally } from './tally';

const FIN = 1;
export const SYN = 2;
const RST = 4;
export const ACK = 16;

/** A SYN without an answer counts as unanswered once so long has passed, in microseconds. */
export const ANSWER_LIMIT = 1e6;
/** Until a round trip is known: later, a packet that fills a gap was sent again (Wireshark's rule). */
const DEFAULT_REORDER_LIMIT = 3000;
/** A packet that answers duplicate acknowledgements so quickly was sent again. */
const FAST_LIMIT = 20_000;
/** The same packet again so soon is a copy that a mirror port made: nobody sends again that fast. */
const COPY_LIMIT = 1000;
/** So many packets of the same end may pass between a packet and its copy. */
const MAX_RECENT = 16;
/** In bytes. A request that is not longer only ends the conversation: a TLS alert, a QUIT. */
const GOODBYE_LENGTH = 100;

/** What one end has sent. */
class Side {
  packets = 0;
  /** Sequence number that is due, and when it became so; undefined before the first packet. */
  next: number | undefined;
  nextUs = 0;
  /** Up to where everything was seen, without a gap; what lies beyond may be acknowledged unseen. */
  gapless: number | undefined;
  /** Highest acknowledgement, when it came, and how often it was repeated. */
  acknowledged: number | undefined;
  acknowledgedUs = 0;
  duplicates = 0;
  window = -1;
  hasFin = false;
  /** Keys of the packets with data that came last, then their times; made when two come at once. */
  private recent: number[] | undefined;
  private recentCount = 0;
  private lastKey = NaN;
  private lastUs = NaN;

  /** Whether a packet with data has passed already, a moment before. */
  hasJustSent(packet: Packet): boolean {
    const { recent, lastKey, lastUs } = this;
    const key = keyOf(packet);
    const isCopy = (one: number, us: number) =>
      one === key && Math.abs(packet.timeUs - us) < COPY_LIMIT;
    if (!recent) return isCopy(lastKey, lastUs);
    for (let at = 0; at < MAX_RECENT; at++) {
      if (isCopy(recent[at], recent[MAX_RECENT + at])) return true;
    }
    return false;
  }

  /** Keeps a packet with data for {@link hasJustSent}. */
  remember(packet: Packet): void {
    if (!this.recent && Math.abs(packet.timeUs - this.lastUs) < COPY_LIMIT) {
      this.recent = new Array<number>(2 * MAX_RECENT).fill(NaN);
      this.keep();
    }
    this.lastKey = keyOf(packet);
    this.lastUs = packet.timeUs;
    this.keep();
  }

  private keep(): void {
    if (!this.recent) return;
    const at = this.recentCount++ % MAX_RECENT;
    this.recent[at] = this.lastKey;
    this.recent[MAX_RECENT + at] = this.lastUs;
  }
}

/** Sequence number and length in one number. */
const keyOf = ({ sequence, wireLength }: Packet) => sequence * 2 ** 16 + wireLength;

type Kind = 'new' | 'retransmission' | 'outOfOrder';

/**
 * One TCP connection, packet by packet. What repeats and what is out of order is told as in
 * Wireshark's "TCP Analysis" (User's Guide, 7.5), without SACK.
 */
export class TcpConnection {
  private readonly sides = [new Side(), new Side()] as const;
  private firstSynUs = NaN;
  private synUs = NaN;
  private synSequence = 0;
  private synAckUs = NaN;
  /** The client has sent more than a SYN. */
  private hasMore = false;
  private isOpen = false;
  private isRefused = false;
  private isReset = false;
  /** When the last byte of a request passed that has no response yet, and how long its packet was. */
  private requestUs = NaN;
  private requestLength = 0;
  private roundTripUs = 0;

  /** @param client which of the flow's ends opened the connection, or is taken to have */
  constructor(readonly client: 0 | 1) {}

  /** What a SYN without payload, the first packet of its connection, tells. */
  open(sequence: number, window: number, timeUs: number): void {
    const sender = this.sides[this.client];
    sender.packets = 1;
    sender.window = window;
    sender.next = sender.gapless = (sequence + 1) >>> 0;
    this.firstSynUs = this.synUs = sender.nextUs = timeUs;
    this.synSequence = sequence;
  }

  /** Whether a SYN opens a new connection on the ports of this one. */
  isReusedBy(packet: Packet, direction: 0 | 1): boolean {
    if ((packet.flags & (SYN | ACK)) !== SYN) return false;
    const { next } = this.sides[direction];
    return next !== undefined && !(this.synUs >= 0 && packet.sequence === this.synSequence);
  }

  look(packet: Packet, direction: 0 | 1, tallies: readonly TcpTally[]): void {
    const side = direction === this.client ? 'client' : 'server';
    const sender = this.sides[direction];
    const other = this.sides[direction === 0 ? 1 : 0];
    sender.packets++;
    this.follow(packet, side, tallies);
    const kind = this.classify(packet, sender, other);
    const isCopy = kind !== 'new' && packet.wireLength > 0 && sender.hasJustSent(packet);
    packet.isRepeated = kind === 'retransmission' || isCopy;
    const isStopped =
      packet.window === 0 && (packet.flags & (SYN | FIN | RST)) === 0 && (packet.flags & ACK) !== 0;
    const isUnseen =
      (packet.flags & ACK) !== 0 &&
      other.gapless !== undefined &&
      packet.acknowledgement !== sender.acknowledged &&
      isAfter(packet.acknowledgement, other.gapless);
    for (const tally of tallies) {
      if (packet.wireLength > 0) tally.dataPackets[side]++;
      if (isCopy) tally.copies++;
      else if (packet.isRepeated && packet.wireLength > 0) tally.troubles.resent[side]++;
      if (packet.isRepeated) tally.troubles.retransmissions[side]++;
      else if (kind === 'outOfOrder') tally.troubles.outOfOrder[side]++;
      if (isStopped) tally.troubles.zeroWindows[side]++;
      if (isUnseen) tally.ackedUnseen++;
    }
    if (packet.wireLength > 0 && kind === 'new') this.measureResponse(packet, side, tallies);
    if (packet.wireLength > 0 && !isCopy) sender.remember(packet);
    advance(packet, sender);
    if (isUnseen) other.gapless = other.next;
  }

  /** Handshake and end. */
  private follow(packet: Packet, side: keyof BySide, tallies: readonly TcpTally[]): void {
    const { flags, timeUs, sequence } = packet;
    if (flags & RST) this.countReset(side, tallies);
    else if (flags & SYN) {
      if (flags & ACK) this.synAckUs = timeUs;
      else {
        if (!(this.firstSynUs >= 0)) this.firstSynUs = timeUs;
        this.synUs = timeUs;
        this.synSequence = packet.sequence;
      }
    } else if (side === 'client') {
      this.hasMore = true;
      const isFirst = sequence === (this.synSequence + 1) >>> 0;
      if (this.isOpen || !isFirst || !(this.synAckUs >= 0 && this.synUs >= 0)) return;
      this.isOpen = true;
      this.roundTripUs = timeUs - this.synUs;
      for (const tally of tallies) {
        tally.handshakes++;
        tally.timings.handshakeTime.add(this.roundTripUs);
        if (this.roundTripUs >= SLOW_HANDSHAKE_US) tally.slowHandshakes++;
        tally.timings.serverRoundTrip.add(this.synAckUs - this.synUs);
        tally.timings.clientRoundTrip.add(timeUs - this.synAckUs);
      }
    }
  }

  private countReset(side: keyof BySide, tallies: readonly TcpTally[]): void {
    if (this.isReset || this.isRefused) return;
    const [one, other] = this.sides;
    if (one.hasFin || other.hasFin) return;
    if (side === 'server' && this.synUs >= 0 && !(this.synAckUs >= 0) && !this.hasMore) {
      this.isRefused = true;
      for (const tally of tallies) tally.refused++;
      return;
    }
    this.isReset = true;
    const isWaiting = this.requestUs >= 0 && this.requestLength > GOODBYE_LENGTH;
    for (const tally of tallies) {
      tally.troubles.resets[side]++;
      if (side === 'client' && isWaiting) tally.abandoned++;
    }
  }

  private classify(packet: Packet, sender: Side, other: Side): Kind {
    const { flags, sequence, timeUs, wireLength } = packet;
    const length = segmentLength(packet);
    const { next } = sender;
    if (length === 0 || next === undefined || flags & RST) return 'new';
    const isProbe = wireLength === 1 && sequence === next && other.window === 0;
    const isBefore = isAfter(next, sequence);
    const isKeepAlive =
      wireLength <= 1 && (flags & (SYN | FIN)) === 0 && sequence === (next - 1) >>> 0;
    if (isKeepAlive || isProbe) return 'new';
    const end = (sequence + wireLength) >>> 0;
    const { acknowledged } = other;
    if (wireLength > 0 && acknowledged !== undefined && !isAfter(end, acknowledged)) {
      return 'retransmission';
    }
    // More than a byte, one byte early: new data behind a probe.
    if (!isBefore || (wireLength > 1 && sequence === (next - 1) >>> 0)) return 'new';
    const isFast =
      other.duplicates >= 2 &&
      acknowledged === sequence &&
      timeUs - other.acknowledgedUs < FAST_LIMIT;
    if (isFast) return 'retransmission';
    const limit = this.roundTripUs > 0 ? this.roundTripUs : DEFAULT_REORDER_LIMIT;
    const isLate = timeUs - sender.nextUs < limit && (sequence + length) >>> 0 !== next;
    return isLate ? 'outOfOrder' : 'retransmission';
  }

  private measureResponse(
    { timeUs, wireLength }: Packet,
    side: keyof BySide,
    tallies: readonly TcpTally[],
  ): void {
    if (side === 'client') {
      this.requestUs = timeUs;
      this.requestLength = wireLength;
    } else if (this.requestUs >= 0) {
      const duration = timeUs - this.requestUs;
      for (const tally of tallies) {
        tally.timings.responseTime.add(duration);
        if (duration - this.roundTripUs >= SLOW_RESPONSE_US) tally.slowResponses++;
      }
      this.requestUs = NaN;
    }
  }

  /** The capture has ended at `endUs`, or the connection is forgotten then. */
  finish(endUs: number, tallies: readonly TcpTally[]): 'unanswered' | 'refused' | 'open' {
    const [one, other] = this.sides;
    const isOneSided = one.packets === 0 || other.packets === 0;
    if (this.isRefused) return 'refused';
    if (!isOneSided) return 'open';
    const sent = one.packets > 0 ? one : other;
    const hasOnlySyn = this.synUs >= 0 && sent.next === (this.synSequence + 1) >>> 0;
    if (!hasOnlySyn) for (const tally of tallies) tally.oneSided++;
    else if (endUs - this.firstSynUs >= ANSWER_LIMIT) {
      for (const tally of tallies) tally.unanswered++;
      return 'unanswered';
    }
    return 'open';
  }
}

function segmentLength({ flags, wireLength }: Packet): number {
  return wireLength + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
}

function advance(packet: Packet, sender: Side): void {
  const { flags, sequence, acknowledgement, timeUs, wireLength } = packet;
  const length = segmentLength(packet);
  if ((flags & ACK) !== 0) {
    const isRepeat =
      length === 0 &&
      acknowledgement === sender.acknowledged &&
      packet.window === sender.window &&
      (flags & RST) === 0;
    if (isRepeat) sender.duplicates++;
    else if (acknowledgement !== sender.acknowledged) sender.duplicates = 0;
    sender.acknowledged = acknowledgement;
    sender.acknowledgedUs = timeUs;
  }
  sender.window = packet.window;
  if (flags & FIN) sender.hasFin = true;
  if (flags & RST && wireLength === 0) return;
  const next = (sequence + length) >>> 0;
  if (sender.next === undefined || isAfter(next, sender.next)) {
    sender.next = next;
    sender.nextUs = timeUs;
  }
  const isGapless = sender.gapless === undefined || sequence === sender.gapless;
  if (isGapless) sender.gapless = sender.next;
}

/** In the sense of sequence numbers, which begin again at 0 after 2^32. */
const isAfter = (one: number, other: number) => ((one - other) | 0) > 0;
