import type { Rows } from '../../../client/api/rows';
import { fails, json, on, rowsOf, set, works, WORKS, type FaultRow, type Told } from './fault-row';

const row = () => ({ interval: [1, 2, 3, 4] });
const page = (total: number, ...names: string[]) => ({
  displayedItems: names.map((name) => ({ name, ...row() })),
  numberOfItems: total,
  numberOfPages: Math.ceil(total / 2),
  itemsPerPage: 2,
});
const listed = (names: string[], ...warned: RegExp[]) =>
  works(({ rows, warnings }: Rows) => {
    expect(rows.map(({ name }) => name)).toEqual(names);
    expect(warnings).toEqual(warned.map((says) => expect.stringMatching(says)));
  });

/** Pages that come one after the other. That some rows are missing has to be told. */
const moving = (fault: string, pages: object[], names: string[]): Told => [
  fault,
  (simulator) => {
    for (const body of pages) {
      on('read a list', { ...json(JSON.stringify(body)), times: 1 })(simulator);
    }
  },
  listed(names, /^\d of 4 entries arrived: the list changed while it was read, or/),
  pages.length,
];

/** A list in another form. */
const shaped = (fault: string, body: object, names = ['a', 'b']): Told => [
  fault,
  json(JSON.stringify(body)),
  listed(names),
];

/** How lists may come, and how they may change while their pages are read. */
export const listRows: FaultRow[] = rowsOf(
  ['read a list'],
  [
    ['no cap of the page size', set({ countCap: 0 }), WORKS],
    ['pages of three', set({ countCap: 3 }), WORKS, 2],
    ['a list without the envelope', set({ listShape: 'array' }), WORKS],
    moving(
      'rows that move from page to page',
      [page(4, 'a', 'b'), page(4, 'b', 'c')],
      ['a', 'b', 'c'],
    ),
    moving('a list that shrinks while it is read', [page(4, 'a', 'b'), page(2)], ['a', 'b']),
    moving('the same page again and again', [page(4, 'a', 'b'), page(4, 'a', 'b')], ['a', 'b']),
    [
      'endless pages, all alike',
      json(JSON.stringify({ ...page(2, 'a', 'b'), numberOfItems: 1e15 })),
      listed(['a', 'b'], /^2 of 5 entries arrived: .* repeats entries/),
      // As many as could hold the five that are wanted.
      3,
    ],
    shaped('an object instead of an array', { displayedItems: { a: row(), b: row() } }),
    shaped('an object keyed by name, without the envelope', { protocols: { a: row(), b: row() } }),
    shaped('an array of names', ['a', 'b']),
    shaped('numbers that are texts', {
      displayedItems: [{ name: 'a' }, { name: 'b' }],
      numberOfItems: '2',
      numberOfPages: '1',
    }),
    shaped('an empty list', page(0), []),
    ['an error with status 200', json('{"error":"no database"}'), fails('refused', /no database/)],
    ...['"busy"', '17'].map((body): Told => [
      `JSON that is not a list: ${body}`,
      json(body),
      fails('badAnswer', /does not contain a list/),
    ]),
  ],
);
