import { parseInstant } from '../../../../client/values/instant';
import { toBoolean, toNumber } from '../../../../client/values/loose-value';
import { shortHash } from '../short-hash';
import { asText } from '../../../../client/values/text';

/** An incident as far as its fields could be told. Nobody documents them; see `FIELDS`. */
export interface Incident {
  /** The same at each poll. */
  key: string;
  rule: string | null;
  severity: string | null;
  text: string | null;
  element: string | null;
  /** ISO 8601, or nothing. */
  firstTime: string | null;
  lastTime: string | null;
  count: number;
  hasEnded: boolean;
  /** As the appliance sent it. */
  raw: Record<string, unknown>;
}

/**
 * Names under which each fact is looked for, in lower case without separators; the first that is
 * there counts. Guesses from what the web interface shows: rule, severity, text, first and last
 * time, repetitions, element.
 */
const FIELDS = {
  id: ['id', 'uuid', 'incidentid', 'incidentuuid'],
  rule: ['rulename', 'rule', 'ruletext', 'name', 'type'],
  severity: ['severity', 'level', 'priority'],
  text: ['text', 'message', 'description', 'incidenttext'],
  element: ['element', 'ip', 'mac', 'ipaddress', 'macaddress', 'source', 'host', 'clientip'],
  first: [
    'firsttime',
    'firstoccurrence',
    'firstseen',
    'first',
    'starttime',
    'start',
    'timestamp',
    'time',
  ],
  last: ['lasttime', 'lastoccurrence', 'lastseen', 'last', 'updatetime'],
  count: [
    'count',
    'repetitions',
    'repetitioncount',
    'repeatcount',
    'repeated',
    'occurrences',
    'hits',
  ],
  end: ['endtime', 'stoptime', 'ended', 'hasended', 'isended', 'closed'],
  active: ['active', 'isactive'],
  state: ['state', 'status'],
} as const;

const ENDED_STATES = ['ended', 'closed', 'cleared', 'inactive', 'stopped', 'resolved'];
const LIST_NAMES = ['displayeditems', 'incidents', 'globalincidents', 'items', 'entries', 'list'];
const MAX_DEPTH = 4;

type Item = Record<string, unknown>;

/**
 * Finds the list of incidents in an answer of unknown form: an array, the envelope of lists, an
 * object that holds an array, or one with a property for each incident.
 *
 * @returns nothing where there is no list at all; an empty one is a list
 */
export function findList(answer: unknown, depth = 0): Item[] | undefined {
  if (Array.isArray(answer)) {
    const items = answer.filter((item) => item !== null);
    return items.every((item) => isItem(item)) ? items : undefined;
  }
  if (!isItem(answer) || depth >= MAX_DEPTH) return undefined;
  const entries = Object.entries(answer);
  const known = entries.filter(([name]) => LIST_NAMES.includes(plain(name)));
  for (const [, inner] of [...known, ...entries]) {
    const found = findList(inner, depth + 1);
    if (found && (found.length > 0 || known.length > 0 || entries.length === 1)) return found;
  }
  return byName(entries);
}

/** For example `{"17": {...}, "18": {...}}`. */
function byName(entries: Array<[string, unknown]>): Item[] | undefined {
  const items = entries.filter((entry): entry is [string, Item] => isItem(entry[1]));
  if (entries.length === 0) return [];
  if (items.length !== entries.length) return undefined;
  return items.map(([id, item]) => ({ id, ...item }));
}

/** Reads the facts of an item. */
export function readIncident(raw: Item): Incident {
  const fields = new Map(Object.entries(raw).map(([name, value]) => [plain(name), value]));
  const find = (fact: keyof typeof FIELDS) => {
    const name = FIELDS[fact].find((one) => isFilled(fields.get(one)));
    return name === undefined ? undefined : fields.get(name);
  };
  const firstTime = timeOf(find('first'));
  const facts = {
    rule: textOf(find('rule')),
    severity: textOf(find('severity')),
    text: textOf(find('text')),
    element: textOf(find('element')),
    firstTime,
  };
  return {
    key: keyOf(textOf(find('id')), facts, raw),
    ...facts,
    lastTime: timeOf(find('last')) ?? firstTime,
    count: Math.max(1, toNumber(find('count')) ?? 1),
    hasEnded: hasEnded(find('end'), find('active'), find('state')),
    raw,
  };
}

/** An id where there is one; else what does not change when an incident repeats. */
function keyOf(id: string | null, facts: Record<string, string | null>, raw: Item): string {
  if (id !== null) return id.length > 64 ? shortHash(id) : id;
  const { rule, element, firstTime } = facts;
  // The text of an incident may tell a count or a stop time, so it is no part of the key.
  const parts = [rule, element, firstTime];
  return shortHash(
    parts.some((part) => part !== null) ? JSON.stringify(parts) : JSON.stringify(raw),
  );
}

function hasEnded(end: unknown, active: unknown, state: unknown): boolean {
  const isActive = toBoolean(active);
  if (isActive !== undefined) return !isActive;
  if (typeof state === 'string' && ENDED_STATES.includes(state.toLowerCase())) return true;
  return end !== undefined && end !== 0 && end !== '0' && asText(end).toLowerCase() !== 'false';
}

function timeOf(value: unknown): string | null {
  if (value === undefined) return null;
  try {
    return new Date(parseInstant(value, 'time') / 1000).toISOString();
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
