import type { Api, ApiCall, CallOptions } from '../api/api';
import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';
import { CsvReader, notCsv, type CsvLimits } from '../files/csv';
import { readHead } from '../files/verified-stream';
import { isEndMarked } from '../http/body';
import { say, sentences, type Sentence } from '../values/sentence';

/** Enough to tell a CSV from a page or JSON. */
const HEAD_BYTES = 16;
const QUOTED_BYTES = 4096;

interface CsvTexts {
  /** What it is, for messages, e.g. `CSV of connections`. */
  name: Sentence;
  /** What to do when something else comes. */
  advice?: Sentence;
}

const USUAL_ADVICE = say`Nothing was kept. Check that the URL is that of the appliance, not of a login page or a proxy.`;

/** A CSV on its way from the appliance: told from error pages, and checked for its end. */
export class CsvAnswer {
  /** Whether the answer says where it ends, so that a truncation shows. */
  readonly isEndMarked: boolean;
  /** Rows that do not have as many fields as the header. */
  malformedRows = 0;
  private readonly reader: CsvReader;
  private columnCount: number | undefined;

  private constructor(
    private readonly texts: CsvTexts,
    readonly requestInfo: RequestInfo,
    headers: Record<string, string>,
    /** What was read already. */
    readonly head: Uint8Array,
    readonly source: AsyncIterator<Uint8Array>,
    limits?: CsvLimits,
  ) {
    this.isEndMarked = isEndMarked(headers);
    this.reader = new CsvReader(requestInfo, limits);
  }

  /** @throws AllegroError `badAnswer` for what is not CSV: error pages come with status 200, too */
  static async open(
    api: Api,
    call: ApiCall,
    options: CallOptions,
    { limits, ...texts }: CsvTexts & { limits?: CsvLimits },
  ): Promise<CsvAnswer> {
    const { body, headers, requestInfo } = await api.open(call, options);
    const source = body[Symbol.asyncIterator]();
    const head = await readHead(source, HEAD_BYTES);
    const answer = new CsvAnswer(texts, requestInfo, headers, head, source, limits);
    const text = new TextDecoder().decode(head.subarray(0, QUOTED_BYTES));
    const other = notCsv(headers['content-type'], text);
    if (other === undefined) return answer;
    await source.return?.();
    throw answer.notCsvError(other, text);
  }

  /**
   * Takes the next chunk.
   *
   * @returns the rows that it completes, the header first
   */
  write(chunk: Uint8Array): string[][] {
    return this.checked(this.reader.write(chunk));
  }

  /**
   * Takes the end.
   *
   * @returns the last row, where it has no line break
   * @throws AllegroError `incomplete` for an empty or a truncated CSV
   */
  end(): string[][] {
    const rows = this.reader.end();
    if (this.reader.rowCount === 0) {
      throw this.incompleteError(
        say`The ${this.texts.name} is empty: it has no header.`,
        say`If the problem persists, the module may be disabled in the settings.`,
      );
    }
    if (!this.isEndMarked && !this.reader.endsWithLineBreak) {
      throw this.truncatedError(Math.max(this.reader.rowCount - 2, 0));
    }
    const isLastShort = rows.some(({ length }) => length < (this.columnCount ?? 0));
    if (isLastShort) throw this.truncatedError(this.reader.rowCount - 2);
    return this.checked(rows);
  }

  /** A warning where rows are malformed; none otherwise. */
  malformedWarnings(consequence: Sentence): Sentence[] {
    const { malformedRows, columnCount } = this;
    if (malformedRows === 0) return [];
    return [
      say`${malformedRows} of ${this.reader.rowCount - 1} [row|rows] of the ${this.texts.name} do not have the ${columnCount!} [column|columns] of its header. ${consequence}`,
    ];
  }

  private checked(rows: string[][]): string[][] {
    for (const { length } of rows) {
      this.columnCount ??= length;
      if (length !== this.columnCount) this.malformedRows++;
    }
    return rows;
  }

  /** The error for something else than the CSV that was asked for. */
  notCsvError(what: Sentence, text: string): AllegroError {
    return new AllegroError({
      ...this.requestInfo,
      kind: 'badAnswer',
      what: say`The response is not the ${this.texts.name}, but ${what}.`,
      advice: this.texts.advice ?? USUAL_ADVICE,
      answer: quoteAnswer(text, this.requestInfo) || undefined,
    });
  }

  /** The error for a CSV that ends within a row, after so many others. */
  truncatedError(rows: number): AllegroError {
    return this.incompleteError(
      say`The ${this.texts.name} is truncated within a row, after ${rows} complete [row|rows].`,
    );
  }

  private incompleteError(what: Sentence, advice?: Sentence): AllegroError {
    return new AllegroError({
      ...this.requestInfo,
      kind: 'incomplete',
      what,
      advice: sentences(say`What arrived was discarded. Try again.`, advice),
      canRetry: true,
    });
  }
}
