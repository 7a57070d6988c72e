import type { Api, CallOptions } from '../api/api';
import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { readHead } from '../files/verified-stream';
import { parseLeniently } from '../http/json';
import { refusePage } from '../http/status-error';
import { withTimeLimit } from '../http/limits/time-limit';
import { MAGIC_LENGTH, sniffFormat } from '../pcap';
import { captureCall, timeLimitOf, type CaptureRequest } from './capture-request';
import { clockWarnings } from './capture-summary';
import { isoWindow, windowOf, type IsoWindow } from './capture-window';
import { say, type Sentence } from '../values/sentence';

/** What is known of a capture that the appliance keeps. Plain data. */
export interface StoredCapture extends Record<string, unknown> {
  savedTo: 'appliance';
  /** The appliance accepted the request; nothing documented tells whether a file is complete. */
  stored: 'unconfirmed';
  expression: string;
  source: CaptureRequest['source'];
  /** `null` for all of an analysis slot. */
  requestedWindow: IsoWindow | null;
  clockOffsetSeconds: number | null;
  device: string;
  mmId?: string;
  /** What was asked for: path and query as they were sent. */
  request: { method: string; path: string; query: string };
  /** What the appliance answered: JSON where it is JSON, else text; nothing where it said nothing. */
  answer: unknown;
  warnings: Sentence[];
}

/** What is read of an answer whose form is not documented. */
const ANSWER_BYTES = 65_536;

/**
 * Lets the appliance store a capture on its external storage device. Source: "Pcap extraction",
 * parameter `captureToMedia`. Tried once, because each try could store a file. What the appliance
 * answers, and when, is not documented: any success counts that is not an error in itself.
 *
 * @throws AllegroError `badAnswer` where the packets came instead of an answer, or a web page, or
 *   the answer says that it failed; `timeout`; and all that a request throws
 */
export async function captureToStorage(
  api: Api,
  request: CaptureRequest,
  { signal, address, onWait }: CallOptions,
): Promise<StoredCapture> {
  const options = { signal, onWait, address: { mmId: address?.mmId } };
  const window = await windowOf(api, request, options);
  const call = captureCall(request, window);
  const limit = timeLimitOf(request);
  const stored = {
    ...call,
    query: { ...call.query, captureToMedia: true },
    ...{ headersLimit: limit, idleLimit: limit, once: true },
  };
  const requestInfo = api.requestInfo(stored, options);
  // Before that the appliance knows nothing of it.
  let isSent = false;
  const answer = await withTimeLimit(
    api.context,
    limit,
    signal,
    async (limited) => {
      const stop = new AbortController();
      const answering = AbortSignal.any([limited, stop.signal]);
      const permit = await api.takePermit(stored, { ...options, signal: answering });
      isSent = true;
      const sent = { ...stored, permit };
      const { status, body } = await api.open(sent, { ...options, signal: answering });
      try {
        const source = body[Symbol.asyncIterator]();
        const magic = await readHead(source, MAGIC_LENGTH);
        refusePackets(magic, requestInfo);
        const head = await readHead(source, ANSWER_BYTES, magic);
        return readAnswer(head.subarray(0, ANSWER_BYTES), status, requestInfo);
      } finally {
        stop.abort();
      }
    },
    () => (isSent ? unansweredError(requestInfo, limit) : unsentError(requestInfo, limit)),
  ).catch((error: unknown) =>
    Promise.reject(signal.aborted && isSent ? cancelledStoringError(requestInfo, error) : error),
  );
  const [path, query = ''] = requestInfo.path!.split('?');
  return {
    savedTo: 'appliance',
    stored: 'unconfirmed',
    expression: request.expression,
    source: request.source,
    requestedWindow: isoWindow(window),
    clockOffsetSeconds: window.clockOffsetSeconds,
    device: api.baseUrl,
    mmId: address?.mmId,
    request: { method: call.method, path, query },
    answer,
    warnings: [UNCONFIRMED, ...clockWarnings(window.clockOffsetSeconds, window.clockWarning)],
  };
}

const UNCONFIRMED = say`The appliance accepted the request. It does not report whether the file is complete: check it on the storage device. "Size Limit" did not apply to it.`;

function refusePackets(magic: Uint8Array, requestInfo: RequestInfo): void {
  const { kind } = sniffFormat(magic);
  if (kind === 'empty' || kind === 'other') return;
  throw badAnswerError(
    requestInfo,
    say`The appliance sent the packets instead of storing them.`,
    say`Nothing was kept. Set "Save To" to "Download".`,
  );
}

function readAnswer(head: Uint8Array, status: number, requestInfo: RequestInfo): unknown {
  const text = new TextDecoder().decode(head);
  refusePage({ status, requestInfo }, text);
  const answer = parseLeniently(text);
  const error = (answer as { error?: unknown } | null)?.error;
  if (error !== undefined && error !== null && error !== false) {
    throw badAnswerError(
      requestInfo,
      say`The appliance did not store the capture.`,
      say`Check that a storage device is connected and active, and has free space.`,
      quoteAnswer(text, requestInfo),
    );
  }
  return text.trim() === '' ? null : answer;
}

function badAnswerError(
  requestInfo: RequestInfo,
  what: Sentence,
  advice: Sentence,
  answer?: string,
): AllegroError {
  return new AllegroError({ ...requestInfo, kind: 'badAnswer', what, advice, answer });
}

function unansweredError(requestInfo: RequestInfo, limit: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The appliance did not answer within ${Math.round(limit / 1000)} s whether it stores the capture.`,
    advice: say`It may still be storing it: check the storage device before you try again.`,
  });
}

function unsentError(requestInfo: RequestInfo, limit: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The request waited ${Math.round(limit / 1000)} s for other requests to the appliance and was not sent.`,
    advice: say`Nothing was stored. Try again, or run fewer captures at once.`,
    canRetry: true,
  });
}

/** Whoever cancels ends the wait for an answer, not what the appliance does. */
function cancelledStoringError(requestInfo: RequestInfo, cause: unknown): unknown {
  if (!(cause instanceof AllegroError)) return cause;
  return new AllegroError({
    ...requestInfo,
    kind: 'cancelled',
    what: cause.sentences.what,
    advice: say`The appliance may store the capture nevertheless: check the storage device before you try again.`,
    cause,
  });
}
