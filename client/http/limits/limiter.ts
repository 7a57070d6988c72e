/** Lets at most `size` tasks run at once; the others wait in the order in which they came. */
export class Limiter {
  private running = 0;
  private readonly waiting: Array<() => void> = [];

  constructor(private readonly size: number) {}

  get isIdle(): boolean {
    return this.running === 0;
  }

  /** Runs `task` when fewer than `size` are running. Rejects without running it when `signal` is aborted first. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.acquire(signal);
    try {
      return await task();
    } finally {
      release();
    }
  }

  /**
   * Takes a permit until the returned function is called (more than one call does no harm).
   *
   * @param onWait called when there is none at once
   */
  async acquire(signal?: AbortSignal, onWait?: () => void): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.running < this.size) {
      this.running++;
    } else {
      onWait?.();
      await this.waitForTurn(signal);
    }
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.waiting.shift();
      // The permit passes to the next one without becoming free in between.
      if (next) next();
      else this.running--;
    };
  }

  private waitForTurn(signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.waiting.splice(this.waiting.indexOf(turn), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(turn);
    });
  }
}
