import { AllegroError, isNotFound, type CallOptions } from '../../../../client';
import { ratesOver, toCounters, type Counters } from '../../../../client/values/counters';
import { nameOfRow, type Row } from '../../../../client/api/rows';
import { encodePathElement, type Query } from '../../../../client/http/query';
import {
  ALL_TRAFFIC,
  INTERFACES,
  IPS,
  IPS_TCP,
  MACS,
  STATISTICS,
  TCP_PORT,
} from '../../../../client/api/paths';
import type { RunContext } from '../../model/run-context';
import {
  displayName,
  RANKING_PATHS,
  sortKey,
  type RankedKind,
} from '../../statistics/lists/ranking';
import { windowQuery, type Window } from '../window';
import { isClear } from './alarm';
import { readRanked } from './ranked-rows';
import type { Measure } from './fields';
import type { Settings } from './settings';
import { numberAt } from './value-path';
import { listed, quoted, say, type Sentence } from '../../../../client/values/sentence';
import { asText } from '../../../../client/values/text';

/** The value of one element in one window. */
export interface Reading {
  element: string;
  /** Its name, where the appliance knows one. */
  name?: string;
  value: number;
}

/**
 * Reads what a window holds of the elements that can matter: all that are not clear, or those that
 * a person named. What is not among them is within its limits.
 */
export async function readWindow(
  context: RunContext,
  settings: Settings,
  window: Window,
): Promise<Reading[]> {
  const options = { signal: context.signal, address: settings.address };
  const query: Query = { skiphistorydata: true, ...windowQuery(window) };
  const valueIn = valueOfCounters(settings, window);
  const counted: ValueOf = (row) => {
    const counters = toCounters(row.interval);
    return counters && valueIn(counters);
  };
  switch (settings.watched) {
    case 'total':
      return readTotal(context, window, valueIn, options);
    case 'interface':
      return readInterfaces(context, settings, query, counted, options);
    case 'buffer':
      return readReach(context, settings, options);
    case 'value':
      return readValue(context, settings, query, options);
    case 'tcpScore':
      return readList(context, settings, options, {
        path: IPS_TCP,
        query: { ...query, sort: 'score' },
        valueOf: (row) => numberAt(row, 'tcpSynResponseTimes.score', ''),
      });
    case 'list':
      return readList(context, settings, options, {
        path: settings.path,
        query: { ...query, sort: settings.sort, ...settings.query },
        valueOf: (row) => numberAt(row, settings.valuePath, settings.path),
      });
    default:
      return readElements(context, settings, settings.watched, query, counted, options);
  }
}

/**
 * The readings of two windows that each hold a part of the same time. Counters add up; of other
 * values the higher one counts.
 */
export function mergedReadings(
  { watched }: Pick<Settings, 'watched'>,
  some: Reading[],
  others: Reading[],
): Reading[] {
  const isCounted = watched !== 'tcpScore' && watched !== 'list';
  const merged = new Map(some.map((reading) => [reading.element, reading]));
  for (const reading of others) {
    const value = merged.get(reading.element)?.value;
    const both = isCounted
      ? reading.value + (value ?? 0)
      : Math.max(reading.value, value ?? -Infinity);
    merged.set(reading.element, { ...reading, value: both });
  }
  return [...merged.values()];
}

type ValueOf = (row: Row) => number | undefined;

/** Source: "JSON output traffic counters". */
function valueOfCounters(
  { measure, direction }: Settings,
  window: Window,
): (counters: Counters) => number {
  const side = direction === 'both' ? 'total' : direction;
  const rates = (counters: Counters) => ratesOver(counters, window.end - window.start);
  const valueIn: Record<Measure, (counters: Counters) => number> = {
    bytes: (counters) => counters[`${side}Bytes`],
    packets: (counters) => counters[`${side}Packets`],
    bitsPerSecond: (counters) => rates(counters)[`${side}BitsPerSecond`],
    packetsPerSecond: (counters) => rates(counters)[`${side}PacketsPerSecond`],
  };
  return valueIn[measure];
}

const ONE_ELEMENT: Partial<Record<RankedKind, string>> = {
  ip: IPS,
  mac: MACS,
  tcpPort: TCP_PORT,
};

async function readElements(
  context: RunContext,
  settings: Settings,
  kind: RankedKind,
  query: Query,
  valueOf: ValueOf,
  options: CallOptions,
): Promise<Reading[]> {
  const path = ONE_ELEMENT[kind];
  if (path && settings.elements.length > 0) {
    return Promise.all(
      settings.elements.map(async (element) => {
        const url = `${path}/${encodePathElement(element)}`;
        const row = await readElement(context, url, query, options);
        const value = row ? valueOf(row) : 0;
        if (value === undefined) throw noValueError(context, url, say`traffic counters`);
        return { element, ...displayName(row ?? {}, kind), value };
      }),
    );
  }
  const isBytes = settings.measure === 'bitsPerSecond' || settings.measure === 'bytes';
  return readList(context, settings, options, {
    path: RANKING_PATHS[kind],
    query: { ...query, sort: sortKey(isBytes ? 'bytes' : 'packets', settings.direction) },
    valueOf,
  });
}

/** An element that the appliance does not know has no traffic. */
async function readElement(
  { client }: RunContext,
  path: string,
  query: Query,
  options: CallOptions,
): Promise<Row | undefined> {
  const answer = await client
    .get(path, query, options)
    .catch((error: unknown) => (isNotFound(error) ? undefined : Promise.reject(error)));
  return answer === undefined ? undefined : asRow(answer);
}

async function readList(
  context: RunContext,
  settings: Settings,
  options: CallOptions,
  { path, query, valueOf }: { path: string; query: Query; valueOf: ValueOf },
): Promise<Reading[]> {
  const { rules, elements, maxElements, elementProperty } = settings;
  const wanted = new Set(elements.map(sameCase));
  const rows = await readRanked(context, options, {
    path,
    query: { ...query, reverse: rules.condition === 'above' },
    valueOf,
    condition: rules.condition,
    isSorted: query.sort !== '',
    maxRows: wanted.size > 0 ? undefined : maxElements,
    isEnough: (read) =>
      wanted.size > 0
        ? read.filter((row) => wanted.has(sameCase(elementOf(row, elementProperty)))).length >=
          wanted.size
        : isClear(valueOf(read.at(-1)!), rules),
  });
  const readings = rows.flatMap((row) => {
    const element = elementOf(row, elementProperty);
    const value = valueOf(row);
    if (element === '' || value === undefined) return [];
    return [{ element, ...displayName(row, nameOfRow(row)?.field), value }];
  });
  if (rows.length > 0 && readings.length === 0) throw noValueError(context, path, say`such values`);
  return wanted.size > 0 ? pick(readings, elements) : readings;
}

/** Those that were named; one that is not listed has no traffic. */
function pick(readings: Reading[], elements: string[]): Reading[] {
  const byName = new Map(readings.map((reading) => [sameCase(reading.element), reading]));
  return elements.map((element) => byName.get(sameCase(element)) ?? { element, value: 0 });
}

function elementOf(row: Row, property: string): string {
  const value = property === '' ? nameOfRow(row)?.value : row[property];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const sameCase = (element: string): string => element.toLowerCase();

async function readTotal(
  context: RunContext,
  window: Window,
  valueIn: (counters: Counters) => number,
  options: CallOptions,
): Promise<Reading[]> {
  const query = windowQuery(window);
  const { interval, warnings } = await context.client.traffic(ALL_TRAFFIC, query, options);
  for (const warning of warnings) context.log.warn(warning);
  if (!interval) throw noValueError(context, ALL_TRAFFIC, say`traffic counters`);
  return [{ element: 'total', value: valueIn(interval) }];
}

/** Names and counters of an interface are not documented, so both are looked for. */
async function readInterfaces(
  context: RunContext,
  { elements }: Settings,
  query: Query,
  valueOf: ValueOf,
  options: CallOptions,
): Promise<Reading[]> {
  const { interfaces } = asRow(await context.client.get(INTERFACES, query, options));
  const rows = (Array.isArray(interfaces) ? interfaces : []).map(asRow);
  const readings = rows.flatMap((row, index) => {
    const value = valueOf(row);
    const names = [row.name, row.id, index].filter((name) => name !== undefined).map(asText);
    return value === undefined ? [] : [{ names, element: names[0], value }];
  });
  if (readings.length === 0)
    throw noValueError(context, INTERFACES, say`traffic counters of interfaces`);
  if (elements.length === 0) return readings.map(({ element, value }) => ({ element, value }));
  return elements.map((element) => {
    const found = readings.find(({ names }) => names.map(sameCase).includes(sameCase(element)));
    if (!found) {
      const known = listed(readings.map((reading) => quoted(reading.element)));
      throw noValueError(context, INTERFACES, say`an interface "${element}", only ${known}`);
    }
    return { element: found.element, value: found.value };
  });
}

async function readValue(
  context: RunContext,
  { path, query: typed, valuePath }: Settings,
  query: Query,
  options: CallOptions,
): Promise<Reading[]> {
  const interval = path.startsWith(`${STATISTICS}/`) ? query : {};
  const answer = await context.client.get(path, { ...interval, ...typed }, options);
  const value = numberAt(answer, valuePath, path);
  if (value === undefined) throw noValueError(context, path, say`a number at "${valuePath}"`);
  return [{ element: valuePath, value }];
}

/** An empty buffer reaches back for no time. */
async function readReach(
  { client, log }: RunContext,
  { ringBuffer }: Settings,
  options: CallOptions,
): Promise<Reading[]> {
  const { oldest, warnings } = await client.bufferReach(ringBuffer, options);
  for (const warning of warnings) log.warn(warning);
  return [{ element: `ring buffer ${ringBuffer}`, value: oldest?.hoursBack ?? 0 }];
}

function asRow(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

function noValueError({ client }: RunContext, path: string, what: Sentence): AllegroError {
  return new AllegroError({
    kind: 'badAnswer',
    what: say`The response does not hold ${what}.`,
    advice: say`Check the response with Get Stats, and choose "Any List" or "Any Value" with the path of the value.`,
    device: client.baseUrl,
    method: 'GET',
    path,
  });
}
