import { AllegroError, type RequestInfo } from '../errors';
import { safeFileName } from '../files/file-name';
import { verifiedStream, type StreamDigest, type VerifiedStream } from '../files/verified-stream';
import type { OpenAnswer } from '../http/call';
import { extensionOf, PcapLimiter, sniffFormat } from '../pcap';
import type { Query } from '../http/query';
import { say, type Sentence } from '../values/sentence';

/** What is known of a file when it has come to its end. */
type ApiFileFacts = StreamDigest & Partial<ApiCaptureFacts>;

/** What is known of a capture besides. */
interface ApiCaptureFacts {
  packets: number;
  complete: true;
  endedBy: 'device' | 'bytes' | 'duration';
  warnings: Sentence[];
}

/** A file on its way. */
export interface ApiFile extends VerifiedStream<ApiFileFacts> {
  name: string;
  mediaType: string;
  /** Closes the connection when the stream is not consumed to its end. */
  close(): void;
}

/** What of a request matters for a file. */
export interface FileRequest {
  /** Encoded, beginning with `/API`. */
  path: string;
  query: Query;
  /** Decoded bytes that a file may have; for data, see `CallOptions.maxTextBytes`. */
  maxBytes: number;
  onProgress(bytes: number): void;
}

interface FileSource {
  request: FileRequest;
  answer: OpenAnswer;
  /** What was read already, to find out what it is. */
  head: Uint8Array;
  source: AsyncIterator<Uint8Array>;
  /** Whether the time limit has ended the answer. */
  isTimeUp(): boolean;
  close(): void;
}

/**
 * Passes an answer on as a file. At a limit of size or time a capture ends with a complete packet;
 * anything else is an error then.
 */
export function apiFile({ request, answer, head, source, isTimeUp, close }: FileSource): ApiFile {
  const { headers, requestInfo } = answer;
  const capture = extensionOf(sniffFormat(head));
  const type = mediaTypeOf(headers);
  const isCsv = type === 'text/csv' || (!capture && String(request.query.csv) === 'true');
  const extension = capture ?? (isCsv ? 'csv' : (EXTENSIONS[type] ?? 'bin'));
  const mediaType = isCsv ? 'text/csv' : capture ? 'application/vnd.tcpdump.pcap' : type || OCTETS;
  return {
    name: fileName(request.path, headers, extension),
    mediaType,
    close,
    ...verifiedStream<ApiFileFacts>({
      ...{ head, requestInfo, onEnd: close, name: say`response` },
      onProgress: (bytes) => request.onProgress(bytes),
      ...(capture
        ? {
            source: untilTimeIsUp(source, isTimeUp),
            ...captureCheck(request, requestInfo, isTimeUp),
          }
        : { source, ...sizeCheck(request.maxBytes, requestInfo) }),
    }),
  };
}

function sizeCheck(maxBytes: number, requestInfo: RequestInfo) {
  let received = 0;
  return {
    pass(chunk: Uint8Array) {
      received += chunk.length;
      if (received > maxBytes) throw sizeLimitError(maxBytes, requestInfo);
      return [chunk];
    },
    finish: (digest: StreamDigest) => digest,
  };
}

function captureCheck(
  { maxBytes }: FileRequest,
  requestInfo: RequestInfo,
  isTimeUp: () => boolean,
) {
  const limiter = new PcapLimiter({ maxBytes });
  return {
    pass: (chunk: Uint8Array) => limiter.write(chunk),
    isOver: () => limiter.halted,
    finish(digest: StreamDigest): ApiFileFacts {
      const limit = limiter.limitReached ? 'bytes' : isTimeUp() ? 'duration' : undefined;
      const { complete, packets, fault } = limit === 'duration' ? limiter.endHere() : limiter.end();
      if (!complete)
        throw incompleteError(
          fault?.message ?? say`it does not end at a packet boundary.`,
          requestInfo,
        );
      const warnings = limit ? [LIMIT_WARNINGS[limit]] : [];
      return { ...digest, packets, complete, endedBy: limit ?? 'device', warnings };
    },
  };
}

const LIMIT_WARNINGS = {
  bytes: say`The size limit ended the file: there are more packets.`,
  duration: say`The time limit ended the file: there may be more packets than these.`,
};

async function* untilTimeIsUp(
  source: AsyncIterator<Uint8Array>,
  isTimeUp: () => boolean,
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (!isTimeUp()) throw error;
  } finally {
    await source.return?.();
  }
}

function sizeLimitError(limit: number, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'tooLarge',
    what: say`The response is larger than the limit of ${limit / 1e6} MB.`,
    advice: say`What arrived was discarded. Request less, or raise the size limit.`,
  });
}

function incompleteError(why: Sentence, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: say`The capture is incomplete: ${why}`,
    advice: say`What arrived was discarded. Try again.`,
    canRetry: true,
  });
}

/** In lower case, without parameters; empty where the answer names none. */
export function mediaTypeOf(headers: Record<string, string>): string {
  return (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
}

const OCTETS = 'application/octet-stream';
const EXTENSIONS: Record<string, string> = {
  'application/json': 'json',
  'application/gzip': 'gz',
  'application/zip': 'zip',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/html': 'html',
  'text/plain': 'txt',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
};

/** As the appliance names it, else after the last elements of the path. */
function fileName(path: string, headers: Record<string, string>, extension: string): string {
  const disposition = headers['content-disposition'] ?? '';
  const [, quoted, plain] = /filename="([^"]+)"|filename=([^;\s]+)/i.exec(disposition) ?? [];
  const given = quoted ?? plain;
  if (given) return safeFileName(given);
  const elements = path.split('/').filter(Boolean).slice(-2).map(decodeURIComponent);
  return safeFileName(`${elements.join('_')}.${extension}`);
}
