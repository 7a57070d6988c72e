import type { Packet, PacketSource } from '../packets/packet';
import { CONVERSATIONS, LONGEST_CONVERSATION, steady } from './conversations';
import { randomOf } from './random';

/** So many seconds are remembered, so that several captures at once do not write them anew. */
const KEPT_SECONDS = 512;

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
    /** Whether nothing was on the line at a time, in microseconds. */
    private readonly isQuiet: (timeUs: number) => boolean = () => false,
  ) {}

  async *batches(startUs: number, endUs: number): AsyncIterable<Packet[]> {
    const start = Math.max(startUs, this.firstUs);
    const end = Math.min(endUs, this.nowUs());
    for (let second = Math.floor(start / 1e6); second * 1e6 < end; second++) {
      const packets = this.packetsOf(second);
      const isInside = second * 1e6 >= start && (second + 1) * 1e6 <= end;
      yield isInside ? packets : packets.filter(({ timeUs }) => timeUs >= start && timeUs < end);
    }
  }

  /** All packets of a second, in the order of their times. */
  packetsOf(second: number): Packet[] {
    const packets: Packet[] = [];
    for (let age = LONGEST_CONVERSATION; age >= 0; age--) {
      packets.push(...(this.begunIn(second - age)[age] ?? []));
    }
    const heard = packets.filter(({ timeUs }) => !this.isQuiet(timeUs));
    return heard.sort((a, b) => a.timeUs - b.timeUs || a.nanos - b.nanos);
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
