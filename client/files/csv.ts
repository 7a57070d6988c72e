import { AllegroError, type RequestInfo } from '../errors';
import type { ByteStream } from '../http/transport';
import { say, type Sentence } from '../values/sentence';

/** What a reader may hold and give before it is an error. Absent: the defaults below. */
export interface CsvLimits {
  /** Rows in all, the header included. */
  maxRows?: number;
  /** Characters of one row. */
  maxRowLength?: number;
}

const DEFAULT_MAX_ROW_LENGTH = 1_000_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

const enum State {
  FieldStart,
  Plain,
  Quoted,
  /** Behind a quote within quotes: the end of the field, or half of a doubled quote. */
  QuoteSeen,
}

/**
 * Reads CSV (RFC 4180: commas, double quotes, line breaks within quotes) in UTF-8 while it arrives,
 * wherever it is cut into pieces. Holds no more than one row. CRLF, LF and CR end a row; blank lines
 * are no rows; a quote within a field that does not begin with one is a plain character, and so is
 * what stands between a closing quote and the next comma.
 */
export class CsvReader {
  /** Rows so far, the header included. */
  rowCount = 0;
  /** Whether the last row that was begun has its line break. */
  endsWithLineBreak = true;

  // Leaves byte order marks in: where a body is cut must not decide how many it takes away.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private isAtStart = true;
  private readonly maxRows: number;
  private readonly maxRowLength: number;
  private state = State.FieldStart;
  private field = '';
  private row: string[] = [];
  /** Length of the fields in `row`. */
  private held = 0;
  /** A field with quotes counts even if it is empty. */
  private hasQuotes = false;
  private isAfterCr = false;

  constructor(
    private readonly requestInfo: RequestInfo,
    { maxRows = Infinity, maxRowLength = DEFAULT_MAX_ROW_LENGTH }: CsvLimits = {},
  ) {
    this.maxRows = maxRows;
    this.maxRowLength = maxRowLength;
  }

  /**
   * Takes the next piece.
   *
   * @returns the rows that it completes
   * @throws AllegroError `tooLarge`
   */
  write(chunk: Uint8Array): string[][] {
    return this.parse(this.withoutMark(this.decoder.decode(chunk, { stream: true })));
  }

  /**
   * Takes the end.
   *
   * @returns the last row, where it has no line break
   * @throws AllegroError `incomplete` within quotes, `tooLarge`
   */
  end(): string[][] {
    const rows = this.parse(this.withoutMark(this.decoder.decode()));
    if (this.state === State.Quoted) throw truncatedError(this.requestInfo, this.rowCount);
    if (!this.endsWithLineBreak) this.endRow(rows);
    return rows;
  }

  private withoutMark(text: string): string {
    if (!this.isAtStart || text === '') return text;
    this.isAtStart = false;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  private parse(text: string): string[][] {
    const rows: string[][] = [];
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.isAfterCr) {
        this.isAfterCr = false;
        if (code === LF) {
          start = at + 1;
          continue;
        }
      }
      if (this.state === State.Quoted) {
        if (code !== QUOTE) continue;
        this.take(text, start, at);
        this.state = State.QuoteSeen;
        start = at + 1;
        continue;
      }
      if (code === QUOTE && this.state !== State.Plain) {
        // The second of a doubled quote is part of the field; one at its start opens it.
        start = this.state === State.QuoteSeen ? at : at + 1;
        this.state = State.Quoted;
        this.hasQuotes = true;
        this.endsWithLineBreak = false;
      } else if (code === COMMA) {
        this.take(text, start, at);
        this.endField();
        this.endsWithLineBreak = false;
        start = at + 1;
      } else if (code === LF || code === CR) {
        this.take(text, start, at);
        this.endRow(rows);
        this.endsWithLineBreak = true;
        this.isAfterCr = code === CR;
        start = at + 1;
      } else {
        this.state = State.Plain;
        this.endsWithLineBreak = false;
      }
    }
    this.take(text, start, text.length);
    return rows;
  }

  private take(text: string, start: number, end: number): void {
    if (end <= start) return;
    // A joined copy, so that a field does not keep the whole piece alive that it came in.
    this.field += text.slice(start, end);
    if (this.held + this.field.length > this.maxRowLength) {
      throw tooLargeError(
        this.requestInfo,
        say`a row of more than ${this.maxRowLength} characters`,
      );
    }
  }

  private endField(): void {
    this.row.push(this.field);
    // A separator counts as well, so that a row of nothing but commas has an end.
    this.held += this.field.length + 1;
    if (this.held > this.maxRowLength) {
      throw tooLargeError(
        this.requestInfo,
        say`a row of more than ${this.maxRowLength} characters`,
      );
    }
    this.field = '';
    this.state = State.FieldStart;
  }

  private endRow(rows: string[][]): void {
    const isBlank = this.row.length === 0 && this.field === '' && !this.hasQuotes;
    this.endField();
    if (!isBlank) {
      if (++this.rowCount > this.maxRows) {
        throw tooLargeError(this.requestInfo, say`more than ${this.maxRows} [row|rows]`);
      }
      rows.push(this.row);
    }
    this.row = [];
    this.held = 0;
    this.hasQuotes = false;
  }
}

/** The rows of a body, the header first. */
export async function* readCsv(
  body: ByteStream,
  requestInfo: RequestInfo,
  limits?: CsvLimits,
): AsyncGenerator<string[]> {
  const reader = new CsvReader(requestInfo, limits);
  for await (const chunk of body) yield* reader.write(chunk);
  yield* reader.end();
}

/**
 * Tells an answer that is no CSV by its type and its first bytes: error pages come with status 200,
 * too.
 *
 * @returns what it is instead, in words
 */
export function notCsv(contentType: string | undefined, head: string): Sentence | undefined {
  const text = head.replace(/^\ufeff/, '').trimStart();
  if (/\bhtml\b/i.test(contentType ?? '') || text.startsWith('<')) return say`a web page`;
  // Which type the appliance gives a CSV is not documented; a type alone only counts for web pages.
  if (/^[{[]/.test(text)) return say`JSON`;
  return undefined;
}

/**
 * One row as a line of CSV, with CRLF. Fields are quoted only where they have to be. A text that a
 * spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
 * Source: OWASP, "CSV Injection".
 */
export function csvLine(fields: ReadonlyArray<string | number>): string {
  return `${fields.map((field) => quoteField(harmless(field))).join(',')}\r\n`;
}

function harmless(field: string | number): string {
  const text = String(field);
  const isNumber = typeof field === 'number' || /^[+-]\d+(?:\.\d+)?$/.test(text);
  return !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function truncatedError(requestInfo: RequestInfo, rows: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    what: say`The CSV ends within a quoted field, after ${rows} complete [row|rows].`,
    advice: say`What arrived was discarded, because it is incomplete. Try again.`,
    canRetry: true,
  });
}

function tooLargeError(requestInfo: RequestInfo, what: Sentence): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'tooLarge',
    what: say`The CSV has ${what}.`,
    advice: say`Shorten the interval, or request fewer addresses.`,
  });
}
