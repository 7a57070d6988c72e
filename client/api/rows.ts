import { createHash } from 'crypto';
import { AllegroError } from '../errors';
import { FailFast } from '../http/fail-fast';
import type { Query } from '../http/query';
import type { Api, CallOptions } from './api';
import { isReadable, toPage, unreadWarnings, type Page, type Row } from './page';
import { say, type Sentence } from '../values/sentence';

export type { Row } from './page';

export interface RowRequest {
  path: string;
  /** Sorting, filter and interval; `page` and `count` are set here. */
  query: Query;
  /** How many rows at most; absent: all. */
  limit?: number;
  /** Page 0 with {@link countFor} rows, where it was read already. */
  firstAnswer?: unknown;
}

export interface Rows {
  rows: Row[];
  /** How many the appliance says there are; absent where it does not say. */
  total?: number;
  /** Something about the list that a person should know. */
  warnings: Sentence[];
}

/** Source: "List queries", parameter `count`: maximum is 100. */
const MAX_PAGE_SIZE = 100;
/** A guard against an appliance that invents pages for ever. */
const MAX_PAGES = 10_000;
/** Pages that are asked for together; the client's own limit decides how many run at once. */
const WAVE = 16;

/** How many rows to ask for on a page, with a limit of rows in all. */
export function countFor(limit: number): number {
  return Math.min(limit, MAX_PAGE_SIZE);
}

/**
 * Reads a list page by page: at most 100 rows a page, several pages at once, each row once even if
 * it moves between pages while they are read. Callers pin `starttime` and `endtime`, so that all
 * pages speak of the same interval. Source: "List queries".
 */
export async function readRows(
  api: Api,
  { path, query, limit, firstAnswer }: RowRequest,
  options: CallOptions,
): Promise<Rows> {
  const wanted = limit ?? Infinity;
  const count = countFor(wanted);
  // After the first failure the pages that wait, or are on their way, are of no use.
  const pages = new FailFast(options.signal);
  const readPage = (page: number) =>
    pages.run(async (signal) => {
      const answer = await api.get(path, { ...query, page, count }, { ...options, signal });
      const found = toPage(answer);
      // What the first page has shown to be a list may have a page of which nothing can be read.
      if (!found || (page === 0 && !isReadable(found))) throw noListError(api.baseUrl, path);
      return found;
    });

  const first = toPage(firstAnswer) ?? (await readPage(0));
  const rows = new RowSet(wanted);
  rows.add(first);
  // Some lists know no pages and answer everything at once, or fewer rows a page than asked for.
  const pageSize = first.rows.length + first.unread;
  const isWhole = !first.isList || pageSize === 0 || (first.total ?? Infinity) <= pageSize;
  if (!isWhole && rows.size < wanted) {
    await readFollowingPages(first, pageSize, wanted, count, readPage, rows);
  }
  return { rows: rows.list, total: first.total, warnings: warningsFor(rows, first.total, wanted) };
}

async function readFollowingPages(
  first: Page,
  pageSize: number,
  wanted: number,
  count: number,
  readPage: (page: number) => Promise<Page>,
  rows: RowSet,
): Promise<void> {
  const enough = Math.ceil(wanted / pageSize);
  const told = first.total === undefined ? first.pages : Math.ceil(first.total / pageSize);
  const known = told === undefined ? undefined : Math.min(told, enough);
  if (known !== undefined) {
    const end = Math.min(known, MAX_PAGES);
    for (let number = 1; number < end; number += WAVE) {
      const length = Math.min(WAVE, end - number);
      const numbers = Array.from({ length }, (_, index) => number + index);
      const pages = await Promise.all(numbers.map(readPage));
      const before = rows.size;
      for (const page of pages) rows.add(page);
      // Whatever number of rows it claims: more pages would add nothing either.
      if (rows.size === before) return;
    }
    return;
  }
  if (pageSize < count) return;
  for (let number = 1; number < MAX_PAGES && rows.size < wanted; number++) {
    const page = await readPage(number);
    const added = rows.add(page);
    if (page.rows.length + page.unread < pageSize || added === 0) return;
  }
}

function warningsFor(rows: RowSet, total: number | undefined, wanted: number): Sentence[] {
  const expected = Math.min(total ?? 0, wanted);
  const unread = unreadWarnings(rows.unread);
  if (rows.size + rows.unread >= expected) return unread;
  if (rows.size === 0)
    return [say`The appliance reports ${total ?? 0} [entry|entries], but lists none.`];
  return [
    ...unread,
    say`${rows.size} of ${expected} [entry|entries] arrived: the list changed while it was read, or the appliance repeats entries. A fixed interval in the past gives a stable list.`,
  ];
}

/** Rows in order, each once. */
class RowSet {
  readonly list: Row[] = [];
  unread = 0;
  private readonly keys = new Set<string>();
  private readonly pages = new Set<string>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.list.length;
  }

  /** @returns how many of the rows were new */
  add({ rows, unread }: Page): number {
    const before = this.list.length;
    if (this.isRepeated(rows)) return 0;
    this.unread += unread;
    for (const row of rows) {
      if (this.list.length >= this.limit) break;
      const key = keyOf(row);
      if (key !== undefined) {
        if (this.keys.has(key)) continue;
        this.keys.add(key);
      }
      this.list.push(row);
    }
    return this.list.length - before;
  }

  /** Rows without a name cannot be told apart one by one, but a page of them that came before can. */
  private isRepeated(rows: Row[]): boolean {
    if (rows.length === 0 || keyOf(rows[0]) !== undefined) return false;
    const page = createHash('sha256').update(JSON.stringify(rows)).digest('base64');
    const { size } = this.pages;
    return this.pages.add(page).size === size;
  }
}

/** What makes a connection one row; the other lists have a single naming field. */
const CONNECTION_KEY = ['clientIp', 'clientPort', 'serverIp', 'serverPort', 'connectionStart'];
const NAMING_FIELDS = [
  'ip',
  'mac',
  'name',
  'protocol',
  'serverPort',
  'port',
  'code',
  'outerVlanTag',
];

function keyOf(row: Row): string | undefined {
  if ('clientIp' in row && 'serverIp' in row) {
    const parts = [...CONNECTION_KEY, 'l4ProtocolShortName'].map((name) => row[name]);
    return JSON.stringify(parts);
  }
  // All of them: ports have a protocol beside their number, and an IP address may have two MACs.
  const parts = [...NAMING_FIELDS, 'innerVlanTag'].map((field) => row[field]);
  return nameOfRow(row) === undefined ? undefined : JSON.stringify(parts);
}

/** The field that names a row of a list, e.g. `ip` with `10.1.2.3`, as far as it has one. */
export function nameOfRow(row: Row): { field: string; value: string | number } | undefined {
  for (const field of NAMING_FIELDS) {
    const value = row[field];
    if (typeof value === 'string' || typeof value === 'number') return { field, value };
  }
  return undefined;
}

function noListError(device: string, path: string): AllegroError {
  return new AllegroError({
    kind: 'badAnswer',
    device,
    method: 'GET',
    path,
    what: say`The response does not contain a list.`,
    advice: say`Check that the path is a list, and that the module is enabled on this appliance.`,
  });
}
