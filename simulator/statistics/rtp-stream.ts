const SAMPLES_PER_SECOND = 8000;

/** Loss and jitter of one RTP stream, as RFC 3550 computes them. */
export class RtpStream {
  packets = 0;
  /** In milliseconds. */
  jitter = 0;
  private firstSequence = 0;
  private highest = 0;
  private lastTransit: number | undefined;

  constructor(
    readonly sourceIp: string,
    readonly ssrc: number,
    readonly payloadType: number,
  ) {}

  note(sequence: number, timestamp: number, timeUs: number): void {
    if (this.packets === 0) this.firstSequence = this.highest = sequence;
    // A large step back is a wrap of the 16 bits.
    const step = (sequence - (this.highest & 0xffff) + 0x1_0000) & 0xffff;
    if (step < 0x8000) this.highest += step;
    this.packets++;
    const transit = timeUs / 1000 - (timestamp / SAMPLES_PER_SECOND) * 1000;
    if (this.lastTransit !== undefined) {
      this.jitter += (Math.abs(transit - this.lastTransit) - this.jitter) / 16;
    }
    this.lastTransit = transit;
  }

  get expected(): number {
    return this.highest - this.firstSequence + 1;
  }

  get lost(): number {
    return Math.max(0, this.expected - this.packets);
  }
}
