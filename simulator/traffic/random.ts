import type { Payload } from '../packets/payload';

/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** Bytes without a pattern, as encrypted payload looks. */
  bytes(length: number): Payload;
}

/** What one conversation is made with. */
export interface ConversationRandom extends Random {
  /** A port that the client uses for nothing else for some minutes, as an operating system ensures. */
  readonly clientPort: number;
}

/** A generator for one purpose; the parts say which (seed, second, number of the conversation). */
export function randomOf(...parts: number[]): Random {
  let state = parts.reduce((hash, part) => mix(hash ^ Math.imul(part | 0, 0x9e3779b1)), 0x51ab1e);
  // mulberry32: small, fast, and good enough for traffic.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 0x1_0000_0000;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)],
    bytes: (length) => new Noise(between(0, NOISE.length - 1), length),
  };
}

class Noise implements Payload {
  constructor(
    private readonly start: number,
    readonly length: number,
  ) {}

  bytes(): Buffer {
    const first = NOISE.subarray(this.start, this.start + this.length);
    return first.length === this.length
      ? first
      : Buffer.concat([first, NOISE.subarray(0, this.length - first.length)]);
  }
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}

/** Longer than any payload, so that {@link Noise} wraps at most once. */
const NOISE = (() => {
  const noise = Buffer.alloc(65536);
  let state = 1;
  for (let index = 0; index < noise.length; index++) {
    state = (state + 0x6d2b79f5) | 0;
    noise[index] = mix(state) & 0xff;
  }
  return noise;
})();
