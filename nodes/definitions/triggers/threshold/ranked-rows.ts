import type { CallOptions } from '../../../../client';
import type { Row } from '../../../../client/api/rows';
import type { Query } from '../../../../client/http/query';
import type { RunContext } from '../../model/run-context';
import { say } from '../../../../client/values/sentence';

interface RankedRequest {
  path: string;
  query: Query;
  valueOf: (row: Row) => number | undefined;
  /** Highest first for `above`, lowest first for `below`. */
  condition: 'above' | 'below';
  /** Whether the appliance was asked to sort. */
  isSorted: boolean;
  /** How many rows at most; absent: all. */
  maxRows?: number;
  /** Whether the rows so far, which are in order, are all that matter. */
  isEnough: (rows: Row[]) => boolean;
}

const FIRST_ROWS = 100;
const GROWTH = 4;

/**
 * Reads a sorted list until the rest cannot matter. Where the rows are not in order after all, the
 * list is read to its end.
 */
export async function readRanked(
  { client, log }: RunContext,
  options: CallOptions,
  { path, query, valueOf, condition, isSorted, maxRows = Infinity, isEnough }: RankedRequest,
): Promise<Row[]> {
  // Without an order the rows beyond the limit may be anywhere.
  const isWhole = !isSorted;
  let before: number | undefined;
  for (let limit = isWhole ? Infinity : Math.min(FIRST_ROWS, maxRows); ; limit *= GROWTH) {
    const asked = isWhole ? undefined : Math.min(limit, maxRows);
    const { rows, warnings } = await client.rows({ path, query, limit: asked }, options);
    // A warning may be of a list that changed. Where asking for more gives no more, that is all.
    const isConfirmed = warnings.length === 0 || rows.length === before;
    const isAll = asked === undefined || (rows.length < asked && isConfirmed);
    before = rows.length;
    const isSortedSoFar = rows.length > 0 && isInOrder(rows, valueOf, condition);
    if (isAll || (isSortedSoFar && isEnough(rows))) return rows;
    if (asked >= maxRows) {
      log.warn(
        say`More than ${maxRows} [element|elements] of ${path} may be beyond the threshold; only ${maxRows} are watched.`,
      );
      return rows;
    }
  }
}

function isInOrder(
  rows: Row[],
  valueOf: RankedRequest['valueOf'],
  condition: 'above' | 'below',
): boolean {
  const values = rows.map(valueOf);
  return values.every((value, index) => {
    const before = values[index - 1];
    if (index === 0 || value === undefined || before === undefined) return index === 0;
    return condition === 'above' ? before >= value : before <= value;
  });
}
