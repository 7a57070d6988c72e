import { toName, toNumber } from '../values/loose-value';
import { say, type Sentence } from '../values/sentence';

export type Row = Record<string, unknown>;

/** A list, or a page of one. */
export interface Page {
  rows: Row[];
  /** Entries that are no rows, such as `null`. */
  unread: number;
  total?: number;
  pages?: number;
  isList: boolean;
}

/** What a person should know of a list that has such entries. */
export function unreadWarnings(unread: number): Sentence[] {
  return unread > 0 ? [say`Entries of the list that could not be read: ${unread}.`] : [];
}

/** Whether a list is empty, or has entries that are rows. */
export function isReadable({ rows, unread }: Page): boolean {
  return rows.length > 0 || unread === 0;
}

/**
 * The rows of an answer that is a list for sure: an envelope, or a plain array.
 *
 * @returns nothing for anything else, such as an object keyed by name, or an envelope beside other data
 */
export function listWithin(answer: unknown): Page | undefined {
  const isList = Array.isArray(answer) || (isPlainObject(answer) && isEnvelope(answer));
  const page = isList ? toPage(answer) : undefined;
  return page && isReadable(page) ? page : undefined;
}

function isEnvelope(answer: object): boolean {
  if (envelopeOf(answer, true)) return true;
  return partsOf(answer).length === 1 && envelopeOf(answer) !== undefined;
}

/** The properties that are no single values. */
function partsOf(answer: object): object[] {
  return Object.values(answer).filter((part) => typeof part === 'object' && part !== null);
}

/**
 * Accepts the envelope, a plain array, and an object keyed by name.
 *
 * @returns nothing for what is no list at all, such as an error that came with status 200
 */
export function toPage(answer: unknown): Page | undefined {
  if (Array.isArray(answer)) return pageOf(answer);
  if (answer === null) return pageOf([]);
  if (!isPlainObject(answer)) return undefined;
  const envelope = envelopeOf(answer);
  if (envelope) {
    const { items, ...counts } = envelope;
    const page = pageOf(Array.isArray(items) ? items : namedItems(items));
    return { ...page, ...counts, isList: true };
  }
  const values = Object.values(answer);
  const parts = partsOf(answer);
  if (values.length > 0 && parts.length === 0) return undefined;
  const inner = values.length === 1 ? parts[0] : undefined;
  if (Array.isArray(inner)) return pageOf(inner);
  // `{protocols: {SMB: {...}, DNS: {...}}}` rather than `{SMB: {interval: [...]}}`.
  const isNested = inner !== undefined && Object.values(inner).every(isPlainObject);
  return pageOf(namedItems(isNested ? inner : answer));
}

function pageOf(items: unknown[]): Page {
  const rows = items.map(toRow).filter((row) => row !== undefined);
  return { rows, unread: items.length - rows.length, isList: false };
}

interface Envelope {
  items: object;
  total?: number;
  pages?: number;
}

/** An answer with more properties is no wrapper of a list, but a list by name. */
const MAX_WRAPPER_FIELDS = 5;

/**
 * The envelope of lists. Source: "List queries". Accepted as well, as an assumption: other spellings
 * such as `displayed_items`, `null` for no items, and one level around it such as `{"data": {…}}`.
 */
function envelopeOf(answer: object, isWithin = false): Envelope | undefined {
  const entries = Object.entries(answer);
  const field = (name: string): unknown =>
    entries.find(([key]) => key.slice(0, 40).toLowerCase().replaceAll('_', '') === name)?.[1];
  const items = field('displayeditems');
  if (typeof items === 'object') {
    const [total, pages] = ['numberofitems', 'numberofpages'].map((name) => toCount(field(name)));
    return { items: items ?? [], total, pages };
  }
  if (isWithin || entries.length > MAX_WRAPPER_FIELDS) return undefined;
  const found = entries.flatMap(([, inner]) => {
    const envelope = isPlainObject(inner) && envelopeOf(inner, true);
    return envelope ? [envelope] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Rows that have their names as keys; other properties beside them, such as counts, are no rows. */
function namedItems(named: object): unknown[] {
  return Object.entries(named)
    .filter(([, value]) => typeof value === 'object' && value !== null)
    .map(([name, value]) => (isPlainObject(value) ? { name, ...value } : value));
}

/** @returns nothing for what has no properties and is no name, such as `null` */
function toRow(item: unknown): Row | undefined {
  if (isPlainObject(item)) return item as Row;
  return toName(item) === undefined ? undefined : { name: item };
}

function toCount(value: unknown): number | undefined {
  const number = toNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
