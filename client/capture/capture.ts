import type { Api, ApiCall, CallOptions } from '../api/api';
import { isEndMarked } from '../http/body';
import {
  captureCall,
  CAPTURE_CALL,
  timeLimitOf,
  type CaptureRequest,
  type CaptureWindow,
} from './capture-request';
import { captureStream, type CaptureEnd } from './capture-stream';
import { captureSummary, type CaptureSummary } from './capture-summary';
import { notACapture, readHead } from './capture-head';
import { AllegroError, type RequestInfo } from '../errors';
import { captureFileName } from '../files/file-name';
import { liveWarnings } from './live-warnings';
import { extensionOf, sniffFormat, type CaptureFormat } from '../pcap';
import type { OpenAnswer, Permit } from '../http/requester';
import { startTimeout } from '../http/time-limit';
import type { ByteStream } from '../http/transport';
import { checkWindow } from './window-check';

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

/**
 * Opens a capture and reads as much of it as is needed to know what it is.
 *
 * @throws AllegroError `badAnswer` when what comes is no capture, and all that a request throws
 */
export async function capture(
  api: Api,
  request: CaptureRequest,
  options: CallOptions,
): Promise<Capture> {
  // A live capture begins when it may be sent, not when it was asked for.
  const permit = await api.takePermit(CAPTURE_CALL, options);
  try {
    const window = await windowOf(api, request, options);
    return await begin(api, request, options, { permit, window });
  } catch (error) {
    permit();
    throw error;
  }
}

async function begin(
  api: Api,
  request: CaptureRequest,
  options: CallOptions,
  { permit, window }: { permit: Permit; window: CaptureWindow },
): Promise<Capture> {
  const isLive = request.source === 'live';
  const limit = timeLimitOf(request);
  let lastFailure: AllegroError | undefined;
  const call: ApiCall = {
    ...captureCall(request, window),
    permit,
    onFailure: (error) => (lastFailure = error),
  };
  // The parameters of a capture know no virtual link group: that is for the expression to say.
  const target = { ...options, address: { mmId: options.address?.mmId } };
  const requestInfo = api.requestInfo(call, target);
  const startedAt = api.now();
  const stop = new AbortController();
  let ending: 'duration' | 'cancel' | undefined;
  const endBy = (what: 'duration' | 'cancel') => {
    ending ??= what;
    stop.abort(timeLimitError(requestInfo, limit));
  };
  const timeout = startTimeout(api.context, limit, () => endBy('duration'));
  const finish = isLive ? request.finish : undefined;
  const onFinish = () => endBy('cancel');
  finish?.addEventListener('abort', onFinish, { once: true });
  if (finish?.aborted) onFinish();
  /** A live capture is meant to end that way; for one from the buffer it is an error. */
  const endedHere = () => (isLive && !options.signal.aborted ? ending : undefined);
  const release = () => {
    timeout.cancel();
    finish?.removeEventListener('abort', onFinish);
    stop.abort();
  };
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const answer = await api.open(call, { ...target, signal }).catch((error: unknown) => {
      if (!endedHere()) throw error;
      // After a try that failed, silence is no sign of a quiet network.
      if (lastFailure) throw lastFailure;
      return undefined;
    });
    const chunks = untilEndedHere(answer, endedHere);
    const head = await readHead(chunks);
    const sniffed = sniffFormat(head);
    if (sniffed.kind === 'other') throw await notACapture(head, chunks, requestInfo);
    const format = extensionOf(sniffed) ?? 'pcap';
    const isEmpty = sniffed.kind === 'empty';
    const { stream, ended } = captureStream({
      head,
      chunks,
      limits: request.limits,
      refuseBeyondLimits: request.refuseBeyondLimits === true,
      requestInfo: requestInfo,
      endedHere,
      // Less than the whole duration means that the appliance ended it.
      hasLasted: () => isLive && api.now() - startedAt >= leastDuration(request),
      onProgress: request.onProgress,
      onEnd: release,
    });
    const fileName = captureFileName({
      prefix: request.fileNamePrefix || undefined,
      device: api.baseUrl,
      filter: request.expression,
      startUs: window.startUs,
      endUs: window.endUs,
      extension: format,
    });
    const finished = ended.then(async (end: CaptureEnd) => {
      const endedAt = api.now();
      return captureSummary(end, {
        fileName: isEmpty ? null : fileName,
        source: request.source,
        expression: request.expression,
        window,
        device: api.baseUrl,
        mmId: options.address?.mmId,
        isEndMarked: isEndMarked(answer?.headers ?? {}),
        windowWarnings: isLive
          ? liveWarnings(end, {
              lateBy: answer && answer.sentAt - startedAt,
              earlyBy: startedAt + request.durationSeconds * 1000 - endedAt,
              lastFailure,
            })
          : await checkWindow({
              api,
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
    const [path, query = ''] = requestInfo.path!.split('?');
    const sent = { method: call.method, path, query };
    const mediaType = MEDIA_TYPES[format];
    return { isEmpty, fileName, mediaType, request: sent, stream, finished, close: release };
  } catch (error) {
    release();
    throw error;
  }
}

async function windowOf(
  api: Api,
  request: CaptureRequest,
  options: CallOptions,
): Promise<CaptureWindow> {
  if (request.source === 'ringBuffer') return request.window;
  const { milliseconds, offsetSeconds } = await api.time(options);
  const startUs = Math.round(milliseconds * 1000);
  const endUs = startUs + Math.round(request.durationSeconds * 1e6);
  return { startUs, endUs, clockOffsetSeconds: offsetSeconds };
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

function timeLimitError(requestInfo: RequestInfo, limit: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: `The capture was not finished after ${Math.round(limit / 1000)} s.`,
    advice:
      'What arrived was discarded, because it is not whole. Ask for a shorter window, a narrower filter or a smaller size, or raise the time limit.',
    canRetry: true,
  });
}
