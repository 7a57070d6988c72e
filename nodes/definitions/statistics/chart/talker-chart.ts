import { drawBarChart, type Bar } from './bar-chart';
import { withPrefix } from './units';
import type { Drawn, Framing } from '../chart';
import type { RunContext } from '../../model/definition';
import type { FieldValues } from '../../model/field';
import { topTalkers } from '../top-talkers';

const NAMES: Record<string, string> = {
  ip: 'IP addresses',
  mac: 'MAC addresses',
  protocol: 'protocols',
  tcpPort: 'TCP ports',
  udpPort: 'UDP ports',
};

interface Talkers {
  talkers: Array<Record<string, unknown>>;
  from: string;
  to: string;
  warnings: string[];
}

/** Top talkers as bars, received and transmitted end to end. */
export async function drawTalkers(
  context: RunContext,
  values: FieldValues,
  framing: Framing,
): Promise<Drawn> {
  const kind = values.talkerKind as string;
  const isRate = values.barMeasure === 'bits';
  const unit = isRate ? 'bit/s' : 'B';
  const { from, to, talkers } = await readTalkers(context, values);
  const title = `Top ${NAMES[kind]} by ${isRate ? 'bits per second' : 'bytes'}`;
  const options = framing(title, from, to);
  const bars = talkers.map((talker) => toBar(talker, kind, isRate));
  const figures = bars.map(({ label, values: [received, transmitted] }) => ({
    name: label,
    received,
    transmitted,
  }));
  const spoken = figures
    .slice(0, 5)
    .map((one) => `${one.name} ${withPrefix(one.received + one.transmitted, unit)}`)
    .join(', ');
  return {
    pixels: drawBarChart(options, ['Received', 'Transmitted'], bars, unit),
    title: options.title,
    altText: `${options.title}: ${spoken || 'no traffic in this interval'}.`,
    from,
    to,
    series: figures,
    warnings: [],
  };
}

async function readTalkers(context: RunContext, values: FieldValues): Promise<Talkers> {
  const fields = { ...values, sortBy: 'bytes', direction: 'both', returnAll: false };
  const results = topTalkers.run(context, { ...fields, limit: values.barCount });
  const { value } = await results.next();
  await results.return(undefined);
  return value!.json as unknown as Talkers;
}

function toBar(talker: Record<string, unknown>, kind: string, isRate: boolean): Bar {
  const key = String(talker[kind] ?? '');
  const name = talker.name as string | undefined;
  const [rx, tx] = isRate ? ['rxBitsPerSecond', 'txBitsPerSecond'] : ['rxBytes', 'txBytes'];
  return {
    label: name ?? key,
    detail: name === undefined ? undefined : key,
    values: [Number(talker[rx] ?? 0), Number(talker[tx] ?? 0)],
  };
}
