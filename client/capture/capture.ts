import type { AllegroClient, CallOptions } from '../allegro-client';
import { isEndMarked } from '../http/body';
import { captureStream, type CaptureEnd } from './capture-stream';
import { captureSummary, type CaptureSummary } from './capture-summary';
import { notACapture, readHead } from './capture-head';
import { AllegroError } from '../errors';
import { captureFileName } from '../files/file-name';
import { liveWarnings } from './live-warnings';
import { extensionOf, sniffFormat, type CaptureFormat, type PcapLimits } from '../pcap';
import { encodeQuery } from '../http/query';
import type { Call, OpenAnswer, Place, Requester } from '../http/requester';
import { startAlarm } from '../http/time-limit';
import { toCaptureMicroseconds, type TimeSpan } from '../values/time';
import type { ByteStream } from '../http/transport';
import { checkWindow } from './window-check';

/** The limits that end a file at a packet border. */
export type CaptureLimits = PcapLimits;

/** What to capture, by the clock of the appliance. */
export interface CaptureWindow extends TimeSpan {
  /** How far the appliance's clock was ahead when the window was made, in seconds. */
  clockOffsetSeconds: number;
}

interface CommonRequest {
  /** Filter expression; empty for everything. */
  expression: string;
  limits: CaptureLimits;
  /** Whether more than the limits allow is an error, instead of the end of the file. */
  refuseBeyondLimits?: boolean;
  /** Bytes of each packet on layer 2 without frame check sequence; 65535 for all. */
  snapLength: number;
  /** Index of the ring buffer; 0 for the first. */
  ringBuffer: number;
  /** Begins the name of the file; empty for the usual one. */
  fileNamePrefix: string;
  /** Milliseconds without a byte after which a back-in-time capture counts as stalled. */
  idleLimit?: number;
  /** Milliseconds that a back-in-time capture may take in all. */
  totalLimit?: number;
  onProgress(bytes: number, packets: number): void;
}

/** Source: "Pcap extraction", the available parameters. */
export type CaptureRequest = CommonRequest &
  (
    | { source: 'ringBuffer'; window: CaptureWindow }
    | {
        source: 'live';
        durationSeconds: number;
        /** Aborted when somebody wants no more: the file ends there, and is whole. */
        finish?: AbortSignal;
      }
  );

/**
 * A capture on its way. Consume `stream` to its end, then await `finished`; both throw when the
 * capture turns out not to be whole, and then what was stored is worth nothing.
 */
export interface Capture {
  /** No byte came, which is how some captures without packets look. There is nothing to store. */
  isEmpty: boolean;
  fileName: string;
  mediaType: string;
  /** What was asked for: path and query as they were sent. The query has no `?` before it. */
  request: { method: string; path: string; query: string };
  stream: ByteStream;
  finished: Promise<CaptureSummary>;
  /** Lets go of the connection when the stream is not consumed to its end. */
  close(): void;
}

const MEDIA_TYPES: Record<CaptureFormat, string> = {
  pcap: 'application/vnd.tcpdump.pcap',
  pcapng: 'application/x-pcapng',
};

const CAPTURE = { method: 'GET', path: '/API/data/modules/capture', longTransfer: true } as const;
const RING_BUFFER_HEADERS_LIMIT = 120_000;
const RING_BUFFER_IDLE_LIMIT = 60_000;
const RING_BUFFER_TOTAL_LIMIT = 3_600_000;
/**
 * The appliance ends a live capture with the first packet after its end; on a quiet network none
 * comes. Then we end it, this many milliseconds later.
 */
const LIVE_GRACE = 2000;

/**
 * Opens a capture and reads as much of it as is needed to know what it is.
 *
 * @throws AllegroError `badAnswer` when what comes is no capture, and all that a request throws
 */
export async function capture(
  client: AllegroClient,
  requester: Requester,
  request: CaptureRequest,
  options: CallOptions,
): Promise<Capture> {
  // A live capture begins when it may be sent, not when it was asked for.
  const place = await requester.takePlace({ ...CAPTURE, signal: options.signal });
  try {
    const window = await windowOf(client, request, options);
    return await begin(client, requester, request, options, { place, window });
  } catch (error) {
    place();
    throw error;
  }
}

async function begin(
  client: AllegroClient,
  requester: Requester,
  request: CaptureRequest,
  options: CallOptions,
  { place, window }: { place: Place; window: CaptureWindow },
): Promise<Capture> {
  const isLive = request.source === 'live';
  const limit = isLive
    ? request.durationSeconds * 1000 + LIVE_GRACE
    : (request.totalLimit ?? RING_BUFFER_TOTAL_LIMIT);
  let lastFailure: AllegroError | undefined;
  const call: Call = {
    ...toCall(request, window, limit, options),
    place,
    onFailure: (error) => (lastFailure = error),
  };
  const startedAt = client.now();
  const stop = new AbortController();
  let ending: 'duration' | 'cancel' | undefined;
  const endBy = (what: 'duration' | 'cancel') => {
    ending ??= what;
    stop.abort(timeLimitError(requester.where(call), limit));
  };
  const alarm = startAlarm(requester.context, limit, () => endBy('duration'));
  const finish = isLive ? request.finish : undefined;
  const onFinish = () => endBy('cancel');
  finish?.addEventListener('abort', onFinish, { once: true });
  if (finish?.aborted) onFinish();
  /** A live capture is meant to end that way; for one from the buffer it is an error. */
  const endedHere = () => (isLive && !options.signal.aborted ? ending : undefined);
  const letGo = () => {
    alarm.cancel();
    finish?.removeEventListener('abort', onFinish);
    stop.abort();
  };
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const answer = await requester.open({ ...call, signal }).catch((error: unknown) => {
      if (!endedHere()) throw error;
      // After a try that failed, silence is no sign of a quiet network.
      if (lastFailure) throw lastFailure;
      return undefined;
    });
    const chunks = untilEndedHere(answer, endedHere);
    const head = await readHead(chunks);
    const sniffed = sniffFormat(head);
    if (sniffed.kind === 'other') throw await notACapture(head, chunks, requester.where(call));
    const format = extensionOf(sniffed) ?? 'pcap';
    const isEmpty = sniffed.kind === 'empty';
    const { stream, ended } = captureStream({
      head,
      chunks,
      limits: request.limits,
      refuseBeyondLimits: request.refuseBeyondLimits === true,
      where: requester.where(call),
      endedHere,
      // Less than the whole duration means that the appliance ended it.
      hasLasted: () => isLive && client.now() - startedAt >= leastDuration(request),
      onProgress: request.onProgress,
      onEnd: letGo,
    });
    const fileName = captureFileName({
      prefix: request.fileNamePrefix || undefined,
      device: client.baseUrl,
      filter: request.expression,
      startUs: window.startUs,
      endUs: window.endUs,
      extension: format,
    });
    const finished = ended.then(async (end: CaptureEnd) => {
      const endedAt = client.now();
      return captureSummary(end, {
        fileName: isEmpty ? null : fileName,
        source: request.source,
        expression: request.expression,
        window,
        device: client.baseUrl,
        mmId: options.address?.mmId,
        isEndMarked: isEndMarked(answer?.headers ?? {}),
        windowWarnings: isLive
          ? liveWarnings(end, {
              lateBy: answer && answer.sentAt - startedAt,
              earlyBy: startedAt + request.durationSeconds * 1000 - endedAt,
              lastFailure,
            })
          : await checkWindow({
              client,
              context: requester.context,
              options,
              file: end.file,
              window,
              expression: request.expression,
            }),
      });
    });
    // Whoever consumes the stream meets the same error there first.
    finished.catch(() => undefined);
    if (isEmpty) for await (const _ of stream);
    const { method, path, query = {} } = call;
    const sent = { method, path, query: encodeQuery(query).replace(/^\?/, '') };
    const mediaType = MEDIA_TYPES[format];
    return { isEmpty, fileName, mediaType, request: sent, stream, finished, close: letGo };
  } catch (error) {
    letGo();
    throw error;
  }
}

async function windowOf(
  client: AllegroClient,
  request: CaptureRequest,
  options: CallOptions,
): Promise<CaptureWindow> {
  if (request.source === 'ringBuffer') return request.window;
  const { milliseconds, offsetSeconds } = await client.time(options);
  const startUs = Math.round(milliseconds * 1000);
  const endUs = startUs + Math.round(request.durationSeconds * 1e6);
  return { startUs, endUs, clockOffsetSeconds: offsetSeconds };
}

function toCall(
  request: CaptureRequest,
  window: CaptureWindow,
  limit: number,
  options: CallOptions,
): Call {
  const isLive = request.source === 'live';
  const { start, end } = toCaptureMicroseconds(window);
  return {
    ...CAPTURE,
    query: {
      // A live capture starts now, which is what the appliance takes when nothing is said.
      startTime: isLive ? undefined : start,
      endTime: end,
      expression: request.expression,
      snapPacketLength: request.snapLength,
      // Its default is not documented, so it is always said.
      fromCaptureBuffer: !isLive,
      captureBufferSlotId: isLive ? undefined : request.ringBuffer,
      'mm-id': options.address?.mmId,
    },
    signal: options.signal,
    // Quiet is normal in a live capture, before its first byte too; its own end bounds it.
    headersLimit: isLive ? limit * 2 : RING_BUFFER_HEADERS_LIMIT,
    idleLimit: isLive ? limit * 2 : (request.idleLimit ?? RING_BUFFER_IDLE_LIMIT),
  };
}

/** Milliseconds; the clock that gave the end may count whole seconds. */
function leastDuration({ durationSeconds }: { durationSeconds: number }): number {
  return durationSeconds * 1000 - Math.min(1000, durationSeconds * 500);
}

async function* untilEndedHere(
  answer: OpenAnswer | undefined,
  endedHere: () => unknown,
): AsyncGenerator<Uint8Array> {
  if (answer === undefined) return;
  try {
    yield* answer.body;
  } catch (error) {
    if (!endedHere()) throw error;
  }
}

function timeLimitError(where: OpenAnswer['where'], limit: number): AllegroError {
  return new AllegroError({
    ...where,
    kind: 'timeout',
    what: `The capture was not finished after ${Math.round(limit / 1000)} s.`,
    advice:
      'What arrived was discarded, because it is not whole. Ask for a shorter window, a narrower filter or a smaller size, or raise the time limit.',
    canRetry: true,
  });
}
