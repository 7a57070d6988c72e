import type { Packet, PacketSource } from '../packets/packet';
import { TrafficIndex, type TrafficView } from '../statistics/traffic-index';

/** Packets together with what was counted of them: the live traffic, or an uploaded file. */
export abstract class Slot {
  protected traffic = new TrafficIndex();

  /** Where captures take packets from; undefined when they were not kept. */
  abstract readonly source: PacketSource | undefined;

  /** The slot's own clock, in microseconds. */
  abstract nowUs(): number;

  /** Up to when the packets are counted, in microseconds: what "now" is for statistics. */
  abstract countedUntilUs(): number;

  /** Makes sure that everything up to now is counted. */
  abstract catchUp(): Promise<void>;

  /** What was counted of a virtual link group; undefined for one that is not there. */
  group(id: number): TrafficView | undefined {
    return this.traffic.group(id);
  }

  note(packets: Packet[]): void {
    for (const packet of packets) this.traffic.note(packet);
  }

  forget(): void {
    this.traffic = new TrafficIndex();
  }
}

/** The traffic on the wire, counted when somebody asks for statistics. */
export class LiveSlot extends Slot {
  private countedUs: number;
  private running: Promise<void> | undefined;

  constructor(
    readonly source: PacketSource,
    readonly nowUs: () => number,
  ) {
    super();
    this.countedUs = source.firstUs ?? nowUs();
  }

  countedUntilUs(): number {
    return this.countedUs;
  }

  async catchUp(): Promise<void> {
    // One at a time, or packets would be counted twice.
    while (this.running) await this.running;
    this.running = this.countNew().finally(() => (this.running = undefined));
    await this.running;
  }

  private async countNew(): Promise<void> {
    const end = Math.floor(this.nowUs() / 1e6) * 1e6;
    if (end <= this.countedUs) return;
    const start = this.countedUs;
    let batches = 0;
    for await (const packets of this.source.batches(start, end)) {
      this.note(packets);
      // A long past must not keep everybody else waiting.
      if (++batches % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.countedUs = end;
  }
}

/** An analysis slot: what was uploaded into it. */
export class AnalysisSlot extends Slot {
  source: PacketSource | undefined;
  state: 'free' | 'announced' | 'started' | 'receiving' | 'done' = 'free';
  announced: { fileName: string; fileSize: number; keepsPackets: boolean } | undefined;
  private readonly liveNowUs: () => number;

  constructor(liveNowUs: () => number) {
    super();
    this.liveNowUs = liveNowUs;
  }

  /** Time stands at the end of the last packet's second; without packets it is that of the device. */
  nowUs(): number {
    const { lastUs } = this.traffic;
    return lastUs === undefined ? this.liveNowUs() : (Math.floor(lastUs / 1e6) + 1) * 1e6;
  }

  countedUntilUs(): number {
    return this.nowUs();
  }

  async catchUp(): Promise<void> {
    // Counted while it arrives.
  }
}
