import type { Api, ApiCall, CallOptions } from '../api/api';
import { CONNECTIONS_CSV } from '../api/paths';
import { AllegroError, type RequestInfo } from '../errors';
import { verifiedStream, type StreamDigest, type VerifiedStream } from '../files/verified-stream';
import { cancelledError } from '../http/body';
import { Limiter } from '../http/limiter';
import type { Query } from '../http/query';
import { deviceOf } from '../values/device-slot';
import { CsvAnswer } from './csv-answer';

/** What is known of a CSV when it has come to its end. */
interface CsvFacts extends StreamDigest {
  /** Without the header. */
  rows: number;
  columns: string[];
  warnings: string[];
}

/** A CSV on its way. */
export interface CsvDownload extends VerifiedStream<CsvFacts> {
  /** Closes the connection when the stream is not consumed to its end. */
  close(): void;
}

export type CsvOptions = CallOptions & { onBytes(bytes: number): void };

const NAME = 'CSV of connections';
const HEADERS_LIMIT = 300_000;
const BUSY_STATUS = new Set([409, 423, 429, 503]);

/**
 * One at a time for each appliance, whoever asks: several executions in one process have clients of
 * their own. Source: the vendor's manual on the connections module.
 */
const SINGLE_FLIGHTS = new Map<string, Limiter>();

/**
 * Downloads the CSV of all connections, which has no limit of rows. A second one for the same
 * appliance waits until the first is over. Source: "Output Connection Table as CSV file".
 *
 * @throws AllegroError `busy` when somebody else makes one, `badAnswer` for what is not CSV,
 *   `incomplete` when it is truncated
 */
export async function connectionsCsv(
  api: Api,
  query: Query,
  options: CsvOptions,
): Promise<CsvDownload> {
  const call: ApiCall = {
    method: 'GET',
    path: CONNECTIONS_CSV,
    query: { ...query, csv: true },
    longTransfer: true,
    headersLimit: HEADERS_LIMIT,
  };
  const requestInfo = api.requestInfo(call, options);
  const permit = await singleFlight(api, options).catch((reason: unknown) => {
    throw cancelledError(requestInfo, reason);
  });
  const stop = new AbortController();
  const close = () => {
    options.signal.removeEventListener('abort', close);
    stop.abort();
    permit();
  };
  // Who aborts may never come back for the rest.
  options.signal.addEventListener('abort', close, { once: true });
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const answer = await CsvAnswer.open(api, call, { ...options, signal }, { name: NAME });
    return { ...connectionsStream(answer, options.onBytes, close), close };
  } catch (error) {
    close();
    throw isBusy(error) ? busyError(error, requestInfo) : error;
  }
}

function singleFlight(api: Api, { address, signal }: CallOptions): Promise<() => void> {
  const key = `${api.baseUrl} ${deviceOf(address?.mmId)}`;
  const limiter = SINGLE_FLIGHTS.get(key) ?? new Limiter(1);
  SINGLE_FLIGHTS.set(key, limiter);
  return limiter.acquire(signal);
}

/** Passes the bytes on as they are, and walks the rows in the same go. */
function connectionsStream(
  answer: CsvAnswer,
  onProgress: (bytes: number) => void,
  onEnd: () => void,
): VerifiedStream<CsvFacts> {
  const rows = new RowCheck(answer);
  const { head, source, requestInfo } = answer;
  return verifiedStream({
    ...{ source, head, onProgress, onEnd, requestInfo },
    name: NAME,
    pass(chunk) {
      answer.write(chunk).forEach((row) => rows.add(row));
      return [chunk];
    },
    finish(digest) {
      answer.end().forEach((row) => rows.add(row));
      const warnings = answer.isEndMarked
        ? []
        : ['The appliance did not mark the end of the CSV, so rows may be missing at its end.'];
      return { ...digest, rows: rows.count, columns: rows.columns!, warnings };
    },
  });
}

/** Counts rows and refuses those that do not fit the header: truncated, or in another format. */
class RowCheck {
  columns: string[] | undefined;
  count = 0;

  constructor(private readonly answer: CsvAnswer) {}

  add(row: string[]): void {
    if (!this.columns) {
      if (row.length < 2) throw this.answer.notCsvError('text without columns', row.join());
      this.columns = row.map((name) => name.trim());
      return;
    }
    this.count++;
    if (row.length < this.columns.length) throw this.answer.truncatedError(this.count - 1);
  }
}

function isBusy(error: unknown): error is AllegroError {
  return error instanceof AllegroError && BUSY_STATUS.has(error.status ?? 0);
}

function busyError({ status, answer }: AllegroError, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'busy',
    status,
    what: `The appliance does not make a CSV of all connections now (HTTP ${status}): it makes one at a time, and somebody else may be downloading one.`,
    advice: 'Try again when that one is finished.',
    canRetry: true,
    answer,
  });
}
