import { AllegroError, inputError } from '../../../../client';
import { parseTypedPath } from '../../../../client/http/query';
import { drawLineChart, type Line } from './line-chart';
import { withPrefix } from './units';
import type { Drawing, OptionsFor } from './drawing';
import type { RunContext } from '../../model/run-context';
import { readingOptions } from '../../fields/address';
import { refuseReset, refuseUnsafePath } from '../../fields/api-path';
import type { ChartValues } from './chart-fields';
import { historiesWithin, ratesOf, trafficColumns, type History, type Measure } from './history';
import { resolveInterval, type Interval } from '../interval';
import { readOptionalTimeRange } from '../../fields/time-range';
import { listed, say, sentences, type Sentence } from '../../../../client/values/sentence';

const MOST_LINES = 8;
const MOST_POINTS = 400;
const LONGEST_NAME = 26;
const MEASURES = {
  bits: { what: 'Traffic', unit: 'bit/s' },
  packets: { what: 'Packets', unit: 'packets/s' },
};
const INTERFACES = { path: 'API/stats/interfaces', seriesLabel: '' };

type SeriesRow = ChartValues['series'][number];

/** Histories as lines. */
export async function drawHistory(
  context: RunContext,
  values: ChartValues,
  optionsFor: OptionsFor,
): Promise<Drawing> {
  const rows = values.series;
  const wanted = (rows.length > 0 ? rows : [INTERFACES]).map((row) => ({
    ...row,
    ...readPath(row.path),
  }));
  const options = readingOptions(context, values);
  const range = readOptionalTimeRange(values);
  const interval = range && (await resolveInterval(context, range, options));
  context.progress({ step: 'reading' });
  const points = Math.min(MOST_POINTS, Math.round(values.chartWidth / 3));
  const readOne = ({ path, query }: (typeof wanted)[number]) =>
    context.client.get(
      path,
      { ...query, ...interval?.query, values: points, skiphistorydata: false },
      options,
    );
  const answers = await Promise.all(wanted.map(readOne));
  const { lines, warnings } = linesWithin(context, answers, wanted, values, interval);
  const name = rows.length <= 1 && lines.length === 1 ? ` – ${lines[0].name}` : '';
  const { what, unit } = MEASURES[values.lineMeasure];
  const time = interval ?? timeOf(lines);
  const frame = optionsFor(`${what}${name}`, time);
  const [from, to] = [time?.from, time?.to].map((text) => Date.parse(text ?? ''));
  const series = lines.map(figuresOf);
  return {
    pixels: drawLineChart(frame, lines, unit, { from, to, zone: values.timeZone }),
    title: frame.title,
    altText: `${frame.title}: ${inWords(series, unit) || 'no history for this interval'}.`,
    from: time?.from ?? null,
    to: time?.to ?? null,
    series: series.map((one) => ({ ...one, unit })),
    warnings,
  };
}

/**
 * The lines to draw, out of what the appliance returned.
 *
 * @throws AllegroError `badAnswer` where there are histories, but none of traffic
 */
function linesWithin(
  { client }: RunContext,
  answers: unknown[],
  wanted: readonly SeriesRow[],
  values: ChartValues,
  interval: Interval | undefined,
): { lines: Line[]; warnings: Sentence[] } {
  // The last step may still be counted.
  const end = interval ? Date.parse(interval.to) : Infinity;
  const found = answers.map((answer, index) =>
    linesOf(historiesWithin(answer), wanted[index], values, end),
  );
  const lines = found.flatMap((one) => one.lines);
  const warnings = [...(interval?.warnings ?? []), ...found.flatMap((one) => one.warnings)];
  if (lines.length === 0 && found.some(({ hasOtherHistory }) => hasOtherHistory)) {
    throw new AllegroError({
      kind: 'badAnswer',
      device: client.baseUrl,
      what: sentences(say`Nothing to draw.`, ...warnings),
      advice: say`Choose statistics that count traffic, or read the values with Get Stats.`,
    });
  }
  if (lines.length > MOST_LINES) {
    warnings.push(say`Only ${MOST_LINES} of ${lines.length} [line|lines] are drawn.`);
  }
  return { lines: lines.slice(0, MOST_LINES), warnings };
}

function inWords(series: Array<ReturnType<typeof figuresOf>>, unit: string): string {
  return series
    .map(
      ({ name, highest, average }) =>
        `${name} up to ${withPrefix(highest, unit)}, ${withPrefix(average, unit)} on average`,
    )
    .join('; ');
}

/** From the first point to the last, where there are any. */
function timeOf(lines: readonly Line[]): { from: string; to: string } | undefined {
  const times = lines.flatMap(({ points }) => points.map(([at]) => at));
  if (times.length === 0) return undefined;
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [start, end] = [from, Math.max(to, from + 1000)].map((at) => new Date(at).toISOString());
  return { from: start, to: end };
}

function readPath(typed: string): ReturnType<typeof parseTypedPath> {
  const parsed = parseTypedPath(/^\/?(API|https?:)/i.test(typed) ? typed : `API/stats/${typed}`);
  refuseReset(parsed.path);
  refuseUnsafePath(parsed.path, typed);
  if (/^\/API\/stats\/./.test(parsed.path)) return parsed;
  throw inputError(
    'series',
    say`"${typed}" is not below API/stats.`,
    say`Enter a path of a statistic.`,
  );
}

/** The lines of one statistic: of those of its histories that are known to be traffic. */
function linesOf(
  histories: readonly History[],
  row: SeriesRow,
  values: ChartValues,
  end: number,
): { lines: Line[]; warnings: Sentence[]; hasOtherHistory: boolean } {
  const lines: Line[] = [];
  const others: string[] = [];
  const [aligned, shifted] = [true, false].map((isAligned) =>
    histories.filter((history) => history.isAligned === isAligned),
  );
  for (const history of aligned!) {
    const traffic = trafficColumns(history, values.lineMeasure);
    if (traffic) lines.push(...toLines(history, traffic, row, values, end));
    else others.push(history.columns.join(', '));
  }
  const warnings = [
    ...(histories.length === 0 ? [say`${row.path} has no history.`] : []),
    ...(others.length > 0 ? [otherWarning(row.path, others, values.lineMeasure)] : []),
    ...(shifted!.length > 0
      ? [say`${row.path}: not drawn, because its data does not fill its columns.`]
      : []),
  ];
  return { lines, warnings, hasOtherHistory: others.length + shifted!.length > 0 };
}

function otherWarning(path: string, others: string[], measure: Measure): Sentence {
  const names = [...new Set(others)].map((columns) => columns || say`columns without names`);
  const columns = listed(names, '; ');
  return measure === 'bits'
    ? say`${path}: not drawn, because it is not known to be traffic in bytes: ${columns}.`
    : say`${path}: not drawn, because it is not known to be traffic in packets: ${columns}.`;
}

function toLines(
  history: History,
  traffic: readonly [rx: number, tx: number],
  { path, seriesLabel }: SeriesRow,
  values: ChartValues,
  end: number,
): Line[] {
  const name =
    [seriesLabel, history.name].find(Boolean) ?? decodeURIComponent(path.split('/').at(-1)!);
  const areCounts = values.historyValues === 'counts';
  const rates = ratesOf(history, traffic, values.lineMeasure, areCounts, end);
  if (values.lineDirections === 'sum') {
    return [{ name, points: rates.map(({ at, rx, tx }) => [at, rx + tx] as const) }];
  }
  // The legend would cut it at its end, and with it what tells the two apart.
  const short = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
  return [
    { name: `${short} – received`, points: rates.map(({ at, rx }) => [at, rx] as const) },
    { name: `${short} – transmitted`, points: rates.map(({ at, tx }) => [at, tx] as const) },
  ];
}

function figuresOf({ name, points }: Line) {
  const figures = points.map(([, value]) => value);
  const sum = figures.reduce((total, value) => total + value, 0);
  return {
    name,
    points: points.length,
    highest: Math.max(0, ...figures),
    average: figures.length > 0 ? sum / figures.length : 0,
  };
}
