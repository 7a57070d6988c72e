import type { Window } from '../window';

/** An element, and the end of the last window in which it had traffic, in seconds. */
export type Seen = [element: string, lastSeen: number];

/**
 * Elements that are known, with a bound. When there are more, those that had traffic longest ago
 * are forgotten; should one of them come back, it counts as new again.
 */
export class SeenElements {
  private readonly known: Map<string, number>;

  constructor(
    seen: readonly Seen[],
    private readonly limit: number,
  ) {
    this.known = new Map(seen);
  }

  /**
   * Takes note of what had traffic in a window.
   *
   * @returns those that were not known, in their order, each once
   */
  see(elements: readonly string[], { end }: Window): string[] {
    const fresh = [...new Set(elements)].filter((element) => !this.known.has(element));
    for (const element of elements) this.known.set(element, end);
    return fresh;
  }

  /** Plain JSON, at most as many as the limit. */
  toJSON(): Seen[] {
    const seen = [...this.known];
    if (seen.length <= this.limit) return seen;
    return seen.sort(([, a], [, b]) => b - a).slice(0, this.limit);
  }
}
