import { PROGRESS_STEPS, type Progress } from '../../../nodes/definitions/model/run-context';
import type { NodeStatus } from '../runtime-api';

export type RunStatus = Required<NodeStatus>;

/** Status texts that need a word in the catalogue, besides those of failures. */
export const STATUS_WORDS = ['running', ...PROGRESS_STEPS, 'done', 'no packets'];

/** What is shown: of several runs in different steps there is no one step. */
export type ShownProgress = Omit<Progress, 'step'> & { step: Progress['step'] | 'running' };

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
  const { resumeAt } = json;
  if (typeof resumeAt === 'string') {
    return { fill: 'yellow', shape: 'ring', text: `${clockText(resumeAt)} buffer resumes` };
  }
  return { fill: 'green', shape: 'dot', text: outcomeText(json, itemsProperty) };
}

/** A time as the clock of this machine shows it, with its date if that is not today's. */
export function clockText(iso: string, now = new Date()): string {
  const at = new Date(iso);
  // The Swedish form is ISO 8601 with a blank.
  const [date, time] = at.toLocaleString('sv').split(' ') as [string, string];
  return date === now.toLocaleString('sv').split(' ')[0] ? time : `${date} ${time}`;
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

export function numberText(value: number): string {
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
