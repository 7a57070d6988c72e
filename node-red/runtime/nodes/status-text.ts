import { PROGRESS_STEPS, type Progress } from '../../../nodes/definitions/model/run-context';
import { sizeText } from '../../../client/values/amount-text';
import { NUMBER_FORMAT } from '../values/language';
import type { Text } from '../../locales/text';
import type { PollOutcome } from '../../../nodes/definitions/triggers/trigger';
import type { NodeStatus, RuntimeApi } from '../runtime-api';

export type RunStatus = Required<NodeStatus>;

/** The two states of a ring buffer that a node has changed. */
export const SUSPENDED = 'buffer suspended';
export const RESUMED = 'buffer resumed';

/**
 * Status texts of the catalogue, besides those of failures. A text without a value is sent as its
 * key, and each editor shows it in its own language. One with values is sent in the language of the
 * runtime, as Node-RED's own nodes do. The editor looks up what begins with a letter, and shows what
 * it does not find as it is.
 */
export const STATUS_WORDS = [
  'running',
  ...PROGRESS_STEPS,
  'done',
  'no packets',
  'empty list',
  'repeat skipped',
  SUSPENDED,
  RESUMED,
  '1 packet',
  '__number__ packets',
  '1 warning',
  '__number__ warnings',
  '__number__ running',
  '__number__ waiting',
  '__number__ dropped',
  '__done__ of __total__',
  '__done__ of 1 device',
  '__done__ of __total__ devices',
  '__watched__ watched, __active__ active',
  '__number__ s skipped',
  'next __time__',
  'buffer resumes at __time__',
  '__step__ until __time__',
  NUMBER_FORMAT,
];

/** Texts and numbers of a status, in one language. */
export interface StatusWords {
  /** @param values texts, or whole numbers to write in the form of the language */
  text(english: string, values?: Readonly<Record<string, string | number>>): string;
  number(value: number, fractionDigits?: number): string;
}

/** In the language of the runtime: the setting `lang`, or that of the environment. */
export function statusWordsOf(RED: Pick<RuntimeApi, '_'>): StatusWords {
  return statusWords((english, values) => RED._(english, values));
}

export function statusWords(text: Text): StatusWords {
  const format = text(NUMBER_FORMAT);
  const number = (value: number, fractionDigits = 0) =>
    value.toLocaleString(format, { maximumFractionDigits: fractionDigits });
  return {
    number,
    text: (english, values = {}) =>
      text(
        english,
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            typeof value === 'number' ? number(value) : value,
          ]),
        ),
      ),
  };
}

/** The texts for a list of results, such as `2 talkers`: for one, and for several. */
export function itemWords(itemsProperty: string): [one: string, several: string] {
  return [`1 ${itemsProperty.replace(/s$/, '')}`, `__number__ ${itemsProperty}`];
}

/** What is shown: of several runs in different steps there is no one step. */
export type ShownProgress = Omit<Progress, 'step'> & { step: Progress['step'] | 'running' };

export function progressText(
  words: StatusWords,
  { step, until, bytes, totalBytes, packets, done, total }: ShownProgress,
  { running = 1, waiting = 0, bytesPerSecond = 0 } = {},
): string {
  const parts: string[] = [];
  if (done && total) parts.push(words.text('__done__ of __total__', { done, total }));
  if (bytes && totalBytes) parts.push(`${Math.floor((100 * bytes) / totalBytes)} %`);
  if (bytes) parts.push(sizeIn(words, bytes));
  if (packets) parts.push(packetText(words, packets));
  if (bytes && bytesPerSecond >= 1) parts.push(`${sizeIn(words, bytesPerSecond)}/s`);
  const hasNumbers = parts.length > 0;
  if (running > 1) {
    const several = words.text('__number__ running', { number: running });
    parts.unshift(hasNumbers ? several : `${running} × ${words.text(step)}`);
  }
  if (waiting > 0) parts.push(words.text('__number__ waiting', { number: waiting }));
  // Alone, it is a key for the editor.
  if (parts.length === 0 && until === undefined) return step;
  if (!hasNumbers && running === 1) parts.push(stepText(words, step, until));
  return parts.join(', ');
}

function stepText(words: StatusWords, step: string, until: number | undefined): string {
  if (until === undefined) return words.text(step);
  const time = clockText(new Date(until).toISOString());
  return words.text('__step__ until __time__', { step: words.text(step), time });
}

/** The outcome in a few words, from the result's own JSON: yellow where a person should look at it. */
export function outcomeStatus(
  words: StatusWords,
  json: Record<string, unknown>,
  itemsProperty: string | undefined,
): RunStatus {
  const { resumeAt, skipped } = json;
  if (typeof resumeAt === 'string') {
    const text = words.text('buffer resumes at __time__', { time: clockText(resumeAt) });
    return { fill: 'yellow', shape: 'ring', text };
  }
  if (skipped === true) return { fill: 'grey', shape: 'dot', text: 'repeat skipped' };
  const text = outcomeText(words, json, itemsProperty);
  const isNotable = warningsIn(json) > 0 || text === SUSPENDED;
  return { fill: isNotable ? 'yellow' : 'green', shape: 'dot', text };
}

function warningsIn({ warnings }: Record<string, unknown>): number {
  return Array.isArray(warnings) ? warnings.length : 0;
}

/** The outcome of a poll: yellow while anything is active. */
export function pollStatus(
  words: StatusWords,
  { watched, active, skippedSeconds = 0 }: PollOutcome['summary'],
): RunStatus {
  const texts = [words.text('__watched__ watched, __active__ active', { watched, active })];
  if (skippedSeconds > 0) {
    texts.push(words.text('__number__ s skipped', { number: skippedSeconds }));
  }
  return { fill: active > 0 ? 'yellow' : 'green', shape: 'dot', text: texts.join(', ') };
}

/**
 * A status with the time of the next poll: `unreachable, next 14:05`.
 *
 * @param next milliseconds since 1970-01-01 UTC
 * @param pollSeconds below a minute, the time has its seconds
 */
export function withNextTime(
  words: StatusWords,
  status: RunStatus,
  next: number,
  pollSeconds: number,
): RunStatus {
  const clock = clockText(new Date(next).toISOString());
  const time = pollSeconds < 60 ? clock : clock.slice(0, -':00'.length);
  return {
    ...status,
    text: `${shownText(words, status.text)}, ${words.text('next __time__', { time })}`,
  };
}

/** As a part of a longer text, which the editor no longer finds in the catalogue. */
export function shownText(words: StatusWords, text: string): string {
  const isKey = /^[a-z ]+$/i.test(text);
  return isKey ? words.text(text) : text;
}

/** A time as the clock of this machine shows it, with its date if that is not today's. */
function clockText(iso: string, now = new Date()): string {
  const at = new Date(iso);
  // The Swedish form is ISO 8601 with a blank.
  const [date, time] = at.toLocaleString('sv').split(' ') as [string, string];
  return date === now.toLocaleString('sv').split(' ')[0] ? time : `${date} ${time}`;
}

function outcomeText(
  words: StatusWords,
  json: Record<string, unknown>,
  itemsProperty = '',
): string {
  const items = json[itemsProperty];
  if (Array.isArray(items)) return counted(words, items.length, itemWords(itemsProperty));
  const { packets, bytes } = json;
  if (packets === 0) return 'no packets';
  if (typeof packets !== 'number') {
    return typeof bytes === 'number' && bytes > 0 ? sizeIn(words, bytes) : stateText(words, json);
  }
  const text = packetText(words, packets);
  return typeof bytes === 'number' ? `${text}, ${sizeIn(words, bytes)}` : text;
}

/** Of a result without anything to count. Only what changes a buffer plans when it resumes. */
function stateText(words: StatusWords, json: Record<string, unknown>): string {
  if (json.suspended === true) return SUSPENDED;
  if (json.suspended === false && 'resumeAt' in json) return RESUMED;
  const warnings = warningsIn(json);
  return warnings > 0 ? counted(words, warnings, itemWords('warnings')) : 'done';
}

function packetText(words: StatusWords, packets: number): string {
  return counted(words, packets, itemWords('packets'));
}

function counted(words: StatusWords, number: number, [one, several]: [string, string]): string {
  return number === 1 ? words.text(one) : words.text(several, { number });
}

function sizeIn({ number }: StatusWords, bytes: number): string {
  return sizeText(bytes, number);
}
