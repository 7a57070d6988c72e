import type { Rows } from '../../client/api/rows';
import { answer, on, switched, type FaultRow } from './fault-row';

/** How lists may come, and how they may change while their pages are read. */
export const listRows: FaultRow[] = [
  switched('no cap of the page size', 'read a list', ({ switches }) => {
    switches.countCap = 0;
  }),
  switched(
    'pages of three',
    'read a list',
    ({ switches }) => {
      switches.countCap = 3;
    },
    2,
  ),
  switched('a list without the envelope', 'read a list', ({ switches }) => {
    switches.listShape = 'array';
  }),
  told('rows that move from page to page', [page(4, 'a', 'b'), page(4, 'b', 'c')], ['a', 'b', 'c']),
  told('a list that shrinks while it is read', [page(4, 'a', 'b'), page(2)], ['a', 'b']),
  {
    ...told('the same page again and again', [page(4, 'a', 'b'), page(4, 'a', 'b')], ['a', 'b']),
  },
  whole('an object instead of an array', { displayedItems: { a: row(), b: row() } }),
  whole('an object keyed by name, without the envelope', { protocols: { a: row(), b: row() } }),
  whole('an array of names', ['a', 'b']),
  whole('numbers that are texts', {
    displayedItems: [{ name: 'a' }, { name: 'b' }],
    numberOfItems: '2',
    numberOfPages: '1',
  }),
  {
    fault: 'an empty list',
    operation: 'read a list',
    arrange: on('read a list', json(page(0))),
    outcome: { ok: true, check: (list) => expect((list as Rows).rows).toEqual([]) },
    requests: 1,
  },
  {
    fault: 'an error with status 200',
    operation: 'read a list',
    arrange: on('read a list', answer('{"error":"no database"}', 'application/json')),
    outcome: { kind: 'refused', says: /no database/ },
    requests: 1,
  },
  ...['"busy"', '17'].map((body): FaultRow => ({
    fault: `JSON that is no list: ${body}`,
    operation: 'read a list',
    arrange: on('read a list', answer(body, 'application/json')),
    outcome: { kind: 'badAnswer', says: /does not contain a list/ },
    requests: 1,
  })),
];

function row(): object {
  return { interval: [1, 2, 3, 4] };
}

function page(total: number, ...names: string[]): object {
  return {
    displayedItems: names.map((name) => ({ name, ...row() })),
    numberOfItems: total,
    numberOfPages: Math.ceil(total / 2),
    itemsPerPage: 2,
  };
}

function json(body: object): ReturnType<typeof answer> {
  return answer(JSON.stringify(body), 'application/json');
}

/** Pages that come one after the other. That some rows are missing has to be told. */
function told(fault: string, pages: object[], names: string[]): FaultRow {
  return {
    fault,
    operation: 'read a list',
    arrange: (simulator) => {
      for (const body of pages) on('read a list', { ...json(body), times: 1 })(simulator);
    },
    outcome: {
      ok: true,
      check: (list) => {
        const { rows, warnings } = list as Rows;
        expect(rows.map(({ name }) => name)).toEqual(names);
        expect(warnings).toEqual([
          expect.stringMatching(/^\d of 4 entries arrived: the list changed while it was read, or/),
        ]);
      },
    },
    requests: pages.length,
  };
}

/** A list of `a` and `b` in another form. */
function whole(fault: string, body: object): FaultRow {
  return {
    fault,
    operation: 'read a list',
    arrange: on('read a list', json(body)),
    outcome: {
      ok: true,
      check: (list) => {
        const { rows, warnings } = list as Rows;
        expect(rows.map(({ name }) => name)).toEqual(['a', 'b']);
        expect(warnings).toEqual([]);
      },
    },
    requests: 1,
  };
}
