/** What can go wrong with an answer on its way. Bytes count from the beginning of the body. */
export type FaultKind =
  /** Another answer altogether. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string | Buffer }
  /** The connection is closed before, or instead of, an answer. */
  | { kind: 'reset' }
  /** Nothing comes: no headers, or no more of the body. */
  | { kind: 'stallBeforeHeaders' }
  | { kind: 'stall'; afterBytes: number }
  /** The body ends early. Without a length and chunks, the end looks like a real one. */
  | { kind: 'cut'; afterBytes: number; framing: 'length' | 'chunked' | 'close' }
  /** The body comes at this speed for as long as the fault is switched on, then at once. */
  | { kind: 'slow'; bytesPerSecond: number }
  /** Content-Length says more (or less) than what comes. */
  | { kind: 'wrongLength'; difference: number }
  /** Compressed, though nobody asked for it; cut, where so many bytes are named. */
  | { kind: 'gzip'; cutAfterBytes?: number }
  /** The body is right, and then something is added. */
  | { kind: 'append'; bytes: Buffer }
  /** Some bytes of the body are others. */
  | { kind: 'overwrite'; offset: number; bytes: Buffer };

/** A fault, and which requests it meets. */
export type Fault = FaultKind & {
  /** The path begins with this; without it, any. */
  path?: string;
  method?: string;
  /** How many requests pass before it begins; the default is 0. */
  skip?: number;
  /** How many requests it meets; the default is all. */
  times?: number;
};

/** The faults that are switched on. */
export class Faults {
  private active: Array<{ fault: Fault; seen: number }> = [];

  add(...faults: Fault[]): void {
    this.active.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  clear(): void {
    this.active = [];
  }

  isOn(fault: Fault): boolean {
    return this.active.some((entry) => entry.fault === fault);
  }

  /** The fault that meets this request, if any. */
  meet(method: string, path: string): Fault | undefined {
    for (const entry of this.active) {
      const { fault } = entry;
      if (fault.method !== undefined && fault.method !== method) continue;
      if (fault.path !== undefined && !path.startsWith(fault.path)) continue;
      const turn = entry.seen++ - (fault.skip ?? 0);
      if (turn >= 0 && turn < (fault.times ?? Infinity)) return fault;
    }
    return undefined;
  }
}
