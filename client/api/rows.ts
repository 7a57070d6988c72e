import { createHash } from 'crypto';
import { AllegroError } from '../errors';
import { FailFast } from '../http/fail-fast';
import type { Query } from '../http/query';
import type { Api, CallOptions } from './api';
import { say, type Sentence } from '../values/sentence';
import { asNumber } from '../values/text';

export interface RowRequest {
  path: string;
  /** Sorting, filter and interval; `page` and `count` are set here. */
  query: Query;
  /** How many rows at most; absent: all. */
  limit?: number;
  /** Page 0 with {@link countFor} rows, where it was read already. */
  firstAnswer?: unknown;
}

export type Row = Record<string, unknown>;

export interface Rows {
  rows: Row[];
  /** How many the appliance says there are; absent where it does not say. */
  total?: number;
  /** Something about the list that a person should know. */
  warnings: Sentence[];
}

interface Page {
  rows: Row[];
  total?: number;
  pages?: number;
  isList: boolean;
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
      if (!found) throw noListError(api.baseUrl, path);
      return found;
    });

  const first = toPage(firstAnswer) ?? (await readPage(0));
  const rows = new RowSet(wanted);
  rows.add(first.rows);
  // Some lists know no pages and answer everything at once, or fewer rows a page than asked for.
  const pageSize = first.rows.length;
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
      for (const page of pages) rows.add(page.rows);
      // Whatever number of rows it claims: more pages would add nothing either.
      if (rows.size === before) return;
    }
    return;
  }
  if (pageSize < count) return;
  for (let number = 1; number < MAX_PAGES && rows.size < wanted; number++) {
    const page = await readPage(number);
    const added = rows.add(page.rows);
    if (page.rows.length < pageSize || added === 0) return;
  }
}

function warningsFor(rows: RowSet, total: number | undefined, wanted: number): Sentence[] {
  const expected = Math.min(total ?? 0, wanted);
  if (rows.size >= expected) return [];
  if (rows.size === 0) return [say`The appliance reports ${total ?? 0} entries, but lists none.`];
  return [
    say`${rows.size} of ${expected} entries arrived: the list changed while it was read, or the appliance repeats entries. A fixed interval in the past gives a stable list.`,
  ];
}

/** Rows in order, each once. */
class RowSet {
  readonly list: Row[] = [];
  private readonly keys = new Set<string>();
  private readonly pages = new Set<string>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.list.length;
  }

  /** @returns how many of the rows were new */
  add(rows: Row[]): number {
    const before = this.list.length;
    if (this.isRepeated(rows)) return 0;
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

/**
 * The rows of an answer that is a list for sure: an envelope, or a plain array.
 *
 * @returns nothing for anything else, such as an object keyed by name
 */
export function listWithin(answer: unknown): Pick<Rows, 'rows' | 'total'> | undefined {
  const { displayedItems } = (answer ?? {}) as { displayedItems?: unknown };
  const isEnvelope = typeof displayedItems === 'object' && displayedItems !== null;
  return isEnvelope || Array.isArray(answer) ? toPage(answer) : undefined;
}

/**
 * Accepts the envelope, a plain array, and an object keyed by name.
 *
 * @returns nothing for what is no list at all, such as an error that came with status 200
 */
function toPage(answer: unknown): Page | undefined {
  if (Array.isArray(answer)) return { rows: answer.map(toRow), isList: false };
  if (answer === null) return { rows: [], isList: false };
  if (typeof answer !== 'object') return undefined;
  const { displayedItems, numberOfItems, numberOfPages } = answer as Record<string, unknown>;
  if (typeof displayedItems === 'object' && displayedItems !== null) {
    return {
      rows: Array.isArray(displayedItems) ? displayedItems.map(toRow) : rowsByName(displayedItems),
      total: toCount(numberOfItems),
      pages: toCount(numberOfPages),
      isList: true,
    };
  }
  const values = Object.values(answer);
  const isList = values.length === 0 || values.some((value) => typeof value === 'object' && value);
  if (!isList) return undefined;
  const inner: unknown = values.length === 1 ? values[0] : undefined;
  if (Array.isArray(inner)) return { rows: inner.map(toRow), isList: false };
  // `{protocols: {SMB: {...}, DNS: {...}}}` rather than `{SMB: {interval: [...]}}`.
  const isNested = inner !== undefined && Object.values(inner as object).every(isPlainObject);
  return { rows: rowsByName(isNested ? (inner as object) : answer), isList: false };
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rowsByName(named: object): Row[] {
  return Object.entries(named)
    .filter(([, value]) => typeof value === 'object' && value !== null)
    .map(([name, value]) => ({ name, ...(value as Row) }));
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

function toRow(item: unknown): Row {
  return typeof item === 'object' && item !== null ? (item as Row) : { name: item };
}

function toCount(value: unknown): number | undefined {
  const number = asNumber(value);
  return value !== undefined && value !== null && Number.isSafeInteger(number) && number >= 0
    ? number
    : undefined;
}
