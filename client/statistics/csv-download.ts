import type { Api, ApiCall, CallOptions } from '../api/api';
import { verifiedStream, type StreamDigest, type VerifiedStream } from '../files/verified-stream';
import type { Query } from '../http/query';
import { CsvAnswer } from './csv-answer';
import { say, type Sentence } from '../values/sentence';

/** What is known of a CSV when it has come to its end. */
interface CsvFacts extends StreamDigest {
  /** Without the header. */
  rows: number;
  columns: string[];
  warnings: Sentence[];
}

/** A CSV on its way. */
export interface CsvDownload extends VerifiedStream<CsvFacts> {
  /** Closes the connection when the stream is not consumed to its end. */
  close(): void;
}

export type CsvOptions = CallOptions & { onBytes(bytes: number): void };

export interface CsvRequest {
  path: string;
  /** Sorting, filter and interval; `csv` is set here. */
  query: Query;
  /** What it is, for messages, e.g. `CSV of connections`. */
  name: Sentence;
  /** What to do when something else comes; absent: the advice of {@link CsvAnswer}. */
  advice?: Sentence;
  /** Called once, when it is over or has failed. */
  onEnd?(): void;
}

const HEADERS_LIMIT = 300_000;

/** The call that asks for a CSV: of all rows, whatever their number. */
export function csvCall({ path, query }: Pick<CsvRequest, 'path' | 'query'>): ApiCall {
  return {
    method: 'GET',
    path,
    query: { ...query, csv: true },
    longTransfer: true,
    headersLimit: HEADERS_LIMIT,
  };
}

/**
 * Downloads a list as CSV, with the appliance's own columns and without a limit of rows. Source:
 * "Output IP Table as CSV file"; that other lists offer it too is an assumption.
 *
 * @throws AllegroError `badAnswer` for what is not CSV, `incomplete` when it is truncated
 */
export async function csvDownload(
  api: Api,
  request: CsvRequest,
  options: CsvOptions,
): Promise<CsvDownload> {
  const { name, advice } = request;
  const stop = new AbortController();
  const close = () => {
    options.signal.removeEventListener('abort', close);
    stop.abort();
    request.onEnd?.();
  };
  // Who aborts may never come back for the rest.
  options.signal.addEventListener('abort', close, { once: true });
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const call = csvCall(request);
    const answer = await CsvAnswer.open(api, call, { ...options, signal }, { name, advice });
    return { ...csvStream(name, answer, options.onBytes, close), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Passes the bytes on as they are, and walks the rows in the same go. */
function csvStream(
  name: Sentence,
  answer: CsvAnswer,
  onProgress: (bytes: number) => void,
  onEnd: () => void,
): VerifiedStream<CsvFacts> {
  const rows = new RowCheck(answer);
  const { head, source, requestInfo } = answer;
  return verifiedStream({
    ...{ source, head, onProgress, onEnd, requestInfo },
    name,
    pass(chunk) {
      answer.write(chunk).forEach((row) => rows.add(row));
      return [chunk];
    },
    finish(digest) {
      answer.end().forEach((row) => rows.add(row));
      const warnings = [
        ...(answer.isEndMarked
          ? []
          : [
              say`The appliance did not mark the end of the CSV, so rows may be missing at its end.`,
            ]),
        ...answer.malformedWarnings(say`They are in the file as the appliance sent them.`),
      ];
      return { ...digest, rows: rows.count, columns: rows.columns!, warnings };
    },
  });
}

/** Counts rows, and refuses what has no columns. */
class RowCheck {
  columns: string[] | undefined;
  count = 0;

  constructor(private readonly answer: CsvAnswer) {}

  add(row: string[]): void {
    if (!this.columns) {
      if (row.length < 2) throw this.answer.notCsvError(say`text without columns`, row.join());
      this.columns = row.map((name) => name.trim());
      return;
    }
    this.count++;
  }
}
