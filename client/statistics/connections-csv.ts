import { createHash } from 'crypto';
import type { Api, ApiCall, CallOptions } from '../api/api';
import { CONNECTIONS_CSV } from '../api/paths';
import { CsvReader, notCsv } from '../files/csv';
import { isEndMarked } from '../http/body';
import { deviceOf } from '../values/device-slot';
import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { Limiter } from '../http/limiter';
import type { Query } from '../http/query';
import type { OpenAnswer } from '../http/requester';
import type { ByteStream } from '../http/transport';

/** What is known of a CSV when it has come to its end. */
interface CsvFacts {
  /** Without the header. */
  rows: number;
  columns: string[];
  bytes: number;
  /** Lower-case hexadecimal. */
  sha256: string;
  warnings: string[];
}

/** A CSV on its way. Consume `stream` to its end, then await `finished`; both throw if it is not whole. */
export interface CsvDownload {
  stream: ByteStream;
  finished: Promise<CsvFacts>;
  /** Lets go of the connection when the stream is not consumed to its end. */
  close(): void;
}

export type CsvOptions = CallOptions & { onBytes(bytes: number): void };

const HEADERS_LIMIT = 300_000;
const BUSY_STATUS = new Set([409, 423, 429, 503]);

/**
 * One at a time for each appliance, whoever asks: several executions in one process have clients of
 * their own. Source: the vendor's manual on the connections module.
 */
const SINGLE_FLIGHTS = new Map<string, Limiter>();

/**
 * Downloads the CSV of all connections, which knows no limit of rows. A second one for the same
 * appliance waits until the first is over. Source: "Output all global connections as CSV file".
 *
 * @throws AllegroError `busy` when somebody else makes one, `badAnswer` for what is no CSV,
 *   `incomplete` when it is cut
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
    throw reason instanceof AllegroError ? reason : cancelledWhileWaiting(requestInfo);
  });
  const stop = new AbortController();
  const close = () => {
    stop.abort();
    permit();
  };
  // Who aborts may never come back for the rest.
  options.signal.addEventListener('abort', close, { once: true });
  const release = () => {
    options.signal.removeEventListener('abort', close);
    close();
  };
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const answer = await api.open(call, { ...options, signal }).catch((error: unknown) => {
      throw isBusy(error) ? busyError(error, requestInfo) : error;
    });
    const facts = deferred<CsvFacts>();
    const stream = passCsv(answer, options.onBytes, facts, release);
    return { stream, finished: facts.promise, close: release };
  } catch (error) {
    release();
    throw error;
  }
}

function singleFlight(api: Api, { address, signal }: CallOptions): Promise<() => void> {
  const key = `${api.baseUrl} ${deviceOf(address?.mmId)}`;
  const limiter = SINGLE_FLIGHTS.get(key) ?? new Limiter(1);
  SINGLE_FLIGHTS.set(key, limiter);
  return limiter.acquire(signal);
}

/** Passes the bytes on as they are, and walks the rows in the same go. */
async function* passCsv(
  { body, headers, requestInfo }: OpenAnswer,
  onBytes: (bytes: number) => void,
  facts: Deferred<CsvFacts>,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const rows = new RowCheck(requestInfo);
  const reader = new CsvReader(requestInfo);
  let bytes = 0;
  let isSettled = false;
  try {
    const source = body[Symbol.asyncIterator]();
    for (let isFirst = true; ; isFirst = false) {
      const { done, value } = await source.next();
      if (done) break;
      if (isFirst) refuseOther(value, headers['content-type'], requestInfo);
      for (const row of reader.write(value)) rows.add(row);
      hash.update(value);
      bytes += value.length;
      onBytes(bytes);
      yield value;
    }
    for (const row of reader.end()) rows.add(row);
    const hasEnd = isEndMarked(headers);
    if (!rows.columns) throw emptyError(requestInfo);
    if (!hasEnd && !reader.endsWithLineBreak) throw cutError(requestInfo, rows.count);
    isSettled = true;
    facts.resolve({
      rows: rows.count,
      columns: rows.columns,
      bytes,
      sha256: hash.digest('hex'),
      warnings: hasEnd
        ? []
        : ['The appliance did not mark the end of the CSV, so rows may be missing at its end.'],
    });
  } catch (error) {
    isSettled = true;
    facts.reject(error);
    throw error;
  } finally {
    if (!isSettled) facts.reject(cancelledWhileWaiting(requestInfo));
    release();
  }
}

/** Counts rows and refuses those that do not fit the header: the sign of a cut or of another format. */
class RowCheck {
  columns: string[] | undefined;
  count = 0;

  constructor(private readonly requestInfo: RequestInfo) {}

  add(row: string[]): void {
    if (!this.columns) {
      if (row.length < 2) throw otherError('text without columns', row.join(), this.requestInfo);
      this.columns = row.map((name) => name.trim());
      return;
    }
    this.count++;
    if (row.length < this.columns.length) throw cutError(this.requestInfo, this.count - 1);
  }
}

/** By the first piece: error pages and login pages begin with what they are. */
function refuseOther(
  head: Uint8Array,
  contentType: string | undefined,
  requestInfo: RequestInfo,
): void {
  const text = new TextDecoder().decode(head.subarray(0, 4096));
  const other = notCsv(contentType, text);
  if (other) throw otherError(other, text, requestInfo);
}

function otherError(what: string, text: string, requestInfo: RequestInfo): AllegroError {
  const answer = quoteAnswer(text);
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    what: `What came is no CSV but ${what}.`,
    advice:
      'Nothing was kept. Check that the URL leads to the appliance itself: a login page or a proxy may answer instead.',
    answer: answer === '' ? undefined : answer,
  });
}

function emptyError(requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: 'The CSV is empty: not even its header came.',
    advice: 'Try again. If it stays, the connections module may be switched off in the settings.',
    canRetry: true,
  });
}

function cutError(requestInfo: RequestInfo, rows: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: `The CSV is not whole: it breaks off within a row, after ${rows} whole rows.`,
    advice: 'What arrived was discarded. Try again.',
    canRetry: true,
  });
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

function cancelledWhileWaiting(requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'cancelled',
    what: 'The CSV was not read to its end.',
    advice: 'Nothing was kept. Start it again if it is still needed.',
    canRetry: true,
  });
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whoever consumes the stream meets the same error there first.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
