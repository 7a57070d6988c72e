import type { Api, ApiCall, CallOptions } from '../api/api';
import type { AllegroError, RequestInfo } from '../errors';
import { captureFileName, fileId } from '../files/file-name';
import { readHead, type VerifiedStream } from '../files/verified-stream';
import { isEndMarked } from '../http/body';
import type { OpenAnswer, Permit } from '../http/call';
import { extensionOf, MAGIC_LENGTH, sniffFormat, type CaptureFormat } from '../pcap';
import {
  callBeforeWindow,
  captureCall,
  timeLimitOf,
  type CaptureRequest,
  type CaptureWindow,
} from './capture-request';
import { CaptureStop } from './capture-stop';
import { captureStream, type CaptureEnd } from './capture-stream';
import { captureSummary, type CaptureSummary } from './capture-summary';
import { windowOf } from './capture-window';
import { liveWarnings } from './live-warnings';
import { notACapture } from './not-a-capture';
import { checkWindow } from './window-check';
import type { Sentence } from '../values/sentence';

/** A capture on its way. When it fails, what was stored of it is worth nothing. */
export interface Capture extends VerifiedStream<CaptureSummary> {
  /** No byte came, which is how some captures without packets look. There is nothing to store. */
  isEmpty: boolean;
  fileName: string;
  mediaType: string;
  /** What was asked for: path and query as they were sent. The query has no leading `?`. */
  request: { method: string; path: string; query: string };
  /** Closes the connection when the stream is not consumed to its end. */
  close(): void;
}

const MEDIA_TYPES: Record<CaptureFormat, string> = {
  pcap: 'application/vnd.tcpdump.pcap',
  pcapng: 'application/x-pcapng',
};

/**
 * Opens a capture and reads as much of it as is needed to know what it is.
 *
 * @throws AllegroError `badAnswer` when what comes is not a capture, and all that a request throws
 */
export async function capture(
  api: Api,
  request: CaptureRequest,
  options: CallOptions,
): Promise<Capture> {
  // The time limit counts from here, whoever has to be waited for.
  if (request.source === 'ringBuffer') {
    return new CaptureRun(api, request, options, request.window, 0).open();
  }
  let waitsSince: number | undefined;
  const onWait = () => {
    waitsSince = api.now();
    options.onWait?.();
  };
  // A live capture begins when it may be sent, not when it was asked for.
  const permit = await api.takePermit(callBeforeWindow(request), { ...options, onWait });
  const waitedFor = waitsSince === undefined ? 0 : api.now() - waitsSince;
  try {
    const window = await windowOf(api, request, options);
    return await new CaptureRun(api, request, options, window, waitedFor).open(permit);
  } catch (error) {
    permit();
    throw error;
  }
}

/** One capture from its request to its summary. */
class CaptureRun {
  private readonly call: ApiCall;
  private readonly requestInfo: RequestInfo;
  /** The parameters of a capture know no virtual link group: that is for the expression to say. */
  private readonly target: CallOptions;
  private readonly startedAt: number;
  private readonly stop: CaptureStop;
  /** Of a try that was followed by another one. */
  private lastFailure: AllegroError | undefined;

  constructor(
    private readonly api: Api,
    private readonly request: CaptureRequest,
    private readonly options: CallOptions,
    private readonly window: CaptureWindow,
    private readonly waitedFor: number,
  ) {
    this.call = captureCall(request, window);
    this.target = { ...options, address: { mmId: options.address?.mmId } };
    this.requestInfo = api.requestInfo(this.call, this.target);
    this.startedAt = api.now();
    this.stop = new CaptureStop({
      context: api.context,
      limit: timeLimitOf(request),
      isLive: request.source === 'live',
      signal: options.signal,
      finish: request.source === 'live' ? request.finish : undefined,
      requestInfo: this.requestInfo,
    });
  }

  /** @param permit to send the request; without one, it is waited for */
  async open(permit?: Permit): Promise<Capture> {
    const { request, requestInfo, stop } = this;
    try {
      const answer = await this.answer(permit);
      const source = stop.passUntilEnded(answer?.body);
      const head = await readHead(source, MAGIC_LENGTH);
      const sniffed = sniffFormat(head);
      if (sniffed.kind === 'other') throw await notACapture(head, source, requestInfo);
      const format = extensionOf(sniffed) ?? 'pcap';
      const isEmpty = sniffed.kind === 'empty';
      const fileName = this.fileName(format);
      const { stream, finished: ended } = captureStream({
        ...{ source, head, requestInfo },
        limits: request.limits,
        refuseBeyondLimits: request.refuseBeyondLimits === true,
        endedHere: () => stop.endedBy,
        hasLasted: () => this.hasLasted(),
        onProgress: (bytes, packets) => request.onProgress(bytes, packets),
        onEnd: stop.release,
      });
      const finished = ended.then((end) => this.summary(end, answer, isEmpty ? null : fileName));
      // Whoever consumes the stream meets the same error there first.
      finished.catch(() => undefined);
      if (isEmpty) for await (const _ of stream);
      const [path, query = ''] = requestInfo.path!.split('?');
      const sent = { method: this.call.method, path, query };
      const mediaType = MEDIA_TYPES[format];
      return { isEmpty, fileName, mediaType, request: sent, stream, finished, close: stop.release };
    } catch (error) {
      stop.release();
      throw error;
    }
  }

  /** @returns nothing for a live capture that ended before the appliance began to answer */
  private async answer(given: Permit | undefined): Promise<OpenAnswer | undefined> {
    const { api, target, stop, request } = this;
    const options = { ...target, signal: stop.signal };
    const permit = given ?? (await api.takePermit(this.call, options));
    request.onProgress(0, 0);
    const onFailure = (error: AllegroError) => (this.lastFailure = error);
    try {
      const call = { ...this.call, permit, onFailure };
      return await api.open(call, options);
    } catch (error) {
      if (!stop.endedBy) throw error;
      // After a try that failed, silence is no sign of a quiet network.
      if (this.lastFailure) throw this.lastFailure;
      return undefined;
    }
  }

  private fileName(extension: CaptureFormat): string {
    const { startUs, endUs, isWholeUpload } = this.window;
    const { fileNamePrefix, expression } = this.request;
    return captureFileName({
      prefix: fileNamePrefix || undefined,
      device: this.api.baseUrl,
      filter: expression,
      ...(isWholeUpload ? {} : { startUs, endUs }),
      ...{ extension, id: fileId(this.api.context) },
    });
  }

  /** Less than the whole duration means that the appliance ended it. */
  private hasLasted(): boolean {
    const { request, api, startedAt } = this;
    if (request.source !== 'live') return false;
    // The clock that gave the end may count whole seconds.
    const tolerance = Math.min(1000, request.durationSeconds * 500);
    return api.now() - startedAt >= request.durationSeconds * 1000 - tolerance;
  }

  private async summary(
    end: CaptureEnd,
    answer: OpenAnswer | undefined,
    fileName: string | null,
  ): Promise<CaptureSummary> {
    const { api, request, options, window } = this;
    return captureSummary(end, {
      fileName,
      source: request.source,
      expression: request.expression,
      window,
      device: api.baseUrl,
      mmId: options.address?.mmId,
      isEndMarked: isEndMarked(answer?.headers ?? {}),
      windowWarnings: await this.windowWarnings(end, answer),
    });
  }

  private async windowWarnings(
    end: CaptureEnd,
    answer: OpenAnswer | undefined,
  ): Promise<Sentence[]> {
    const { api, request, options, window, startedAt, waitedFor, lastFailure } = this;
    if (request.source === 'live') {
      return liveWarnings(end, {
        waitedFor,
        lateBy: answer && answer.sentAt - startedAt,
        earlyBy: startedAt + request.durationSeconds * 1000 - api.now(),
        lastFailure,
      });
    }
    const { expression, ringBuffer } = request;
    return checkWindow({ ...{ api, options, window, expression, ringBuffer }, file: end.file });
  }
}
