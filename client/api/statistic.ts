import type { Query } from '../http/query';
import type { Api, CallOptions } from './api';
import { listWithin, unreadWarnings } from './page';
import { countFor, readRows, type RowRequest, type Rows } from './rows';

/** A statistic as it came, or its rows where it is a list. */
export type Statistic = { list: Rows } | { answer: unknown; list?: undefined };

/** Lists that know pages. Source: "List queries"; some of them seen: PSMultimeter. */
const PAGED = /(_paged|\/globalConnections|\/connections|\/peers|\/ipsTCP)$/;

/**
 * Reads any statistic. A list is read page by page up to the limit; only what is known to be one is
 * asked for a page at once, and so is what turns out to be one. Where the query names a page or a
 * count itself, that page is all that is read.
 */
export async function readStatistic(
  api: Api,
  request: RowRequest,
  options: CallOptions,
): Promise<Statistic> {
  const { path, query, limit = Infinity } = request;
  const isOnePage = choosesPage(query);
  const isPaged = PAGED.test(path) && !isOnePage;
  const page = isPaged ? { page: 0, count: countFor(limit) } : {};
  const answer = await api.get(path, { ...query, ...page }, options);
  const found = listWithin(answer);
  if (!found) return { answer };
  const { rows } = found;
  // A list that knows no pages is whole.
  const total = found.total ?? (isOnePage || isPaged ? undefined : rows.length);
  const hasEnough = rows.length >= Math.min(limit, total ?? 0);
  if (isOnePage || (hasEnough && !isPaged)) {
    return { list: { rows: rows.slice(0, limit), total, warnings: unreadWarnings(found.unread) } };
  }
  const firstAnswer = isPaged ? answer : undefined;
  return { list: await readRows(api, { ...request, firstAnswer }, options) };
}

function choosesPage(query: Query): boolean {
  return query.page !== undefined || query.count !== undefined;
}
