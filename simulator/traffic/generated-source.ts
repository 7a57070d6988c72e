import type { Packet, PacketSource } from '../packets/packet';
import { CONVERSATIONS, LONGEST_CONVERSATION, steady } from './conversations';
import { randomOf } from './random';

/** Enough to go through time in either direction without writing anything twice. */
const KEPT_SECONDS = LONGEST_CONVERSATION * 4;

/**
 * Traffic of a small company without an end, the same for the same seed: any second of it can be
 * asked for at any time, so that nothing has to be kept.
 */
export class GeneratedSource implements PacketSource {
  /** Packets by the second in which their conversation began, and by the second they are in. */
  private readonly begun = new Map<number, Packet[][]>();

  constructor(
    private readonly seed: number,
    readonly firstUs: number,
    /** The end of what there is: packets of the future have not happened yet. */
    private readonly nowUs: () => number,
    /** While it says so, nothing new is on the line. */
    private readonly isQuiet: (second: number) => boolean = () => false,
  ) {}

  async *batches(startUs: number, endUs: number): AsyncIterable<Packet[]> {
    const start = Math.max(startUs, this.firstUs);
    const end = Math.min(endUs, this.nowUs());
    for (let second = Math.floor(start / 1e6); second * 1e6 < end; second++) {
      const packets = this.packetsOf(second);
      const isInside = second * 1e6 >= start && (second + 1) * 1e6 <= end;
      yield isInside
        ? packets
        : packets.filter(({ timeUs }) => timeUs >= start && timeUs < end);
    }
  }

  /** All packets of a second, in the order of their times. */
  packetsOf(second: number): Packet[] {
    if (this.isQuiet(second)) return [];
    const packets: Packet[] = [];
    for (let age = LONGEST_CONVERSATION; age >= 0; age--) {
      packets.push(...(this.begunIn(second - age)[age] ?? []));
    }
    return packets.sort((a, b) => a.timeUs - b.timeUs || a.nanos - b.nanos);
  }

  private begunIn(second: number): Packet[][] {
    const known = this.begun.get(second);
    if (known) return known;
    const bySecond: Packet[][] = Array.from({ length: LONGEST_CONVERSATION + 1 }, () => []);
    for (const packet of this.write(second)) {
      bySecond[Math.floor(packet.timeUs / 1e6) - second]?.push(packet);
    }
    if (this.begun.size >= KEPT_SECONDS) this.begun.delete(this.begun.keys().next().value!);
    this.begun.set(second, bySecond);
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
