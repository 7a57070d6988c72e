import { toNumber } from '../../../../client/values/loose-value';
import { objectsWithin } from '../../device/find-value';
import { isCount } from '../../../../client/values/counters';
import { asText } from '../../../../client/values/text';

/** The data of a graph, taken apart. */
export interface History {
  /** What it is about, where the answer says. */
  name: string | undefined;
  /** Names of the columns; none where the answer does not name them. */
  columns: string[];
  records: Array<{ at: number; values: number[] }>;
  /** False where the data does not fill its columns: then its values may be of others. */
  isAligned: boolean;
}

/**
 * Every history in an answer, the outermost first. Layout: `data` is flat, a timestamp and then one
 * value for each of `rows`, over and over. Source: the vendor's dashboard ("history"); the unit of
 * the timestamps is told by their magnitude, and rows may be names or objects that hold one.
 */
export function historiesWithin(answer: unknown): History[] {
  const found: History[] = [];
  for (const object of objectsWithin(answer)) {
    const history = object.history as { rows?: unknown; data?: unknown } | undefined;
    if (!Array.isArray(history?.data)) continue;
    const columns = Array.isArray(history.rows) ? history.rows.map(columnName) : [];
    const records = recordsOf(history.data, columns.length);
    const isAligned = history.data.length % (columns.length + 1) === 0;
    found.push({ name: nameOf(object), columns, records, isAligned });
  }
  return found;
}

function recordsOf(data: unknown[], columns: number): History['records'] {
  const records: History['records'] = [];
  const stride = columns + 1;
  for (let start = 0; start + stride <= data.length; start += stride) {
    const [at, ...values] = data.slice(start, start + stride).map(toNumber);
    // A value that is not there is a gap, not an end.
    if (at !== undefined && isCount(at)) {
      records.push({
        at: toMilliseconds(at),
        values: values.map((value = 0) => (isCount(value) ? value : 0)),
      });
    }
  }
  return records.sort((a, b) => a.at - b.at);
}

function toMilliseconds(time: number): number {
  if (time < 1e11) return time * 1000;
  if (time < 1e14) return time;
  return time < 1e17 ? time / 1000 : time / 1e6;
}

function columnName(row: unknown): string {
  if (typeof row === 'string') return row;
  const { name, id, title } = (row ?? {}) as Record<string, unknown>;
  return asText(name ?? id ?? title ?? '');
}

function nameOf(object: Record<string, unknown>): string | undefined {
  const names = ['name', 'dnsName', 'dhcpHostName', 'ip', 'mac', 'protocol'];
  const found = names
    .map((name) => object[name])
    .find((value) => typeof value === 'string' && value);
  return found as string | undefined;
}

/** What is drawn of a history. */
export type Measure = 'bits' | 'packets';

const SIDES = {
  rx: /^(rx|received)|(rx|received)$/,
  tx: /^(tx|transmitted|sent)|(tx|transmitted|sent)$/,
};
const MEASURES = {
  bits: /^(rx|tx|received|transmitted|sent)?(bytes|octets)(rx|tx|received|transmitted|sent)?$/,
  packets: /^(rx|tx|received|transmitted|sent)?(packets|pkts)(rx|tx|received|transmitted|sent)?$/,
};

/**
 * Where the columns of received and of transmitted traffic are. What has other names may be anything,
 * such as response times, and is not traffic. Source: "JSON output traffic counters" (the counters);
 * their names in `rows` are an assumption.
 *
 * @returns nothing where the history is not known to be traffic
 */
export function trafficColumns(
  { columns }: Pick<History, 'columns'>,
  measure: Measure,
): [rx: number, tx: number] | undefined {
  const names = columns.map((name) => name.toLowerCase().replace(/[^a-z]/g, ''));
  const find = (side: RegExp) =>
    names.findIndex((name) => side.test(name) && MEASURES[measure].test(name));
  const [rx, tx] = [find(SIDES.rx), find(SIDES.tx)];
  return rx >= 0 && tx >= 0 ? [rx, tx] : undefined;
}

/**
 * Received and transmitted traffic per second (bits or packets) for each record.
 *
 * @param traffic as {@link trafficColumns} gives it
 * @param areCounts whether values are what was counted in a step, rather than rates
 * @param end of the interval in milliseconds, where the last step may be cut: then it is left out
 */
export function ratesOf(
  { records }: History,
  [rx, tx]: readonly [rx: number, tx: number],
  measure: Measure,
  areCounts: boolean,
  end: number,
): Array<{ at: number; rx: number; tx: number }> {
  const factor = measure === 'bits' ? 8 : 1;
  const usual = usualStep(records);
  // A step that is still being counted would look as if the traffic had stopped.
  const isCut = records.length > 2 && records.at(-1)!.at + usual > end;
  return (areCounts && isCut ? records.slice(0, -1) : records).map(({ at, values }, index) => {
    const next = records[index + 1]?.at ?? at + usual;
    const seconds = areCounts ? Math.max(0.001, (next - at) / 1000) : 1;
    const rate = (column: number) => ((values[column] ?? 0) * factor) / seconds;
    return { at, rx: rate(rx), tx: rate(tx) };
  });
}

function usualStep(records: History['records']): number {
  const steps = records.slice(1).map(({ at }, index) => at - records[index].at);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1000;
}
