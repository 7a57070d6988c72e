import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { AllegroError } from '../../../client';
import { CsvReader, type CsvLimits } from '../../../client/files/csv';
import { split } from '../../support/pcap-fixtures';

/** The time is bounded as well, for machines that are slow. */
const BOUNDS = { numRuns: 2000, interruptAfterTimeLimit: 20_000 };
const WHERE = { device: 'https://a', method: 'GET', path: '/API/x' };

const cuts = fc.array(fc.nat(4000), { maxLength: 8 });
const field = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é', '😀', '0') }),
  // At the beginning of a file it would be its byte order mark.
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\ufeff')),
);
const table = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 8 });

function read(pieces: Uint8Array[], limits?: CsvLimits): string[][] {
  const reader = new CsvReader(WHERE, limits);
  const rows = pieces.flatMap((piece) => reader.write(piece));
  return [...rows, ...reader.end()];
}

/** The rows, or the kind of the error: nothing else may come. */
function outcome(pieces: Uint8Array[], limits?: CsvLimits): unknown {
  try {
    return read(pieces, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(AllegroError);
    return (error as AllegroError).kind;
  }
}

describe('a reader of CSV', () => {
  it.each(['\n', '\r\n'])('reads what another program wrote, however it is cut (%j)', (ending) => {
    fc.assert(
      fc.property(table, cuts, (rows, places) => {
        const text = stringify(rows, { record_delimiter: ending, quoted_match: /[\r\n]/ });
        expect(read(split(Buffer.from(text), places))).toEqual(rows);
      }),
      BOUNDS,
    );
  });

  it('says the same as another reader of what is CSV', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const text = stringify(rows, { quoted: true });
        const theirs = parse(text, { relax_column_count: true });
        expect(read([Buffer.from(text)])).toEqual(theirs);
      }),
      BOUNDS,
    );
  });

  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    fc
      .string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'x', '\ufeff', '\0') })
      .map((text) => Buffer.from(text)),
  );

  it('ends with rows or with an error of ours, and alike wherever it is cut', () => {
    fc.assert(
      fc.property(noise, cuts, (bytes, places) => {
        expect(outcome(split(bytes, places))).toEqual(outcome([bytes]));
      }),
      BOUNDS,
    );
  });

  it('takes away one byte order mark, wherever it is cut', () => {
    const bytes = Buffer.from('\ufeff\ufeffa,b\n');
    for (let at = 0; at <= bytes.length; at++) {
      expect(outcome([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([['\ufeffa', 'b']]);
    }
  });

  it('keeps its limits, whatever comes', () => {
    const limits = { maxRows: 3, maxRowLength: 20 };
    fc.assert(
      fc.property(noise, cuts, (bytes, places) => {
        const rows = outcome(split(bytes, places), limits);
        if (!Array.isArray(rows)) return;
        expect(rows.length).toBeLessThanOrEqual(3);
        for (const row of rows as string[][]) expect(row.join(',').length).toBeLessThanOrEqual(20);
      }),
      BOUNDS,
    );
  });

  it.each([
    ['a quote that is never closed', '"', 'x'],
    ['a field without an end', '', 'x'],
    ['commas without an end', '', ','],
  ])('does not hold %s', (_, start, filler) => {
    const reader = new CsvReader(WHERE);
    const piece = Buffer.from(filler.repeat(100_000));
    reader.write(Buffer.from(start));
    expect(() => {
      for (let times = 0; times < 1000; times++) reader.write(piece);
    }).toThrow(AllegroError);
  });
});
