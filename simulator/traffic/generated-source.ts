import type { Packet, PacketSource } from '../packets/packet';
import { CONVERSATIONS, LONGEST_CONVERSATION, steady } from './conversations';
import { randomOf, type ConversationRandom } from './random';
import { TROUBLES, type TroubleKind, type TroubleTruth } from './trouble';

/** The newest seconds are remembered, for all who follow the live traffic. */
const KEPT_SECONDS = 32;

const KINDS = Object.keys(TROUBLES);
/** Above the numbers of all other conversations of a second. */
const FIRST_TROUBLE = 10_000;

/** Client ports of TCP: from where Linux hands them out to the last one. */
const FIRST_PORT = 32_768;
const PORTS_A_SECOND = 64;
const PORT_SECONDS = (65_536 - FIRST_PORT) / PORTS_A_SECOND;
/** Of those of a second: two for each kind of conversation, three for each kind of trouble. */
const FIRST_TROUBLE_PORT = 24;

/** Packets of the conversations that began in a second, by their age in seconds. */
type Begun = Packet[][];

/**
 * Traffic of a small company without an end, the same for the same seed: packets are made when they
 * are asked for, and not kept for long.
 */
export class GeneratedSource implements PacketSource {
  private readonly recent = new Map<number, Begun>();
  /** The first whole one, in which the first conversations begin. */
  private readonly firstSecond: number;

  constructor(
    private readonly seed: number,
    readonly firstUs: number,
    /** The end of what there is: packets of the future have not happened yet. */
    private readonly nowUs: () => number,
    /** Whether nothing was on the line at a time, in microseconds. */
    private readonly isQuiet: (timeUs: number) => boolean = () => false,
    /** The trouble that begins in a second; the same each time it is asked. */
    private readonly troubleIn: (second: number) => TroubleKind[] = () => [],
  ) {
    this.firstSecond = Math.ceil(firstUs / 1e6);
  }

  async *batches(startUs: number, endUs: number): AsyncIterable<Packet[]> {
    const start = Math.max(startUs, this.firstUs);
    const end = Math.min(endUs, this.nowUs());
    // Each reader has its own, so that many at different times do not push out each other's.
    const begun = new Map<number, Begun>();
    for (let second = Math.floor(start / 1e6); second * 1e6 < end; second++) {
      const packets = this.packetsOf(second, begun);
      begun.delete(second - LONGEST_CONVERSATION);
      const isInside = second * 1e6 >= start && (second + 1) * 1e6 <= end;
      yield isInside ? packets : packets.filter(({ timeUs }) => timeUs >= start && timeUs < end);
    }
  }

  /** What is wrong with the conversations that begin in `startUs <= time < endUs`. */
  troubles(startUs: number, endUs: number): TroubleTruth[] {
    const end = Math.min(endUs, this.nowUs());
    const found: TroubleTruth[] = [];
    const first = Math.max(Math.floor(startUs / 1e6), this.firstSecond);
    for (let second = first; second * 1e6 < end; second++) {
      for (const { kind, packets, client, server, figures } of this.writeTrouble(second)) {
        const began = packets[0].timeUs;
        if (began < startUs || began >= end) continue;
        found.push({ kind, startUs: began, clientIp: client.ip, serverIp: server.ip, figures });
      }
    }
    return found;
  }

  /** All packets of a second, in the order of their times. */
  private packetsOf(second: number, begun: Map<number, Begun>): Packet[] {
    const packets: Packet[] = [];
    // Whole conversations only: the end of a call that began before would be the worst one of all.
    const oldest = Math.min(LONGEST_CONVERSATION, second - this.firstSecond);
    for (let age = oldest; age >= 0; age--) {
      let bySecond = begun.get(second - age);
      if (!bySecond) {
        bySecond = [...this.begunIn(second - age)];
        begun.set(second - age, bySecond);
      }
      for (const packet of bySecond[age]) if (!this.isQuiet(packet.timeUs)) packets.push(packet);
      // Read only once; what is held for long costs the collector of garbage the most.
      bySecond[age] = [];
    }
    return packets.sort((a, b) => a.timeUs - b.timeUs || a.nanos - b.nanos);
  }

  private begunIn(second: number): Begun {
    const known = this.recent.get(second);
    if (known) return known;
    const bySecond: Begun = Array.from({ length: LONGEST_CONVERSATION + 1 }, () => []);
    for (const packet of this.write(second)) {
      bySecond[Math.floor(packet.timeUs / 1e6) - second]?.push(packet);
    }
    if (second > this.nowUs() / 1e6 - KEPT_SECONDS) {
      if (this.recent.size >= KEPT_SECONDS) this.recent.delete(this.recent.keys().next().value!);
      this.recent.set(second, bySecond);
    }
    return bySecond;
  }

  /** @param port of those of the second: its own, so that no two connections are mixed up */
  private random(second: number, number: number, port: number): ConversationRandom {
    const clientPort = FIRST_PORT + (second % PORT_SECONDS) * PORTS_A_SECOND + port;
    return { ...randomOf(this.seed, second, number), clientPort };
  }

  private *writeTrouble(second: number) {
    for (const kind of this.troubleIn(second)) {
      const { everySeconds, write } = TROUBLES[kind];
      if (second % everySeconds !== 0) continue;
      const index = KINDS.indexOf(kind);
      const random = this.random(second, FIRST_TROUBLE + index, FIRST_TROUBLE_PORT + 3 * index);
      yield { kind, ...write(random, second * 1e6 + random.between(0, 999_999)) };
    }
  }

  private *write(second: number): Iterable<Packet> {
    for (const { packets } of this.writeTrouble(second)) yield* packets;
    const startUs = second * 1e6;
    yield* steady(this.random(second, 0, 0), startUs);
    for (const [kind, { perSecond, write }] of CONVERSATIONS.entries()) {
      const number = 100 * (kind + 1);
      // Whole conversations only: what is over the whole number is a matter of chance.
      const chance = randomOf(this.seed, second, number);
      const count = Math.floor(perSecond) + (chance.next() < perSecond % 1 ? 1 : 0);
      for (let index = 0; index < count; index++) {
        const random = this.random(second, number + index + 1, 1 + 2 * kind + index);
        yield* write(random, startUs + random.between(0, 999_999));
      }
    }
  }
}
