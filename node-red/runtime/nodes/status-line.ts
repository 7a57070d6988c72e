import { PROGRESS_STEPS, type Progress } from '../../../nodes/definitions/model/run-context';
import type { NodeStatus, RuntimeNode } from '../runtime-api';

export type RunStatus = Required<NodeStatus>;

/** Every status is sent to all open editors, so news are shown no more often than this. */
const INTERVAL_MS = 500;

/** Over how long the rate is measured: long enough to be readable, short enough to be current. */
const RATE_SPAN_MS = 3000;

/** Status texts that need a word in the catalogue, besides those of failures. */
export const STATUS_WORDS = ['running', ...PROGRESS_STEPS, 'done', 'no packets'];

/** One message's part in the status of its node. */
export interface RunLine {
  progress(progress: Progress): void;
  ended(status: RunStatus): void;
}

/** What is shown: of several runs in different steps there is no one step. */
type ShownProgress = Omit<Progress, 'step'> & { step: Progress['step'] | 'running' };

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

  constructor(private readonly node: Pick<RuntimeNode, 'status'>) {}

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
    const wait = since + INTERVAL_MS - Date.now();
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
      this.lastProgress = Date.now();
      this.node.status({ fill: 'blue', shape: 'dot', text: this.text() });
    } else if (this.outcome) {
      this.lastOutcome = Date.now();
      this.node.status({ ...this.outcome, text: this.withDropped(this.outcome.text) });
    }
  }

  /** The count comes first: what begins with a letter is looked up in the catalogue. */
  private withDropped(text: string): string {
    return this.droppedCount > 0 ? `${numberText(this.droppedCount)} dropped, ${text}` : text;
  }

  private text(): string {
    const runs = [...this.runs];
    const sum = (value: (run: Run) => number | undefined) =>
      runs.reduce((total, run) => total + (value(run) ?? 0), 0);
    const steps = new Set(runs.map(({ progress }) => progress.step));
    // A share makes sense only if every run knows its whole.
    const isTotalKnown = runs.every(({ progress }) => progress.totalBytes !== undefined);
    const text = progressText(
      {
        step: steps.size === 1 ? [...steps][0]! : 'running',
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
  const now = Date.now();
  const last = samples.at(-1);
  if (last && now - last.at < INTERVAL_MS / 2) return;
  samples.push({ at: now, bytes: progress.bytes });
  while (samples.length > 2 && now - samples[0]!.at > RATE_SPAN_MS) samples.shift();
}

function rateOf({ progress, samples }: Run): number {
  const oldest = samples[0];
  if (!oldest || progress.bytes === undefined) return 0;
  const elapsed = Date.now() - oldest.at;
  return elapsed < INTERVAL_MS / 2 ? 0 : ((progress.bytes - oldest.bytes) * 1000) / elapsed;
}

/**
 * Texts that begin with a letter are looked up in the catalogue, so a text is either one of its
 * words or begins with a digit.
 */
export function progressText(
  { step, bytes, totalBytes, packets, done, total }: ShownProgress,
  { running = 1, waiting = 0, bytesPerSecond = 0 } = {},
): string {
  const parts: string[] = [];
  if (done && total) parts.push(`${numberText(done)} of ${numberText(total)}`);
  if (bytes && totalBytes) parts.push(`${Math.floor((100 * bytes) / totalBytes)} %`);
  if (bytes) parts.push(byteText(bytes));
  if (packets) parts.push(`${numberText(packets)} packets`);
  if (bytes && bytesPerSecond >= 1) parts.push(`${byteText(bytesPerSecond)}/s`);
  const hasNumbers = parts.length > 0;
  if (running > 1) parts.unshift(hasNumbers ? `${running} running` : `${running} × ${step}`);
  if (waiting > 0) parts.push(`${numberText(waiting)} waiting`);
  if (!hasNumbers && running === 1) parts.push(step);
  return parts.join(', ');
}

/** The outcome in a few words, from the result's own JSON. */
export function outcomeStatus(
  json: Record<string, unknown>,
  itemsProperty: string | undefined,
): RunStatus {
  return { fill: 'green', shape: 'dot', text: outcomeText(json, itemsProperty) };
}

function outcomeText(json: Record<string, unknown>, itemsProperty: string | undefined): string {
  const items = itemsProperty === undefined ? undefined : json[itemsProperty];
  if (Array.isArray(items)) return `${numberText(items.length)} ${itemsProperty}`;
  const { packets, bytes } = json;
  if (packets === 0) return 'no packets';
  if (typeof packets !== 'number') return 'done';
  const size = typeof bytes === 'number' ? `, ${byteText(bytes)}` : '';
  return `${numberText(packets)} packets${size}`;
}

function numberText(value: number): string {
  return value.toLocaleString('en-US');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, as the appliance's own pages count. */
export function byteText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
