import { drawBarChart, NO_TRAFFIC, type Bar } from './bar-chart';
import { withPrefix } from './units';
import type { Drawing, OptionsFor } from './drawing';
import type { RunContext } from '../../model/run-context';
import type { ChartValues } from './chart-fields';
import { readingOptions } from '../../fields/address';
import { inputError } from '../../../../client';
import { readOptionalTimeRange } from '../../fields/time-range';
import { resolveInterval } from '../interval';
import type { RankedKind } from '../lists/ranking';
import { readRanking } from '../top-talkers';
import { say } from '../../../../client/values/sentence';
import { toNumber } from '../../../../client/values/loose-value';
import { asText } from '../../../../client/values/text';

const NAMES: Record<RankedKind, string> = {
  ip: 'IP addresses',
  mac: 'MAC addresses',
  protocol: 'protocols',
  tcpPort: 'TCP ports',
  udpPort: 'UDP ports',
};

/** Top talkers as bars, received and transmitted end to end. */
export async function drawTalkers(
  context: RunContext,
  values: ChartValues,
  optionsFor: OptionsFor,
): Promise<Drawing> {
  const kind = values.talkerKind;
  const isRate = values.barMeasure === 'bits';
  const unit = isRate ? 'bit/s' : 'B';
  const options = readingOptions(context, values);
  const range = readOptionalTimeRange(values);
  if (isRate && !range) {
    throw inputError(
      'barMeasure',
      say`Without an interval there are no bits per second.`,
      say`Set "Measure" to bytes, or choose a time range.`,
    );
  }
  const interval = range && (await resolveInterval(context, range, options));
  const ranking = { ...values, limit: values.barCount };
  const { talkers, warnings } = await readRanking(context, ranking, interval);
  const title = `Top ${NAMES[kind]} by ${isRate ? 'bits per second' : 'bytes'}`;
  const frame = optionsFor(title, interval);
  const bars = talkers
    // What was not counted is not nothing; a warning says how many there are.
    .filter(({ totalBytes }) => totalBytes !== undefined)
    .map((talker) => toBar(talker, kind, isRate));
  const figures = bars.map(({ label, values: [received, transmitted] }) => ({
    name: label,
    unit,
    received,
    transmitted,
  }));
  const spoken = figures
    .slice(0, 5)
    .map((one) => `${one.name} ${withPrefix(one.received + one.transmitted, unit)}`)
    .join(', ');
  const ifEmpty = talkers.length === 0 ? NO_TRAFFIC : 'No readable traffic counters';
  return {
    pixels: drawBarChart(frame, ['Received', 'Transmitted'], bars, unit, ifEmpty),
    title: frame.title,
    altText: `${frame.title}: ${spoken || uncapitalized(ifEmpty)}.`,
    from: interval?.from ?? null,
    to: interval?.to ?? null,
    series: figures,
    warnings,
  };
}

function uncapitalized(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function toBar(talker: Record<string, unknown>, kind: string, isRate: boolean): Bar {
  const key = asText(talker[kind] ?? '');
  const name = typeof talker.name === 'string' ? talker.name : undefined;
  const [rx, tx] = isRate ? ['rxBitsPerSecond', 'txBitsPerSecond'] : ['rxBytes', 'txBytes'];
  return {
    label: name ?? key,
    detail: name === undefined ? undefined : key,
    values: [toNumber(talker[rx]) ?? 0, toNumber(talker[tx]) ?? 0],
  };
}
