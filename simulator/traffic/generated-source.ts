import type { Packet, PacketSource } from '../packets/packet';
import { CONVERSATIONS, LONGEST_CONVERSATION, steady } from './conversations';
import { randomOf } from './random';

/** The newest seconds are remembered, for all who follow the live traffic. */
const KEPT_SECONDS = 32;

/** Packets of the conversations that began in a second, by their age in seconds. */
type Begun = Packet[][];

/**
 * Traffic of a small company without an end, the same for the same seed: packets are made when they
 * are asked for, and not kept for long.
 */
export class GeneratedSource implements PacketSource {
  private readonly recent = new Map<number, Begun>();

  constructor(
    private readonly seed: number,
    readonly firstUs: number,
    /** The end of what there is: packets of the future have not happened yet. */
    private readonly nowUs: () => number,
    /** Whether nothing was on the line at a time, in microseconds. */
    private readonly isQuiet: (timeUs: number) => boolean = () => false,
  ) {}

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

  /** All packets of a second, in the order of their times. */
  private packetsOf(second: number, begun: Map<number, Begun>): Packet[] {
    const packets: Packet[] = [];
    for (let age = LONGEST_CONVERSATION; age >= 0; age--) {
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

  private *write(second: number): Iterable<Packet> {
    const startUs = second * 1e6;
    yield* steady(randomOf(this.seed, second, 0), startUs);
    let number = 0;
    for (const { perSecond, write } of CONVERSATIONS) {
      number += 100;
      // Whole conversations only: what is over the whole number is a matter of chance.
      const chance = randomOf(this.seed, second, number);
      const count = Math.floor(perSecond) + (chance.next() < perSecond % 1 ? 1 : 0);
      for (let index = 0; index < count; index++) {
        const random = randomOf(this.seed, second, number + index + 1);
        yield* write(random, startUs + random.between(0, 999_999));
      }
    }
  }
}
