import { AllegroError } from '../../../client';
import type { CaptureRequest } from '../../../client/capture';
import type { CaptureSummary } from '../../../client/capture-summary';
import type { ByteStream } from '../../../client/transport';
import type { ResultParts, RunContext, RunResult } from '../definition';
import type { FieldValues } from '../field';
import { readAddress } from './address';
import { captureParts, readSplitLimits } from './capture-parts';
import { EVIDENCE_COMPANION, evidenceFiles, evidenceOf, type EvidenceFile } from './evidence';

/** What a node does around a capture, besides capturing. */
export interface CaptureFrame {
  /** Called once, as soon as the last byte was read or the reading ended for another reason. */
  onStreamEnd(): void;
  /** What the result holds besides the capture's own facts; called when those are known. */
  facts(): Promise<Record<string, unknown> & { warnings: string[] }>;
}

/**
 * Captures, and yields the one result that it gives: a file, several files, or none where no byte
 * came. Every node that captures does it this way, so that all results read alike.
 *
 * @throws AllegroError as {@link AllegroClient.capture} does; `notFound` for a capture without
 *   packets where the fields say that this is an error
 */
export async function* captureResults(
  context: RunContext,
  values: FieldValues,
  request: CaptureRequest,
  frame?: CaptureFrame,
): AsyncGenerator<RunResult> {
  const { client, origin } = context;
  const startedAt = client.now();
  const options = { signal: context.signal, address: readAddress(values) };
  const capture = await client.capture(request, options);
  const { fileName, mediaType } = capture;
  const stream = frame ? tellEnd(capture.stream, frame) : capture.stream;
  const evidenceFor = (summary: CaptureSummary, files: EvidenceFile[]) => {
    if (summary.packets === 0 && values.emptyIsError) throw emptyError(request, context);
    const facts = { origin, request: capture.request, startedAt, endedAt: client.now(), files };
    return evidenceOf(summary, facts);
  };
  const companion = values.evidenceFile ? EVIDENCE_COMPANION : undefined;
  const split = readSplitLimits(values);
  try {
    if (split && !capture.isEmpty) {
      const parts = captureParts({ ...capture, stream }, split, evidenceFor, companion);
      yield { json: { fileName }, parts: frame ? framedParts(parts, frame) : parts };
      return;
    }
    const finished = capture.finished.then(async (summary) => {
      const json = { ...summary, evidence: evidenceFor(summary, evidenceFiles(summary)) };
      return frame ? withFacts(json, await frame.facts()) : json;
    });
    // The host awaits it after the stream; until then a rejection must not count as unhandled.
    finished.catch(() => undefined);
    const file = { name: fileName, mediaType, stream, finished, companion };
    yield capture.isEmpty ? { json: await finished } : { json: { fileName }, file };
  } finally {
    capture.close();
  }
}

async function* tellEnd(stream: ByteStream, frame: CaptureFrame): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } finally {
    frame.onStreamEnd();
  }
}

function framedParts(parts: ResultParts, frame: CaptureFrame): ResultParts {
  return { ...parts, finish: async () => withFacts(await parts.finish(), await frame.facts()) };
}

/** The facts stand in the result and in the record, because both are read without the other. */
function withFacts(
  json: Record<string, unknown>,
  { warnings, ...facts }: Awaited<ReturnType<CaptureFrame['facts']>>,
): Record<string, unknown> {
  const all = [...((json.warnings as string[] | undefined) ?? []), ...warnings];
  const evidence = json.evidence as Record<string, unknown>;
  return {
    ...json,
    ...facts,
    warnings: all,
    evidence: { ...evidence, ringBuffer: facts, warnings: all },
  };
}

function emptyError({ expression }: CaptureRequest, { client }: RunContext): AllegroError {
  return new AllegroError({
    kind: 'notFound',
    device: client.baseUrl,
    what: `No packets: nothing in the window fits "${expression || 'everything'}".`,
    advice:
      'Check the filter and the time zone of the window, and whether the ring buffer still holds that time.',
  });
}
