/**
 * Work in parts, of which none is of use once one of them has failed: that one ends the others, and is
 * what all of them report.
 */
export class FailFast {
  private readonly stop = new AbortController();
  private failure: { error: unknown } | undefined;

  /** @param outer ends all parts */
  constructor(private readonly outer: AbortSignal) {}

  /**
   * Runs a part, unless it is over already. When the outer signal ends it, that is for the part to say.
   *
   * @param part gets a signal of its own: Node.js 20 takes many listeners on one for a leak, and warns
   * @throws what the first part that failed threw, whichever it was
   */
  async run<T>(part: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal: over } = this.stop;
    if (over.aborted) return Promise.reject(this.failure ? this.failure.error : over.reason);
    try {
      return await part(AbortSignal.any([this.outer, over]));
    } catch (error) {
      this.failure ??= { error };
      this.stop.abort();
      return Promise.reject(this.failure.error);
    }
  }

  /** Ends what runs, and lets nothing else begin. */
  end(): void {
    this.stop.abort();
  }
}
