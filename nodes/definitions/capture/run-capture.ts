import { AllegroError, inputError, type CallOptions } from '../../../client';
import type { Capture } from '../../../client/capture/capture';
import type { CaptureLimits, CaptureRequest } from '../../../client/capture/capture-request';
import type { CaptureSummary } from '../../../client/capture/capture-summary';
import type { ByteStream } from '../../../client/http/transport';
import { WAITING_STEP, type LocalContext, type RunContext } from '../model/run-context';
import type { ResultParts, RunResult } from '../model/run-result';
import type { StoredCapture } from '../../../client/capture/stored-capture';
import {
  captureFileFields,
  EVIDENCE_FIELD_NAME,
  LIMIT_FIELDS,
  SUMMARY_FIELD_NAME,
} from '../fields/capture-fields';
import type { ConnectionScope } from '../fields/connection-scope';
import type { Field } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { readAddress } from '../fields/address';
import { CaptureSummarizer } from './capture-summarizer';
import { captureParts, readSplitLimits, type CaptureParts } from './capture-parts';
import {
  evidenceFiles,
  evidenceOf,
  EVIDENCE_SIDECAR,
  type Evidence,
  type EvidenceFile,
} from './evidence';
import { formText, say, type Sentence } from '../../../client/values/sentence';

type Json = Record<string, unknown>;

/** Values of the fields that every node which captures has. */
type CaptureValues = ValuesOf<typeof LIMIT_FIELDS> & ValuesOf<ReturnType<typeof captureFileFields>>;

/** A request with what its filter came to, where that depends on what was known. */
export type ScopedRequest = CaptureRequest & { scope?: ConnectionScope };

/** What a node does around a capture, besides capturing. */
export interface CaptureHooks {
  /** Called once, as soon as the last byte was read or the reading ended for another reason. */
  onStreamEnd(): void;
  /** What the result holds besides the capture's own facts; called when those are known. */
  facts(): Promise<Json & { warnings: Sentence[] }>;
}

/**
 * Captures, and makes of it one result: a file or several, with their evidence. What every node that
 * captures does; `values` are those of the capture's fields.
 */
export async function* runCapture(
  context: RunContext,
  values: CaptureValues & { device: string },
  readRequest: () => Promise<ScopedRequest>,
  hooks?: CaptureHooks,
): AsyncGenerator<RunResult> {
  const { client, origin } = context;
  checkFileFields(context, values);
  const startedAt = client.now();
  const request = await readRequest();
  const options = {
    signal: context.signal,
    address: readAddress(values),
    onWait: (until?: number) => context.progress({ step: WAITING_STEP, until }),
  };
  if (values.saveTo === 'appliance') {
    const json = await storeCapture(client.captureToStorage(request, options), hooks);
    yield { json: withScope(json, request) };
    return;
  }
  const capture = await captureWithScope(context, request, options);
  const { fileName, mediaType } = capture;
  const summarizer = values.summary === 'none' ? undefined : new CaptureSummarizer(values.summary);
  const told = hooks ? tellEnd(capture.stream, hooks) : capture.stream;
  const stream = summarizer ? summarizer.watch(told) : told;
  /** @param name null where there is no file */
  const summaryOf = (name: string | null, sha256: string | null) =>
    summarizer ? { summary: summarizer.json(name, sha256) } : {};
  const evidenceFor = (summary: CaptureSummary, files: EvidenceFile[]) => {
    if (summary.packets === 0 && values.emptyIsError) throw emptyError(request, context);
    const facts = { origin, request: capture.request, startedAt, endedAt: client.now(), files };
    return evidenceOf(summary, facts);
  };
  const sidecar = values.evidenceFile ? EVIDENCE_SIDECAR : undefined;
  const split = readSplitLimits(values);
  try {
    if (split && !capture.isEmpty) {
      const parts = captureParts({ ...capture, stream }, split, evidenceFor, sidecar);
      const { finish } = parts;
      parts.finish = async () => ({ ...(await finish()), ...summaryOf(fileName, null) });
      yield { json: { fileName }, parts: hooks ? partsWithFacts(parts, hooks) : parts };
      return;
    }
    const finished = capture.finished.then(async (summary) => {
      const evidence = evidenceFor(summary, evidenceFiles(summary));
      const json = { ...summary, ...summaryOf(summary.fileName, summary.sha256), evidence };
      return hooks ? withFacts(json, await hooks.facts()) : json;
    });
    // The host awaits it after the stream; until then a rejection must not count as unhandled.
    finished.catch(() => undefined);
    const file = { name: fileName, mediaType, stream, finished, sidecar };
    yield capture.isEmpty ? { json: await finished } : { json: { fileName }, file };
  } finally {
    capture.close();
  }
}

async function captureWithScope(
  { client }: RunContext,
  request: ScopedRequest,
  options: CallOptions,
): Promise<Capture> {
  const capture = await client.capture(request, options);
  const finished = capture.finished.then((summary) => withScope(summary, request));
  finished.catch(() => undefined);
  return { ...capture, finished };
}

/** What the filter came to stands beside the filter. */
function withScope<T extends object>(json: T, { scope }: ScopedRequest): T & { scope?: string } {
  return scope === undefined ? json : { ...json, scope };
}

/** There is no stream to wait for; what the appliance answers is all that is known. */
async function storeCapture(
  storing: Promise<StoredCapture>,
  hooks: CaptureHooks | undefined,
): Promise<Json> {
  const json = await storing.finally(() => hooks?.onStreamEnd());
  if (!hooks) return json;
  const { warnings, ...facts } = await hooks.facts();
  return { ...json, ...facts, warnings: [...json.warnings, STORED_WHILE_RECORDING, ...warnings] };
}

const STORED_WHILE_RECORDING = say`The ring buffer was resumed as soon as the appliance had answered; whether it was still storing is not known.`;

/**
 * Refuses fields that say something of the file which cannot be. To be called before any request.
 *
 * @throws AllegroError `input`, naming the field
 */
export function checkFileFields(context: LocalContext, values: CaptureValues): void {
  if (values.saveTo === 'appliance') refuseStreamFields(values);
  else refuseLargeFile(context, values);
}

/** What does not apply where the appliance stores the capture, unless it is at its default. */
function refuseStreamFields(values: CaptureValues): void {
  const found = CAPTURE_FILE_FIELDS.find(
    ({ name, default: usual }) =>
      STREAM_FIELDS.has(name) && ![usual, 0].includes(values[name as keyof CaptureValues]),
  );
  if (!found) return;
  throw inputError(
    found.name,
    say`"${formText(found.label)}" does not apply to a capture that the appliance stores.`,
    say`Set it back to its default, or set "Save To" to "Download".`,
  );
}

const CAPTURE_FILE_FIELDS: readonly Field[] = [...LIMIT_FIELDS, ...captureFileFields()];
/** What needs the packets to pass through this machine, or the file to be here. */
const STREAM_FIELDS = new Set([
  'maxMegabytes',
  'maxPackets',
  'limitAction',
  'splitMegabytes',
  'splitPackets',
  'emptyIsError',
  'fileNamePrefix',
  EVIDENCE_FIELD_NAME,
  SUMMARY_FIELD_NAME,
]);

/** A file that the host may not be able to keep. */
function refuseLargeFile(
  { maxFileBytes = Infinity }: LocalContext,
  { maxMegabytes, splitMegabytes }: CaptureValues,
): void {
  // 0 stands for no limit.
  const bytes = Math.min(...[maxMegabytes, splitMegabytes].map((limit) => limit * 1e6 || Infinity));
  if (bytes <= maxFileBytes) return;
  throw inputError(
    splitMegabytes > 0 ? 'splitMegabytes' : 'maxMegabytes',
    say`The file of this capture may be larger than the ${Math.floor(maxFileBytes / 1e6)} MB that can be stored here.`,
    say`Set "Size Limit" or "Split at Size" to less, such as 100 MB.`,
  );
}

async function* tellEnd(stream: ByteStream, hooks: CaptureHooks): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } finally {
    hooks.onStreamEnd();
  }
}

function partsWithFacts(parts: CaptureParts, hooks: CaptureHooks): ResultParts {
  return { ...parts, finish: async () => withFacts(await parts.finish(), await hooks.facts()) };
}

/** The facts stand in the result and in the record, because both are read without the other. */
function withFacts(
  json: Json & { evidence: Evidence; warnings: Sentence[] },
  { warnings, ...facts }: Awaited<ReturnType<CaptureHooks['facts']>>,
): Json {
  const all = [...json.warnings, ...warnings];
  const evidence = { ...json.evidence, ringBuffer: facts, warnings: all };
  return { ...json, ...facts, warnings: all, evidence };
}

/** The part of a request that says neither which packets nor when. */
export function captureSettings(
  context: RunContext,
  values: CaptureValues,
  expression: string,
): Omit<CaptureRequest, 'source' | 'window' | 'durationSeconds'> {
  return {
    expression,
    limits: readLimits(values),
    refuseBeyondLimits: values.limitAction === 'refuse',
    snapLength: values.snapLength,
    ringBuffer: values.ringBuffer,
    fileNamePrefix: values.fileNamePrefix,
    onProgress: (bytes, packets) => context.progress({ step: 'capturing', bytes, packets }),
  };
}

/** How long a transfer from a ring buffer may take, in milliseconds. */
export function ringBufferSettings({
  idleSeconds,
  totalSeconds,
}: CaptureValues): Pick<CaptureRequest, 'idleLimit' | 'totalLimit'> {
  return { idleLimit: idleSeconds * 1000, totalLimit: totalSeconds * 1000 };
}

export function readLimits({ maxMegabytes, maxPackets }: CaptureValues): CaptureLimits {
  // 0 stands for no limit.
  return {
    maxBytes: Math.floor(maxMegabytes * 1e6) || undefined,
    maxPackets: maxPackets || undefined,
  };
}

function emptyError({ expression }: CaptureRequest, { client }: RunContext): AllegroError {
  return new AllegroError({
    kind: 'notFound',
    device: client.baseUrl,
    what: say`No packets: nothing in the window matches "${expression || say`all traffic`}".`,
    advice: say`Check the filter, the time zone, and how far back the ring buffer reaches.`,
  });
}
