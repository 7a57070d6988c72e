import type { Api, CallOptions } from '../api/api';
import { UPLOAD_FILE, UPLOAD_INIT, UPLOAD_START } from '../api/paths';
import { deviceOf, slotAddress } from '../values/device-slot';
import { AllegroError, inputError, quoteAnswer } from '../errors';
import { SlotProbe } from '../devices/slots';
import { readHead } from '../files/verified-stream';
import { captureUploadBody, randomBoundary, type FileToSend } from '../http/multipart';
import {
  describeLookAlike,
  MAGIC_LENGTH,
  PcapWalker,
  sniffFormat,
  type PcapSummary,
} from '../pcap';
import type { OpenAnswer } from '../http/call';
import { say, sentences, type Sentence } from '../values/sentence';
import { toNumber } from '../values/loose-value';
import { asText } from '../values/text';

export interface UploadRequest {
  file: FileToSend;
  /** Wanted analysis slot; 1 is the first. The appliance may give another one. */
  slot: number;
  /** Replace what is in the slot, rather than refuse when it is taken. */
  replaceSlot: boolean;
  /** Keep the packets in a temporary ring buffer, so that captures from the slot work. */
  keepPackets: boolean;
  /** Go on although the upload may reset the live statistics. */
  allowReplacingLiveData: boolean;
  onProgress(bytes: number): void;
}

export interface Upload {
  /** Where the statistics of the upload are: goes into the device field of the other nodes. */
  mmId: string;
  /** The one that the appliance gave. */
  slot: number;
  /** What our own walk over the file found while it was sent. */
  file: PcapSummary;
  /** What the appliance said to the last step, JSON or text; its form is not documented. */
  answer: unknown;
  warnings: Sentence[];
}

/**
 * Uploads a capture file in the three documented steps: initialise, start the analysis, send.
 * Before the first of them it makes sure that the file is a capture and that live data stays.
 * Source: "Pcap upload and analysis".
 *
 * @throws AllegroError `input` for a file that is not a capture; `refused` where live data would be
 *   lost; `permission` where the login cannot see that; `busy` for a slot that is taken; `incomplete` when the source has another size than said
 */
export async function upload(
  api: Api,
  request: UploadRequest,
  options: CallOptions,
): Promise<Upload> {
  const { file } = request;
  await checkIsCapture(file);
  const device = deviceOf(options.address?.mmId);
  if (!request.allowReplacingLiveData)
    await checkLiveDataIsSafe(api, request.slot, device, options);

  const { signal } = options;
  const toDevice = { signal, address: { mmId: device || undefined } };
  const announced = await api.post(
    UPLOAD_INIT,
    {
      fileName: file.name,
      fileSize: file.size,
      replaySlotID: request.slot,
      forceSlotID: request.replaceSlot,
      useReplayBuffer: request.keepPackets,
    },
    toDevice,
  );
  const slot = slotWithin(announced) ?? request.slot;
  if (slot === 0 && !request.allowReplacingLiveData) {
    throw liveDataError(say`The appliance assigned the slot of the live traffic`, api.baseUrl);
  }
  const mmId = slotAddress(device, slot);
  try {
    await api.post(UPLOAD_START, { command: 'start' }, { signal, address: { mmId } });
    const { answer, summary } = await send(api, request, slot, toDevice);
    const warnings = warningsFor(summary, request.slot, slot);
    return { mmId, slot, file: summary, answer, warnings };
  } catch (error) {
    throw error instanceof AllegroError ? reservedError(error, slot) : error;
  }
}

async function send(
  api: Api,
  { file, onProgress }: UploadRequest,
  slot: number,
  options: CallOptions,
): Promise<{ answer: unknown; summary: PcapSummary }> {
  const walker = new PcapWalker();
  let sourceError: unknown;
  let sentBytes = 0;
  const body = captureUploadBody(
    file,
    randomBoundary(() => api.context.random()),
    (chunk, sent) => {
      walker.write(chunk);
      sentBytes = sent;
      onProgress(sent);
    },
    (sent) => wrongSizeError(file, sent),
    (error) => (sourceError = error),
  );
  try {
    const { text, value, ...answer } = await api.command(
      {
        method: 'POST',
        path: UPLOAD_FILE,
        query: { replaySlotID: slot },
        body,
        // The answer comes when the file has arrived and been taken in.
        headersLimit: UPLOAD_SILENCE_LIMIT,
        longTransfer: true,
      },
      options,
    );
    if (sentBytes < file.size) throw earlyAnswerError(file, sentBytes, answer, text);
    return { answer: value, summary: walker.end() };
  } catch (error) {
    throw sourceError === undefined ? error : asSourceError(file, sourceError);
  }
}

/** Five minutes without taking a piece of the file, or after the last piece without an answer. */
const UPLOAD_SILENCE_LIMIT = 300_000;

async function checkIsCapture(file: FileToSend): Promise<void> {
  if (file.size === 0) throw notACapture(file, say`it is empty`);
  const source = (await file.open())[Symbol.asyncIterator]();
  const head = await readHead(source, MAGIC_LENGTH);
  await source.return?.();
  const sniffed = sniffFormat(head);
  if (sniffed.kind === 'pcap' || sniffed.kind === 'pcapng') return;
  throw notACapture(
    file,
    sniffed.kind === 'other' ? describeLookAlike(sniffed.looksLike) : say`it is too short`,
  );
}

function notACapture({ name }: FileToSend, why: Sentence): AllegroError {
  return inputError(
    'file',
    say`"${name}" is not a capture file: ${why}.`,
    say`Upload a pcap or pcapng file. Unpack compressed files first.`,
  );
}

/**
 * With parallel analysis switched off, an upload resets all live statistics and, in bridge mode,
 * stops forwarding. The API page names no way to ask for that setting; where the slot exists, there
 * is parallel analysis.
 */
async function checkLiveDataIsSafe(
  api: Api,
  slot: number,
  device: string,
  { signal }: CallOptions,
): Promise<void> {
  if (slot === 0) throw liveDataError(say`Slot 0 is the live traffic`, api.baseUrl);
  const state = await new SlotProbe(api, device, signal).stateOf(slot).catch((error: unknown) => {
    const isDenied = error instanceof AllegroError && error.kind === 'permission';
    throw isDenied ? deniedError(error, slot) : error;
  });
  if (state === 'missing')
    throw liveDataError(say`Analysis slot ${slot} does not answer`, api.baseUrl);
  if (state === 'unknown') {
    const why = say`The answers of the appliance do not show whether analysis slot ${slot} exists`;
    throw liveDataError(why, api.baseUrl);
  }
}

function liveDataError(why: Sentence, device: string): AllegroError {
  return new AllegroError({
    kind: 'refused',
    device,
    what: say`${why}, so that an upload may replace the live data: nothing was uploaded.`,
    advice: say`Enable parallel PCAP analysis in the global settings of the appliance, or choose another slot. To upload anyway, allow replacing live data: all live statistics are then lost, and in bridge mode forwarding stops.`,
  });
}

function deniedError(error: AllegroError, slot: number): AllegroError {
  return new AllegroError({
    ...error,
    what: say`Permission denied (HTTP ${error.status!}): this login may not read what shows whether analysis slot ${slot} exists. Nothing was uploaded.`,
    advice: say`Give it read access to statistics in addition to the admin role. To upload without this check, allow replacing live data: all live statistics may then be lost.`,
    cause: error,
  });
}

/** The slot that the appliance says it gave, as a whole number; nothing where it does not say. */
function slotWithin(answer: unknown): number | undefined {
  const { replaySlotID } = (answer ?? {}) as { replaySlotID?: unknown };
  return /^\d{1,4}$/.test(asText(replaySlotID)) ? toNumber(replaySlotID) : undefined;
}

/** The same error; says what is left of an upload that was announced. The API names no way to undo it. */
function reservedError(error: AllegroError, slot: number): AllegroError {
  return new AllegroError({
    ...error,
    what: error.sentences.what,
    advice: sentences(
      error.sentences.advice,
      say`Analysis slot ${slot} may stay reserved: close it on the dashboard of the appliance, or upload to it again with "Replace".`,
    ),
    cause: error.cause,
  });
}

function wrongSizeError({ name, size }: FileToSend, sent: number): AllegroError {
  return new AllegroError({
    kind: 'incomplete',
    what:
      sent > size
        ? say`"${name}" should have ${size} [byte|bytes], but more were read.`
        : say`"${name}" should have ${size} [byte|bytes], but only ${sent} were read.`,
    advice: say`It changed while it was read. Upload it again once it is complete.`,
    canRetry: true,
  });
}

function earlyAnswerError(
  { name, size }: FileToSend,
  sent: number,
  { status, requestInfo }: Pick<OpenAnswer, 'status' | 'requestInfo'>,
  text: string,
): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    status,
    what: say`The appliance answered when only ${sent} of the ${size} [byte|bytes] of "${name}" had been sent.`,
    advice: say`What it has of the file is incomplete. Upload it again; if the problem persists, check proxies, and free space on the appliance.`,
    canRetry: true,
    answer: quoteAnswer(text, requestInfo) || undefined,
  });
}

function asSourceError({ name }: FileToSend, cause: unknown): AllegroError {
  if (cause instanceof AllegroError) return cause;
  return new AllegroError({
    kind: 'incomplete',
    what: say`"${name}" could not be read completely (${cause instanceof Error ? cause.message : asText(cause)}).`,
    advice: say`Make sure that the file exists and is readable, then upload it again.`,
    canRetry: true,
    cause,
  });
}

function warningsFor({ fault }: PcapSummary, wanted: number, slot: number): Sentence[] {
  const warnings: Sentence[] = [];
  if (slot !== wanted) {
    warnings.push(
      say`The appliance assigned slot ${slot} instead of slot ${wanted}; the file is in slot ${slot}.`,
    );
  }
  if (fault !== undefined) {
    warnings.push(say`The file is incomplete: ${fault.message} The packets before that were sent.`);
  }
  return warnings;
}
