import type { Packet, PacketSource } from '../packets/packet';

/** A packet ring buffer. While it is suspended nothing is written, and nothing is overwritten. */
export class RingBuffer {
  private suspendedSinceUs: number | undefined;
  /** Times that were not recorded. */
  private readonly gaps: Array<{ startUs: number; endUs: number }> = [];

  constructor(
    private readonly nowUs: () => number,
    private readonly capacitySeconds: () => number,
    /** The time of the oldest packet where that is given; 0 where it is not. */
    private readonly givenOldestUs: () => number,
  ) {}

  get isSuspended(): boolean {
    return this.suspendedSinceUs !== undefined;
  }

  set isSuspended(value: boolean) {
    if (value === this.isSuspended) return;
    if (value) {
      this.suspendedSinceUs = this.nowUs();
      return;
    }
    this.gaps.push({ startUs: this.suspendedSinceUs!, endUs: this.nowUs() });
    this.suspendedSinceUs = undefined;
  }

  /** The oldest time that is still there. */
  get oldestUs(): number {
    const fullUs = (this.suspendedSinceUs ?? this.nowUs()) - this.capacitySeconds() * 1e6;
    return Math.max(fullUs, this.givenOldestUs());
  }

  async *read(source: PacketSource, startUs: number, endUs: number): AsyncIterable<Packet[]> {
    const end = Math.min(endUs, this.suspendedSinceUs ?? Infinity);
    for await (const packets of source.batches(Math.max(startUs, this.oldestUs), end)) {
      yield this.gaps.length === 0
        ? packets
        : packets.filter(({ timeUs }) =>
            this.gaps.every((gap) => timeUs < gap.startUs || timeUs >= gap.endUs),
          );
    }
  }
}
