import type { Progress } from '../../../nodes/definitions/model/run-context';
import type { RuntimeNode } from '../runtime-api';
import {
  progressText,
  shownText,
  type RunStatus,
  type ShownProgress,
  type StatusWords,
} from './status-text';

/** Every status is sent to all open editors, so news are shown no more often than this. */
const INTERVAL_MS = 500;

/** Over how long the rate is measured: long enough to be readable, short enough to be current. */
const RATE_SPAN_MS = 3000;

/** One message's part in the status of its node. */
export interface RunLine {
  progress(progress: Progress): void;
  ended(status: RunStatus): void;
}

interface Run {
  progress: ShownProgress;
  /** Bytes at points in time, the oldest first. */
  samples: Array<{ at: number; bytes: number }>;
}

/**
 * Shows what a node is doing while several messages may be in flight: the sum of their progress,
 * how many wait, and the outcome of the last one when all have ended.
 */
export class StatusLine {
  private readonly runs = new Set<Run>();
  private waitingCount = 0;
  /** Since the node was last idle. */
  private droppedCount = 0;
  private outcome?: RunStatus;
  private lastProgress = -Infinity;
  private lastOutcome = -Infinity;
  private timer?: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly node: Pick<RuntimeNode, 'status'>,
    private readonly words: StatusWords,
  ) {}

  started(): RunLine {
    if (this.runs.size === 0) this.droppedCount = 0;
    const run: Run = { progress: { step: 'running' }, samples: [] };
    this.runs.add(run);
    this.update();
    return {
      progress: (progress) => {
        if (!this.runs.has(run)) return;
        run.progress = progress;
        sample(run);
        this.update();
      },
      ended: (status) => {
        this.runs.delete(run);
        this.outcome = status;
        this.update();
      },
    };
  }

  /** How many messages wait for their turn. */
  waiting(count: number): void {
    this.waitingCount = count;
    this.update();
  }

  /** A message was dropped, because the node is busy. */
  dropped(): void {
    this.droppedCount++;
    this.update();
  }

  /** Clears the status and shows nothing from then on. */
  close(): void {
    this.dropTimer();
    if (!this.isClosed) this.node.status({});
    this.isClosed = true;
  }

  /** Shows the state as it is now: at once, or when the last news have stood long enough. */
  private update(): void {
    if (this.isClosed) return;
    const isIdle = this.runs.size === 0;
    // An outcome does not wait for the progress before it, only for another outcome.
    const since = isIdle ? this.lastOutcome : Math.max(this.lastProgress, this.lastOutcome);
    const wait = since + INTERVAL_MS - performance.now();
    if (wait <= 0) {
      this.show();
    } else if (isIdle || !this.timer) {
      this.dropTimer();
      this.timer = setTimeout(() => this.show(), wait);
      this.timer.unref();
    }
  }

  private show(): void {
    this.dropTimer();
    if (this.runs.size > 0) {
      this.lastProgress = performance.now();
      this.node.status({ fill: 'blue', shape: 'dot', text: this.text() });
    } else if (this.outcome) {
      this.lastOutcome = performance.now();
      this.node.status({ ...this.outcome, text: this.withDropped(this.outcome.text) });
    }
  }

  /** The count comes first: what begins with a letter is looked up in the catalogue. */
  private withDropped(text: string): string {
    if (this.droppedCount === 0) return text;
    const dropped = this.words.text('__number__ dropped', { number: this.droppedCount });
    return `${dropped}, ${shownText(this.words, text)}`;
  }

  private text(): string {
    const runs = [...this.runs];
    const sum = (value: (run: Run) => number | undefined) =>
      runs.reduce((total, run) => total + (value(run) ?? 0), 0);
    const steps = new Set(runs.map(({ progress }) => progress.step));
    // A share makes sense only if every run knows its whole.
    const isTotalKnown = runs.every(({ progress }) => progress.totalBytes !== undefined);
    const text = progressText(
      this.words,
      {
        step: steps.size === 1 ? [...steps][0]! : 'running',
        until: runs.length === 1 ? runs[0]!.progress.until : undefined,
        bytes: sum(({ progress }) => progress.bytes),
        totalBytes: isTotalKnown ? sum(({ progress }) => progress.totalBytes) : undefined,
        packets: sum(({ progress }) => progress.packets),
        done: sum(({ progress }) => progress.done),
        total: sum(({ progress }) => progress.total),
      },
      { running: runs.length, waiting: this.waitingCount, bytesPerSecond: sum(rateOf) },
    );
    return this.withDropped(text);
  }

  private dropTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/** Keeps few samples, though progress may come with every chunk of a file. */
function sample({ progress, samples }: Run): void {
  if (progress.bytes === undefined) return;
  const now = performance.now();
  const last = samples.at(-1);
  if (last && now - last.at < INTERVAL_MS / 2) return;
  samples.push({ at: now, bytes: progress.bytes });
  while (samples.length > 2 && now - samples[0]!.at > RATE_SPAN_MS) samples.shift();
}

function rateOf({ progress, samples }: Run): number {
  const oldest = samples[0];
  if (!oldest || progress.bytes === undefined) return 0;
  const elapsed = performance.now() - oldest.at;
  return elapsed < INTERVAL_MS / 2 ? 0 : ((progress.bytes - oldest.bytes) * 1000) / elapsed;
}
