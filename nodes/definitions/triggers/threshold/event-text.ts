import {
  countText,
  durationText,
  numberText,
  rateText,
  sizeText,
  utcText,
} from '../../../../client/values/amount-text';
import { named } from '../event-text';
import { isoOf, type Window } from '../window';
import type { Reading } from './readings';
import type { Settings } from './settings';

/** What happened to an element, and when. */
export interface Happened {
  event: 'raised' | 'cleared' | 'preview';
  element: string;
  /** Absent: it is not listed any more. */
  reading?: Reading;
  window: Window;
  /** Start of the first window beyond the limit. */
  since: number;
  suppressed: number;
}

/** As `10.1.2.3 has 132 Mbit/s, above the threshold of 100 Mbit/s since 2026-11-23 15:48:00 UTC.` */
export function thresholdText(settings: Settings, happened: Happened, unit: string | null): string {
  const { condition, limit } = settings.rules;
  const { event, reading, since, window } = happened;
  const [value, threshold] = amounts(reading?.value ?? limit, limit, unit);
  const state = reading
    ? `${predicateOf(settings)} ${value}${spanOf(settings, window)}`
    : 'is not listed any more';
  const relation = {
    raised: `${condition} the threshold of ${threshold} since ${utcText(isoOf(since))}`,
    cleared: `no longer ${condition} the threshold of ${threshold} after ${durationText(window.end - since)}`,
    preview: `the threshold is ${threshold}`,
  }[event];
  return `${subjectOf(settings, happened)} ${state}, ${relation}.`;
}

function subjectOf(settings: Settings, { element, reading }: Happened): string {
  const { watched, ringBuffer, path, valuePath } = settings;
  const who = named(element, reading?.name);
  switch (watched) {
    case 'total':
      return 'All traffic';
    case 'tcpPort':
      return `TCP port ${who}`;
    case 'udpPort':
      return `UDP port ${who}`;
    case 'protocol':
      return `Protocol ${who}`;
    case 'interface':
      return `Interface ${who}`;
    case 'buffer':
      return `Ring buffer ${ringBuffer}`;
    case 'list':
      return `${valuePath} of ${who}`;
    case 'value':
      return `${valuePath} of ${path}`;
    default:
      return who;
  }
}

function predicateOf({ watched, direction }: Settings): string {
  if (watched === 'list' || watched === 'value') return 'is';
  if (watched === 'buffer') return 'reaches back';
  if (watched === 'tcpScore') return 'has a TCP response score of';
  return { both: 'has', rx: 'receives', tx: 'transmits' }[direction];
}

/** What is counted is counted in a window; a rate is the same in one of any length. */
function spanOf({ watched, measure }: Settings, { start, end }: Window): string {
  const isCounted = !['tcpScore', 'buffer', 'list', 'value'].includes(watched);
  return isCounted && !measure.endsWith('PerSecond') ? ` in ${durationText(end - start)}` : '';
}

/** Of two that differ, the texts differ as well. */
function amounts(value: number, limit: number, unit: string | null): [string, string] {
  const [short, shortLimit] = [amountText(value, unit), amountText(limit, unit)];
  if (short !== shortLimit || value === limit) return [short, shortLimit];
  const exact = (one: number) =>
    `${one.toLocaleString('en', { maximumFractionDigits: 20 })} ${unit ?? ''}`.trim();
  return [exact(value), exact(limit)];
}

function amountText(value: number, unit: string | null): string {
  switch (unit) {
    case 'bit/s':
      return rateText(value);
    case 'bytes':
      return sizeText(value);
    case 'bytes/s':
      return `${sizeText(value)}/s`;
    case 'packets':
      return countText(value, 'packet');
    case 'h':
      return durationText(value * 3600);
    case 'packets/s':
      return `${numberText(value)} ${unit}`;
    default:
      return numberText(value);
  }
}
