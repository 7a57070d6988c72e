import type { Progress } from '../../nodes/definitions/definition';
import type { NodeStatus, RuntimeNode } from './red';

export type RunStatus = Required<NodeStatus>;

/** Every status is sent to all open editors, so progress is shown no more often than this. */
const INTERVAL_MS = 500;

/** Status texts that need a word in the catalogue, besides those of failures and definitions. */
export const STATUS_WORDS = ['running', 'done', 'no packets'];

/**
 * Shows what a node is doing while several messages may be in flight: the latest progress with the
 * number of runs before it, and the outcome of the last one when all have ended.
 */
export class StatusLine {
  private running = 0;
  private lastShown = 0;
  private waiting?: NodeJS.Timeout;
  private isClosed = false;

  constructor(private readonly node: Pick<RuntimeNode, 'status'>) {}

  started(): void {
    this.running++;
    this.showProgress({ step: 'running' });
  }

  progress(progress: Progress): void {
    if (this.isClosed || this.waiting) return;
    const wait = this.lastShown + INTERVAL_MS - Date.now();
    if (wait <= 0) {
      this.showProgress(progress);
      return;
    }
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      if (this.running > 0) this.showProgress(progress);
    }, wait);
    this.waiting.unref();
  }

  ended(status: RunStatus): void {
    this.running--;
    this.dropWaiting();
    if (this.running === 0) this.show(status);
    else this.showProgress({ step: 'running' });
  }

  /** Clears the status and shows nothing from then on. */
  close(): void {
    this.dropWaiting();
    this.show({});
    this.isClosed = true;
  }

  private showProgress(progress: Progress): void {
    this.show({ fill: 'blue', shape: 'dot', text: progressText(progress, this.running) });
  }

  private show(status: NodeStatus): void {
    if (this.isClosed) return;
    this.lastShown = Date.now();
    this.node.status(status);
  }

  private dropWaiting(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }
}

/**
 * Texts that begin with a letter are looked up in the catalogue, so a text is either one of its
 * words or begins with a digit.
 */
export function progressText({ step, bytes, totalBytes, packets }: Progress, running = 1): string {
  const parts: string[] = [];
  if (bytes && totalBytes) parts.push(`${Math.floor((100 * bytes) / totalBytes)} %`);
  if (bytes) parts.push(byteText(bytes));
  else if (packets) parts.push(`${numberText(packets)} packets`);
  const text = parts.length > 0 ? parts.join(', ') : step;
  return running > 1 ? `${running} × ${text}` : text;
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
