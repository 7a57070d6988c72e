/**
 * Elements that are known, with a bound. When there are more, those that had traffic longest ago
 * are forgotten; should one of them come back, it counts as new again. The order of the reading
 * tells which those are, not a time: clocks can be set.
 */
export class SeenElements {
  /** The one that was seen last comes last. */
  private readonly known: Set<string>;

  constructor(
    seen: readonly string[],
    private readonly limit: number,
  ) {
    this.known = new Set(seen);
  }

  /**
   * Takes note of what had traffic in a window.
   *
   * @returns those that were not known, in their order, each once
   */
  see(elements: readonly string[]): string[] {
    const fresh = [...new Set(elements)].filter((element) => !this.known.has(element));
    for (const element of elements) {
      this.known.delete(element);
      this.known.add(element);
    }
    return fresh;
  }

  /** Plain JSON, at most as many as the limit. */
  toJSON(): string[] {
    return [...this.known].slice(-this.limit);
  }
}
