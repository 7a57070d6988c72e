import { inputError } from '../../../client';
import { slotOf } from '../../../client/values/device-slot';
import { captureFileName } from '../../../client/files/file-name';
import type { Drawing, OptionsFor } from './chart/drawing';
import { encodePng } from './chart/png';
import { intervalLabel, isTimeZone } from './chart/time-axis';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import type { RunResult } from '../model/run-result';
import { CHART_FIELDS, type ChartValues } from './chart/chart-fields';
import { drawHistory } from './chart/history-chart';
import { drawTalkers } from './chart/talker-chart';
import { say } from '../../../client/values/sentence';

/** Draws statistics as a picture. */
export const chart = defineNode({
  name: 'chart',
  label: 'Chart',
  group: 'Statistics',
  verb: 'Draw Chart',
  action: 'Draw a chart of statistics',
  description: 'Draws top talkers or the history of a statistic as a PNG for mail, chat or tickets',
  details: [
    'The chart is drawn here; nothing is sent to another service.',
    'A history needs data points for the interval; the appliance keeps them as long as its memory allows. Columns that are not traffic are left out, with a warning.',
    '"series" holds the figures, "altText" a sentence that describes the chart.',
  ],
  permission: 'Read access to statistics',
  source: 'List queries; JSON output traffic counters; Time interval selection',
  fields: CHART_FIELDS,
  sampleOutput: {
    fileName: 'allegro_allegro-mm-1a2b_top-ip_20261123T145000Z-20261123T155000Z_k3f9q.png',
    mediaType: 'image/png',
    bytes: 61204,
    width: 1600,
    height: 900,
    title: 'Top IP addresses by bytes',
    altText: 'Top IP addresses by bytes: fileserver.example 4.6 GB, 10.1.2.100 2.3 GB.',
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    series: [
      { name: 'fileserver.example', unit: 'B', received: 3400000000, transmitted: 1200000000 },
    ],
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: true,
  hasSmallFiles: true,

  async *run(context, entered) {
    const zone = entered.timeZone || context.timeZone;
    const values = { ...entered, timeZone: zone };
    if (!isTimeZone(zone)) {
      throw inputError(
        'timeZone',
        say`"${zone}" is not a known time zone.`,
        say`Enter a name such as UTC or Europe/Berlin.`,
      );
    }
    const options = optionsFor(context, values);
    const drawn =
      values.chartKind === 'history'
        ? await drawHistory(context, values, options)
        : await drawTalkers(context, values, options);
    yield await toResult(context, values, drawn);
  },
});

function optionsFor({ client }: RunContext, values: ChartValues): OptionsFor {
  const host = new URL(client.baseUrl).hostname;
  const device = [host, values.device].filter(Boolean).join(' ');
  const whole = slotOf(values.device) > 0 ? 'The whole upload' : 'Since the appliance started';
  return (title, time) => ({
    title: values.title || title,
    subtitle: `${time ? intervalLabel(Date.parse(time.from), Date.parse(time.to), values.timeZone) : whole} · ${device}`,
    theme: values.theme,
    width: values.chartWidth,
    height: values.chartHeight,
    scale: values.chartScale,
  });
}

const toUs = (time: string | null) => (time === null ? undefined : Date.parse(time) * 1000);

async function toResult(
  { client, progress }: RunContext,
  values: ChartValues,
  { pixels, ...drawn }: Drawing,
): Promise<RunResult> {
  progress({ step: 'drawing' });
  const content = await encodePng(pixels, values.chartScale, drawn.altText);
  const name = captureFileName({
    device: client.baseUrl,
    filter: values.chartKind === 'history' ? 'history' : `top-${values.talkerKind}`,
    startUs: toUs(drawn.from),
    endUs: toUs(drawn.to),
    id: client.fileId(),
    extension: 'png',
  });
  const mediaType = 'image/png';
  const { width, height } = pixels;
  const facts = { fileName: name, mediaType, bytes: content.length, width, height };
  const json = { ...facts, ...drawn, device: client.baseUrl };
  async function* stream() {
    yield content;
  }
  return { json, file: { name, mediaType, stream: stream(), finished: Promise.resolve(json) } };
}
