import { inputError, type Address } from '../../../../client';
import type { Query } from '../../../../client/http/query';
import { readAddress } from '../../fields/address';
import { refuseAnalysisSlot } from '../../fields/ring-buffer';
import { RANKED_OPTIONS, type Direction, type RankedKind } from '../../statistics/lists/ranking';
import { readStatisticsPath } from '../../statistics/statistics-path';
import { expressionFor } from '../../statistics/element-expression';
import type { Rules } from './alarm';
import type { Measure, ThresholdValues, Watched } from './fields';
import { unitOf } from './value-unit';
import { canonicalMac } from '../../../../client/values/filter-operands';
import { canonicalIp } from '../../../../client/values/ip-address';
import { say, type Sentence } from '../../../../client/values/sentence';

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
  /** Index; only for its reach. */
  ringBuffer: number;
  rules: Rules;
  windowSeconds: number;
  reportsCleared: boolean;
  reportsAtStart: boolean;
  maxElements: number;
  address: Address;
}

/** Whether it is one value, known only as it is now, so that it is read once a poll. */
export function isMomentary(watched: Watched): boolean {
  return watched === 'value' || watched === 'buffer';
}

/**
 * Whether the elements themselves are ranked by their traffic.
 */
function isRanked(watched: Watched): watched is RankedKind {
  return RANKED_OPTIONS.some(({ value }) => value === watched);
}

/**
 * Reads the fields, and checks what concerns several of them.
 *
 * @throws AllegroError `input`
 */
export function readSettings(values: ThresholdValues): Settings {
  const { watched } = values;
  const elements = readElements(watched, values.elements);
  const rules = readRules(values);
  if (isRanked(watched) && elements.length === 0 && rules.condition === 'below') {
    const what = say`Without a list of elements, there is always one below the threshold.`;
    throw inputError('condition', what, say`Enter the elements to watch.`);
  }
  const address = readAddress(values);
  if (watched === 'buffer') refuseAnalysisSlot(address);
  return {
    watched,
    elements,
    measure: values.measure,
    direction: values.direction,
    ...readPath(values),
    valuePath: values.valuePath,
    elementProperty: values.elementProperty,
    sort: values.sortBy,
    ringBuffer: values.ringBuffer,
    rules,
    windowSeconds: values.windowSeconds,
    reportsCleared: values.reportCleared,
    reportsAtStart: values.reportAtStart,
    // One that is not part of a list is the only one.
    maxElements: watched === 'total' || isMomentary(watched) ? 1 : values.maxElements,
    address,
  };
}

/** Where a list or a value is read; blank for what has a path of its own. */
function readPath(values: ThresholdValues): { path: string; query: Query } {
  const { watched, listPath, valuePath } = values;
  if (watched !== 'list' && watched !== 'value') return { path: '', query: {} };
  const found =
    watched === 'list'
      ? readStatisticsPath(listPath, { field: 'listPath' })
      : readStatisticsPath(values.path, { field: 'path', roots: ['stats', 'system', 'info'] });
  if (unitOf(valuePath, found.path).isUnknownName) {
    const what = say`"${valuePath}" is not known to be traffic, so its values have no such names.`;
    throw inputError('valuePath', what, say`Enter the index instead of the name, such as 0.`);
  }
  return found;
}

function readRules(values: ThresholdValues): Rules {
  const { limit } = values;
  const condition = values.watched === 'buffer' ? 'below' : values.condition;
  const clearLimit = values.clearLimit ?? limit;
  const isWrongWay = condition === 'above' ? clearLimit > limit : clearLimit < limit;
  if (isWrongWay) {
    throw condition === 'above'
      ? inputError(
          'clearLimit',
          say`The clear threshold ${clearLimit} is above the threshold ${limit}.`,
          say`Enter one that is lower, or leave it blank.`,
        )
      : inputError(
          'clearLimit',
          say`The clear threshold ${clearLimit} is below the threshold ${limit}.`,
          say`Enter one that is higher, or leave it blank.`,
        );
  }
  return {
    condition,
    limit,
    clearLimit,
    windowsInARow: values.windowsInARow,
    coolDownSeconds: values.coolDownSeconds,
  };
}

const KIND_NAMES: Partial<Record<Watched, Sentence>> = {
  ip: say`IP address`,
  mac: say`MAC address`,
  tcpPort: say`port`,
  udpPort: say`port`,
};

function readElements(watched: Watched, typed: string): string[] {
  const elements = typed
    .split(',')
    .map((element) => element.trim())
    .filter(Boolean)
    .map((element) => canonical(watched, element));
  const kindName = KIND_NAMES[watched];
  for (const element of elements) {
    const isOne =
      kindName === undefined ||
      (!element.includes('/') && isRanked(watched) && expressionFor(watched, element) !== null);
    if (!isOne) {
      const what = say`"${element}" is not a valid ${kindName}.`;
      throw inputError('elements', what, say`Separate several by commas.`);
    }
  }
  return [...new Set(elements)];
}

/** As the appliance writes it: what it does not find by another spelling would count as 0. */
function canonical(watched: Watched, element: string): string {
  switch (watched) {
    case 'ip':
      return canonicalIp(element) ?? element;
    case 'mac':
      return canonicalMac(element) ?? element;
    case 'tcpPort':
    case 'udpPort':
      return element.replace(/^0+(?=\d)/, '');
    default:
      return element;
  }
}
