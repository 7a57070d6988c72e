import type { PcapFault, PcapLimit, PcapLimits, PcapSummary } from './summary';
import { PcapWalker } from './walker';

/**
 * Lets whole records pass and holds back a begun one until its end is there. So whatever has been
 * let through is a valid capture file at any moment, and a capture may be ended by a limit, by time
 * or by a person at will.
 *
 * Holds no more than one record (256 KiB in networks), as the chunks in which it came: nothing is
 * copied. So the source must not write into chunks again that it has handed over.
 */
export class PcapLimiter {
  private readonly walker: PcapWalker;
  private received = 0;
  private passed = 0;
  private held: Uint8Array[] = [];

  constructor(limits: PcapLimits = {}) {
    this.walker = new PcapWalker(limits);
  }

  /** For progress and for what is known while it streams. Do not write to it. */
  get progress(): Pick<
    PcapWalker,
    'format' | 'packets' | 'wholeBytes' | 'lastPacket' | 'fault' | 'limitReached' | 'halted'
  > {
    return this.walker;
  }

  get limitReached(): PcapLimit | undefined {
    return this.walker.limitReached;
  }

  get fault(): PcapFault | undefined {
    return this.walker.fault;
  }

  /** Whether nothing more will come out, whatever is written. */
  get halted(): boolean {
    return this.walker.halted;
  }

  /** @returns what has to go out now, in this order; views of the chunks that came in */
  write(chunk: Uint8Array): Uint8Array[] {
    if (this.walker.halted) return [];
    const start = this.received;
    this.received += chunk.length;
    this.walker.write(chunk);
    const border = this.walker.wholeBytes;
    const out: Uint8Array[] = [];
    // A border is found with the last byte before it, so a new one lies within this chunk.
    if (border > this.passed) {
      out.push(...this.held, chunk.subarray(0, border - start));
      this.passed = border;
      this.held = [];
    }
    const rest = chunk.subarray(Math.max(0, border - start));
    if (this.walker.halted) this.held = [];
    else if (rest.length > 0) this.held.push(rest);
    return out;
  }

  /**
   * The summary of what came in, or, after a limit, of what was let through.
   *
   * A capture that ends for another good reason than its end (time, a person) usually ends within a
   * record; {@link endHere} is for that.
   */
  end(): PcapSummary {
    return this.walker.end();
  }

  /**
   * The summary of what was let through, for a capture that is ended on purpose: the record that
   * was held back does not count against it. Other faults do.
   */
  endHere(): PcapSummary {
    const summary = this.walker.end();
    const isOnlyCut = this.walker.fault === undefined && summary.wholeBytes > 0;
    if (!isOnlyCut) return summary;
    return { ...summary, bytes: summary.wholeBytes, complete: true, fault: undefined };
  }
}
