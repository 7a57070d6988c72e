import type { AllegroError } from '../../../client';

/** What becomes of messages that arrive faster than their work ends. */
export interface QueuePolicy {
  whenBusy: 'queue' | 'parallel' | 'drop';
  /** Runs at once, with the policy `parallel`; otherwise one. */
  maxParallel: number;
  /** Messages that may wait; of no meaning with the policy `drop`. */
  maxWaiting: number;
}

/** The work of one message. */
export interface Job {
  /**
   * Does the work. Never rejects.
   *
   * @param finish aborted when the work is to end early and to keep what it has
   */
  run(signal: AbortSignal, finish: AbortSignal): Promise<void>;
  /** Called instead of `run` when the work was ended while it waited. */
  refuse(reason: AllegroError): void;
}

/** The two ways to end work: without a result, and with what there is. */
interface Controls {
  cancel: AbortController;
  finish: AbortController;
}

/** What became of an offered job; of one that is `dropped` or `full` the queue keeps nothing. */
export type Admission = 'started' | 'waiting' | 'dropped' | 'full';

/**
 * The work that a node has in progress, and what waits for it, in the order of arrival. Every job
 * that was started or waits is either run or refused, exactly once.
 */
export class WorkQueue {
  private readonly running = new Map<Controls, Promise<void>>();
  private waiting: Job[] = [];
  private closedFor: AllegroError | undefined;

  /** @param onWaiting called with the number of waiting jobs whenever it changes */
  constructor(
    private readonly policy: QueuePolicy,
    private readonly onWaiting: (count: number) => void,
  ) {}

  offer(job: Job): Admission {
    if (this.closedFor) {
      job.refuse(this.closedFor);
      return 'waiting';
    }
    if (this.running.size < this.limit && this.waiting.length === 0) {
      this.start(job);
      return 'started';
    }
    if (this.policy.whenBusy === 'drop') return 'dropped';
    if (this.waiting.length >= this.policy.maxWaiting) return 'full';
    this.waiting.push(job);
    this.onWaiting(this.waiting.length);
    return 'waiting';
  }

  /** Ends what runs and refuses what waits. What is offered afterwards is queued as usual. */
  endAll(reason: AllegroError): void {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length > 0) this.onWaiting(0);
    for (const job of waiting) job.refuse(reason);
    for (const { cancel } of this.running.keys()) cancel.abort(reason);
  }

  /** Asks running jobs to end early and keep their results so far. Waiting jobs run as usual. */
  finishRunning(): void {
    for (const { finish } of this.running.keys()) finish.abort();
  }

  /** Ends everything and refuses what is offered from then on. Resolves when nothing runs. */
  async close(reason: AllegroError): Promise<void> {
    this.closedFor = reason;
    this.endAll(reason);
    await Promise.all(this.running.values());
  }

  /** Jobs that run or wait. */
  get size(): number {
    return this.running.size + this.waiting.length;
  }

  private get limit(): number {
    return this.policy.whenBusy === 'parallel' ? this.policy.maxParallel : 1;
  }

  private start(job: Job): void {
    const controls = { cancel: new AbortController(), finish: new AbortController() };
    const run = job.run(controls.cancel.signal, controls.finish.signal).finally(() => {
      this.running.delete(controls);
      this.startNext();
    });
    this.running.set(controls, run);
  }

  private startNext(): void {
    while (this.running.size < this.limit) {
      const job = this.waiting.shift();
      if (!job) return;
      this.onWaiting(this.waiting.length);
      this.start(job);
    }
  }
}
