import { roundedRate } from '../../../../client/values/counters';
import {
  expressionFor,
  kindOfElement,
  type ElementKind,
} from '../../statistics/element-expression';
import { eventText } from '../event-text';
import { isoOf } from '../window';
import type { TriggerEvent } from '../trigger';
import { thresholdText, type Happened } from './event-text';
import type { Watched } from './fields';
import type { Settings } from './settings';
import { unitOf } from './value-unit';

const UNITS = {
  bitsPerSecond: 'bit/s',
  packetsPerSecond: 'packets/s',
  bytes: 'bytes',
  packets: 'packets',
} as const;

const OTHER_MEASURES: Partial<Record<Watched, string>> = { tcpScore: 'score', buffer: 'hoursBack' };

/** Event of a Threshold Trigger: all that a person, a ticket or a capture node needs. */
export function thresholdEvent(
  settings: Settings,
  baseUrl: string,
  happened: Happened,
): TriggerEvent {
  const { rules, watched, address, measure, direction } = settings;
  const { event, element, reading, window, since, suppressed } = happened;
  const alertTime = isoOf(window.end);
  const hasMeasure = !['tcpScore', 'buffer', 'list', 'value'].includes(watched);
  const isRate = hasMeasure && measure.endsWith('PerSecond');
  const value = reading?.value ?? null;
  const unit = unitFor(settings);
  const dedupKey = [baseUrl, address.mmId ?? '', address.group ?? '', ...whatOf(settings), element];
  return {
    event,
    text: eventText(thresholdText(settings, happened, unit), {
      ...{ event, device: baseUrl, address, alertTime },
    }),
    watched,
    element,
    ...(reading?.name === undefined ? {} : { name: reading.name }),
    measure: hasMeasure ? measure : settings.valuePath || OTHER_MEASURES[watched] || null,
    unit,
    ...(hasMeasure ? { direction } : {}),
    value: value !== null && isRate ? roundedRate(value) : value,
    condition: rules.condition,
    limit: rules.limit,
    clearLimit: rules.clearLimit,
    alertTime,
    since: isoOf(since),
    from: isoOf(window.start),
    to: alertTime,
    suppressed,
    expression: expressionFor(kindOf(settings, element), element),
    device: baseUrl,
    mmId: address.mmId ?? null,
    eventId: [...dedupKey, event, alertTime].join('|'),
    dedupKey: dedupKey.join('|'),
  };
}

function unitFor({ watched, measure, path, valuePath }: Settings): string | null {
  if (watched === 'tcpScore') return 'score';
  if (watched === 'buffer') return 'h';
  if (watched === 'list' || watched === 'value') return unitOf(valuePath, path).unit;
  return UNITS[measure];
}

/** What is watched, in short words: part of keys and subjects. */
export function whatOf(settings: Settings): string[] {
  const { watched, measure, direction, path, valuePath, rules } = settings;
  switch (watched) {
    case 'tcpScore':
      return [watched, rules.condition];
    case 'buffer':
      return [watched, String(settings.ringBuffer), rules.condition];
    case 'list':
    case 'value':
      return [path, valuePath, rules.condition];
    default:
      return [watched, measure, direction, rules.condition];
  }
}

function kindOf({ watched }: Settings, element: string): ElementKind {
  switch (watched) {
    case 'tcpScore':
    case 'list':
      return kindOfElement(element);
    case 'buffer':
    case 'value':
      return 'other';
    default:
      return watched;
  }
}
