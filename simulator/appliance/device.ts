import type { Switches } from '../switches';
import type { PacketSource } from '../packets/packet';
import { RingBuffer } from './ring-buffer';
import { AnalysisSlot, LiveSlot, type Slot } from './slot';

/** One appliance: its live traffic, its ring buffers, its analysis slots. */
export class Device {
  live: LiveSlot;
  private readonly analysis = new Map<number, AnalysisSlot>();
  private readonly buffers = new Map<number, RingBuffer>();

  constructor(
    /** What goes into `mm-id`. */
    readonly id: string,
    readonly host: string,
    readonly isActive: boolean,
    source: PacketSource,
    readonly nowUs: () => number,
    private readonly switches: Switches,
  ) {
    this.live = new LiveSlot(source, nowUs);
  }

  /** 0 is the live traffic. Undefined for a slot that this appliance does not have. */
  slot(number: number): Slot | undefined {
    return number === 0 ? this.live : this.analysisSlot(number);
  }

  analysisSlot(number: number): AnalysisSlot | undefined {
    if (number < 1 || number > this.switches.analysisSlots) return undefined;
    let slot = this.analysis.get(number);
    if (!slot) {
      slot = new AnalysisSlot(this.nowUs);
      this.analysis.set(number, slot);
    }
    return slot;
  }

  analysisSlotNumbers(): number[] {
    return Array.from({ length: this.switches.analysisSlots }, (_, index) => index + 1);
  }

  buffer(number: number): RingBuffer | undefined {
    if (number < 0 || number >= this.switches.ringBuffers) return undefined;
    let buffer = this.buffers.get(number);
    if (!buffer) {
      buffer = new RingBuffer(
        this.nowUs,
        () => this.switches.ringBufferSeconds,
        () => this.switches.oldestPacketUs,
      );
      this.buffers.set(number, buffer);
    }
    return buffer;
  }

  /** What an upload does where parallel analysis is off: the live data is gone. */
  replaceLive(source: PacketSource): LiveSlot {
    this.live = new LiveSlot(source, this.nowUs);
    return this.live;
  }
}
