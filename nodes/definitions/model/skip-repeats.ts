import { createHash } from 'node:crypto';
import { REPEAT_FIELDS } from '../fields/repeat-fields';
import type { ApplianceNode } from './define-node';
import type { FieldValues, ValuesOf } from './field-values';
import type { RunContext } from './run-context';
import type { RunResult } from './run-result';
import { say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** What was captured for a key. */
interface Done extends Record<string, unknown> {
  /** Milliseconds since 1970 by this machine's clock; repeats are skipped until then. */
  until: number;
  /** When the capture ended, ISO 8601. */
  at: string;
  /** One for each device, with what a later step needs to find the file. */
  captures: Array<Record<string, unknown>>;
}

/** What one node remembers in this process. */
interface Memory {
  done: Map<string, Done>;
  /** When the captures ended whose results were lost: another run may have saved them before. */
  forgotten: Map<string, Done['at']>;
  /** Captures that are being made; never reject. */
  running: Map<string, Promise<void>>;
  /** Captures of runs that may still lose them. */
  unsettled: Map<string, Unsettled>;
  /** Writes one after the other. Never rejects. */
  saving: Promise<void>;
}

interface Unsettled {
  /** That of the run which has made the capture. */
  repeats: RunContext['repeats'];
  /** When the run has ended; never rejects. */
  end: Promise<void>;
}

/** More keys than this are forgotten, the oldest first. */
const MAX_KEYS = 1000;
const MAX_CAPTURES = 64;
const MAX_KEY_LENGTH = 200;
const CLOCK_TOLERANCE_MS = 60_000;

/** By workflow and node. */
const memories = new Map<string, Memory>();

/**
 * Runs a node unless it has captured for the same key already. A repeat that comes while the first
 * capture is still being made waits for it, and takes over if that fails: a capture counts only once
 * all of its results are stored, and no longer when the host loses them; where the host may do so until
 * the end of a run, another run waits for that.
 *
 * @param run makes the capture; what it yields is stored
 * @param store for the result that says what was skipped
 */
export async function* skipRepeats<T extends Pick<RunResult, 'json'>>(
  { name, takesEach }: ApplianceNode,
  context: RunContext,
  values: FieldValues,
  run: () => AsyncGenerator<T>,
  store: (result: RunResult) => Promise<T>,
): AsyncGenerator<T> {
  if (values.skipRepeats !== true) {
    yield* run();
    return;
  }
  const { repeatMinutes } = values as ValuesOf<typeof REPEAT_FIELDS>;
  const memory = memoryOf(context);
  const key = `${name} ${keyOf(context, values, takesEach?.identity)}`;
  for (let end; (end = memory.running.get(key) ?? endOfOther(memory, context, key));) {
    context.progress({ step: 'waiting' });
    await endOf(end, context.signal);
  }
  let end: () => void = () => undefined;
  memory.running.set(key, new Promise((resolve) => (end = resolve)));
  try {
    await recall(memory, context);
    const before = memory.done.get(key);
    if (before && !isOthers(memory, context, key)) {
      yield await store({ json: skippedJson(context, values, before) });
      return;
    }
    const captures: Done['captures'] = [];
    let isAllDone = true;
    for await (const stored of run()) {
      if (stored.json.error !== undefined) isAllDone = false;
      else if (captures.length < MAX_CAPTURES) captures.push(factsOf(stored.json));
      yield stored;
    }
    if (isAllDone) await remember(memory, context, key, { captures, minutes: repeatMinutes });
  } finally {
    memory.running.delete(key);
    end();
  }
}

function memoryOf({ origin }: RunContext): Memory {
  const id = `${origin.workflow.id ?? ''}:${origin.node.id}`;
  const memory: Memory = memories.get(id) ?? {
    ...{ done: new Map(), forgotten: new Map(), running: new Map(), unsettled: new Map() },
    saving: Promise.resolve(),
  };
  memories.set(id, memory);
  return memory;
}

/** Whether the capture for a key is of another run, which may still lose it. */
function isOthers({ unsettled }: Memory, { repeats }: RunContext, key: string): boolean {
  const found = unsettled.get(key);
  return found !== undefined && found.repeats !== repeats;
}

/**
 * What to wait for before a capture of another run can be relied on. A run that others may wait for
 * does not wait itself, or two would wait for each other: it captures once more.
 */
function endOfOther(memory: Memory, context: RunContext, key: string): Promise<void> | undefined {
  const holds = [...memory.unsettled.values()].some(({ repeats }) => repeats === context.repeats);
  return isOthers(memory, context, key) && !holds ? memory.unsettled.get(key)!.end : undefined;
}

/** Rejects with the signal's reason. */
async function endOf(running: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (onAbort = resolve));
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([running, aborted]);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
}

/**
 * What the person says they have in common, on the same devices; else all that decides about the
 * packets. The elements of a list share an alert, and are no repeats of each other.
 */
function keyOf(
  { client }: RunContext,
  values: FieldValues,
  identity: readonly string[] = [],
): string {
  const { repeatKey, deviceScope, device, deviceList } = values;
  const own = asText(repeatKey).trim();
  const same = own
    ? [own, deviceScope, device, deviceList, ...identity.map((name) => values[name])]
    : Object.entries(values).filter(([name]) => !SAYS_NOTHING.includes(name));
  const facts = JSON.stringify([client.baseUrl, ...same]);
  const hash = createHash('sha256').update(facts).digest('hex').slice(0, 32);
  return own ? `${own.slice(0, MAX_KEY_LENGTH)} ${hash}` : hash;
}

/** Values that do not say which packets. */
const SAYS_NOTHING = [...REPEAT_FIELDS.map(({ name }): string => name), 'fileNamePrefix'];

/** Takes up what the host has kept, and forgets what is over. */
async function recall(memory: Memory, { client, repeats, log }: RunContext): Promise<void> {
  const kept = await repeats?.load().catch((error: unknown) => {
    // A capture too many is better than none.
    log.warn(say`What was captured before cannot be read for Skip Repeats: ${asText(error)}`);
  });
  for (const [key, done] of entriesOf(kept)) {
    if (memory.forgotten.get(key) === done.at) continue;
    if (!memory.done.has(key)) memory.done.set(key, done);
  }
  const now = client.now();
  for (const [key, { at, until }] of memory.done) {
    // What ended after now was noted by a clock that has been set back since: it may be far off.
    const isByThisClock = Date.parse(at) <= now + CLOCK_TOLERANCE_MS;
    if (until <= now || !isByThisClock) memory.done.delete(key);
  }
}

/** Those that are whole: what was kept may come from a file that somebody edited. */
function entriesOf(kept: unknown): Array<[string, Done]> {
  if (typeof kept !== 'object' || kept === null) return [];
  return Object.entries(kept as Record<string, Partial<Done> | null>).filter(
    (entry): entry is [string, Done] =>
      typeof entry[1]?.until === 'number' &&
      // The last moment that a Date can be.
      entry[1].until <= 8.64e15 &&
      Array.isArray(entry[1].captures),
  );
}

async function remember(
  memory: Memory,
  context: RunContext,
  key: string,
  { captures, minutes }: { captures: Done['captures']; minutes: number },
): Promise<void> {
  const now = context.client.now();
  const done = { until: now + minutes * 60_000, at: new Date(now).toISOString(), captures };
  setLast(memory.done, key, done);
  memory.forgotten.delete(key);
  await save(memory, context);
  const { repeats } = context;
  if (!repeats?.remembered) return;
  let settle: () => void = () => undefined;
  const unsettled = { repeats, end: new Promise<void>((resolve) => (settle = resolve)) };
  memory.unsettled.set(key, unsettled);
  repeats.remembered(async (isKept) => {
    if (memory.unsettled.get(key) === unsettled) memory.unsettled.delete(key);
    if (!isKept && memory.done.get(key) === done) {
      memory.done.delete(key);
      setLast(memory.forgotten, key, done.at);
      await save(memory, context);
    }
    settle();
  });
}

/** The oldest of too many keys goes. */
function setLast<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= MAX_KEYS) break;
    map.delete(oldest);
  }
}

/** Never rejects. */
async function save(memory: Memory, { repeats, log }: RunContext): Promise<void> {
  memory.saving = memory.saving.then(() =>
    repeats?.save(Object.fromEntries(memory.done)).catch((error: unknown) => {
      // The capture is there; only after a restart would a repeat be captured again.
      log.warn(say`What was captured cannot be kept for Skip Repeats: ${asText(error)}`);
    }),
  );
  await memory.saving;
}

const FACTS = [
  ...['deviceId', 'fileName', 'path', 'packets', 'bytes', 'sha256'],
  ...['expression', 'coveredWindow'],
];

function factsOf(json: RunResult['json']): Record<string, unknown> {
  const known = FACTS.filter((name) => json[name] !== undefined && json[name] !== null);
  const facts = Object.fromEntries(known.map((name) => [name, json[name]]));
  if (!Array.isArray(json.files)) return facts;
  const files = json.files.slice(0, MAX_CAPTURES) as Array<{ fileName?: unknown }>;
  return { ...facts, files: files.map(({ fileName }) => fileName) };
}

function skippedJson(
  { client }: RunContext,
  { repeatKey, device }: FieldValues,
  { at, until, captures }: Done,
): RunResult['json'] {
  return {
    skipped: true,
    repeatKey: repeatKey === '' ? null : repeatKey,
    capturedAt: at,
    skippedUntil: new Date(until).toISOString(),
    captures,
    device: client.baseUrl,
    mmId: device === '' ? undefined : device,
    warnings: [],
  };
}
