import { inputError, type Address } from '../../../../client';
import type { Query } from '../../../../client/http/query';
import type { FieldValues } from '../../model/field';
import { readAddress } from '../../fields/address';
import type { Direction, RankedKind } from '../../statistics/ranking';
import { readStatisticsPath } from '../../statistics/statistics-path';
import { expressionFor } from '../shared/element';
import type { Rules } from './alarm';

export type Watched = RankedKind | 'interface' | 'total' | 'tcpScore' | 'list' | 'value';
export type Measure = 'bitsPerSecond' | 'packetsPerSecond' | 'bytes' | 'packets';

/** What the fields of a Threshold Trigger say, checked. */
export interface Settings {
  watched: Watched;
  /** The only ones that matter; empty for all. */
  elements: string[];
  measure: Measure;
  direction: Direction;
  /** Of a list, or of an answer with a value. */
  path: string;
  query: Query;
  valuePath: string;
  /** Of a list's rows: which property names them; blank where that is to be found out. */
  elementProperty: string;
  sort: string;
  rules: Rules;
  windowSeconds: number;
  reportsCleared: boolean;
  reportsAtStart: boolean;
  maxElements: number;
  address: Address;
}

/** Kinds whose traffic counters are watched, and that may be narrowed to some elements. */
export const COUNTED: readonly Watched[] = [
  'ip',
  'mac',
  'protocol',
  'tcpPort',
  'udpPort',
  'interface',
];

/**
 * Reads the fields, and checks what concerns several of them.
 *
 * @throws AllegroError `input`
 */
export function readSettings(values: FieldValues): Settings {
  const watched = values.watched as Watched;
  const elements = readElements(watched, values.elements as string | undefined);
  const rules = readRules(values);
  const isRanking = COUNTED.includes(watched) && watched !== 'interface' && elements.length === 0;
  if (isRanking && rules.condition === 'below') {
    const what = 'Among all elements there is always one with less traffic than a limit.';
    throw inputError('condition', what, 'Name the elements that may not fall below it.');
  }
  const typedPath = (watched === 'list' ? values.listPath : values.path) as string | undefined;
  const { path, query } = typedPath
    ? readStatisticsPath(typedPath, {
        field: watched === 'list' ? 'listPath' : 'path',
        roots: watched === 'value' ? ['stats', 'system', 'info'] : ['stats'],
      })
    : { path: '', query: {} };
  return {
    watched,
    elements,
    measure: (values.measure as Measure | undefined) ?? 'bitsPerSecond',
    direction: (values.direction as Direction | undefined) ?? 'both',
    path,
    query,
    valuePath: (values.valuePath as string | undefined) ?? '',
    elementProperty: (values.elementProperty as string | undefined) ?? '',
    sort: (values.sortBy as string | undefined) ?? '',
    rules,
    windowSeconds: (values.windowSeconds as number | undefined) ?? 60,
    reportsCleared: values.reportCleared as boolean,
    reportsAtStart: values.reportAtStart as boolean,
    maxElements: (values.maxElements as number | undefined) ?? 1,
    address: readAddress(values),
  };
}

function readRules(values: FieldValues): Rules {
  const condition = values.condition as Rules['condition'];
  const limit = values.limit as number;
  const clearLimit = (values.clearLimit as number | null) ?? limit;
  const isWrongWay = condition === 'above' ? clearLimit > limit : clearLimit < limit;
  if (isWrongWay) {
    const side = condition === 'above' ? 'above' : 'below';
    throw inputError(
      'clearLimit',
      `The clear limit ${clearLimit} is ${side} the limit ${limit}.`,
      `Enter one that is ${condition === 'above' ? 'lower' : 'higher'}, or leave it blank.`,
    );
  }
  return {
    condition,
    limit,
    clearLimit,
    windowsInARow: values.windowsInARow as number,
    coolDownSeconds: values.coolDownSeconds as number,
  };
}

const KIND_NAMES: Partial<Record<Watched, string>> = {
  ip: 'IP address',
  mac: 'MAC address',
  tcpPort: 'port',
  udpPort: 'port',
};

function readElements(watched: Watched, typed = ''): string[] {
  const elements = typed
    .split(',')
    .map((element) => element.trim())
    .filter(Boolean)
    .map((element) => (watched === 'mac' || watched === 'ip' ? element.toLowerCase() : element));
  const kindName = KIND_NAMES[watched];
  for (const element of elements) {
    const isOne =
      kindName === undefined ||
      (!element.includes('/') && expressionFor(watched as RankedKind, element) !== null);
    if (!isOne) {
      const what = `"${element}" is no ${kindName}.`;
      throw inputError('elements', what, 'Separate several by commas.');
    }
  }
  return [...new Set(elements)];
}
