import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { csvLine, CsvReader, notCsv, readCsv, type CsvLimits } from '../../../client/files/csv';

const WHERE = { device: 'https://a', method: 'GET', path: '/API/x' };

/** The rows of bytes that arrive in the given pieces. */
function rowsOf(pieces: Uint8Array[], limits?: CsvLimits): string[][] {
  const reader = new CsvReader(WHERE, limits);
  return [...pieces.flatMap((piece) => reader.write(piece)), ...reader.end()];
}

function rowsOfText(text: string, limits?: CsvLimits): string[][] {
  return rowsOf([Buffer.from(text)], limits);
}

function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

/** What the pieces give: rows, or the kind of error. */
function outcome(pieces: Uint8Array[]): unknown {
  try {
    return rowsOf(pieces);
  } catch (error) {
    return (error as { kind: string }).kind;
  }
}

const places = fc.array(fc.nat(), { maxLength: 20 });
const field = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[a,"\r\n ;ü€😀]{0,12}$/u),
);

it.each([
  [
    'plain rows',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'CRLF',
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'CR alone',
    'a,b\r1,2\r',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'no line break at the end',
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['quotes, with separators and breaks in them', '"a,""b""","c\r\nd"\n', [['a,"b"', 'c\r\nd']]],
  ['blank lines', '\n\na\n\r\n', [['a']]],
  ['an empty quoted field', '""\n', [['']]],
  [
    'empty fields',
    ',\n,,\n',
    [
      ['', ''],
      ['', '', ''],
    ],
  ],
  ['a quote within a plain field', 'a"b,c\n', [['a"b', 'c']]],
  ['text behind a closing quote', '"a"b,c\n', [['ab', 'c']]],
  ['a byte order mark', '\ufeffa,b\n', [['a', 'b']]],
  ['nothing', '', []],
])('reads %s', (_, text, rows) => {
  expect(rowsOfText(text)).toEqual(rows);
});

it('gives the same rows for any bytes in any pieces', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.stringMatching(/^[a,"\r\nü€😀]{0,60}$/u).map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(anyBytes, places, (bytes, cuts) => {
      expect(outcome(cut(bytes, cuts))).toEqual(outcome([bytes]));
    }),
    { numRuns: 2000 },
  );
});

it('reads what another library writes, and as another library reads it', () => {
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r\n'), places, (rows, lineBreak, cuts) => {
      // Fields that begin with a byte order mark are told from one of the file only by luck.
      fc.pre(!rows[0]?.[0]?.startsWith('\ufeff'));
      const bytes = Buffer.from(stringify(rows, { record_delimiter: lineBreak, quoted: true }));
      const theirs = parse(bytes, { relax_column_count: true, record_delimiter: lineBreak });
      const ours = rowsOf(cut(bytes, cuts));
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 1000 },
  );
});

it('writes nothing that a spreadsheet takes for a formula, and numbers as they are', () => {
  const formulas = ['=1+1', '+A1', '-A1', '@SUM(A1)', '\t=1', '\r=1', '-1+cmd|x'];
  for (const text of formulas) expect(rowsOfText(csvLine([text]))).toEqual([[`'${text}`]]);
  expect(csvLine([-5, '-5', '+1.5', '10.1.2.3', 'a=1'])).toBe('-5,-5,+1.5,10.1.2.3,a=1\r\n');
});

it('reads back the lines that it writes', () => {
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 5 })), (rows) => {
      fc.pre(!rows[0]?.[0]?.startsWith('\ufeff'));
      const text = rows.map((row) => csvLine(row)).join('');
      const written = (one: string) => (/^[=+\-@\t\r]/.test(one) ? `'${one}` : one);
      const whole = rows.map((row) => row.map((one) => Buffer.from(written(one)).toString()));
      expect(rowsOfText(text)).toEqual(whole);
    }),
  );
});

it('holds no more than one row, and says when there is too much', () => {
  expect(() => rowsOfText('a\nb\nc\n', { maxRows: 2 })).toThrow(/more than 2 rows/);
  expect(rowsOfText('a\nb\n', { maxRows: 2 })).toHaveLength(2);
  const tooLarge = expect.objectContaining({ kind: 'tooLarge' });
  const endless = (text: string, head: string) => () => {
    const reader = new CsvReader(WHERE, { maxRowLength: 1000 });
    reader.write(Buffer.from(head));
    for (let piece = 0; piece < 100; piece++) reader.write(Buffer.from(text));
  };
  expect(endless('x'.repeat(100), '')).toThrow(tooLarge);
  expect(endless(','.repeat(100), '')).toThrow(tooLarge);
  expect(endless('x\n'.repeat(50), '"')).toThrow(tooLarge);
  expect(endless('x\n'.repeat(50), '')).not.toThrow();
});

it('refuses an end within quotes', () => {
  const incomplete = expect.objectContaining({ kind: 'incomplete' });
  expect(() => rowsOfText('a,b\n1,"2')).toThrow(incomplete);
});

it('keeps count', () => {
  const reader = new CsvReader(WHERE);
  reader.write(Buffer.from('a,b\n1,2\n3'));
  expect([reader.rowCount, reader.endsWithLineBreak]).toEqual([2, false]);
  reader.write(Buffer.from(',4\r\n'));
  expect([reader.rowCount, reader.endsWithLineBreak]).toEqual([3, true]);
});

it('reads a body as it comes', async () => {
  async function* body() {
    yield Buffer.from('a,b\n1');
    yield Buffer.from(',2\n');
  }
  const rows: string[][] = [];
  for await (const row of readCsv(body(), WHERE)) rows.push(row);
  expect(rows).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ]);
});

it.each([
  ['text/html', '', 'a web page'],
  [undefined, '\ufeff\n <!doctype html>', 'a web page'],
  ['application/json; charset=utf-8', '[1]', 'JSON'],
  ['application/json', 'a,b', undefined],
  ['text/csv', ' {"error": 1}', 'JSON'],
  ['text/csv', 'a,b', undefined],
  [undefined, 'ip,port', undefined],
])('tells of %s %j: %s', (type, head, what) => {
  expect(notCsv(type, head)).toEqual(what);
});
