import { inputError, type Address, type CallOptions } from '../../../client';
import { nameOfRow, type Row } from '../../../client/api/rows';
import { nameCounters } from '../../../client/values/counters';
import type { Query } from '../../../client/http/query';
import { defineFields } from '../model/field';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import type { ValuesOf } from '../model/field-values';
import { JSON_LIMIT_FIELD, QUERY_FIELD, queryOf } from '../fields/api-path';
import { LINK_GROUP_FIELD, originOfElement, readingOptions } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { csvResult } from './lists/csv-file';
import { resolveInterval, type Interval } from './interval';
import { AS_CSV, listFields } from './lists/list-fields';
import { addressWithin, notSeenWarning, unlessUnseen } from './not-seen';
import { readStatisticsPath } from './statistics-path';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';
import { say, sentences, type Sentence } from '../../../client/values/sentence';

const FIELDS = defineFields([
  {
    name: 'path',
    label: 'Path',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/stats/modules/ip/ips/10.1.2.3',
    description: 'Path of the statistic, below API/stats. Replace parts such as :ip',
    required: true,
    choices: 'statisticsPaths',
    messageProperty: 'path',
  },
  ...listFields({ things: 'rows', limit: 50 }),
  ...optionalTimeRangeFields({
    none: 'The last second, and the totals since the appliance started',
  }),
  {
    name: 'simplify',
    label: 'Simplify',
    type: 'boolean',
    default: true,
    description: 'Whether to return a simplified version of the response instead of the raw data',
    showWhen: { listOutput: ['data'] },
    advanced: true,
  },
  ...deviceFields(),
  LINK_GROUP_FIELD,
  {
    name: 'historyData',
    label: 'History Data',
    type: 'boolean',
    default: false,
    description: 'Whether to include the data points of graphs, which can be many',
    showWhen: { listOutput: ['data'], simplify: [true] },
    advanced: true,
  },
  {
    name: 'rawCounters',
    label: 'Raw Counters',
    type: 'boolean',
    default: false,
    description: 'Whether to return counters as the arrays that the appliance sends',
    showWhen: { listOutput: ['data'], simplify: [true] },
    advanced: true,
  },
  { ...QUERY_FIELD, advanced: true },
  { ...JSON_LIMIT_FIELD, showWhen: { listOutput: ['data'] } },
]);

/** Reads any statistic below `API/stats`. */
export const getStats = defineNode({
  name: 'getStats',
  label: 'Get Stats',
  group: 'Statistics',
  verb: 'Get',
  action: 'Get stats',
  description:
    'Reads any statistic of the appliance for an interval, as data with named counters or as a CSV file',
  details: [
    'Every path that the web interface reads works here. The developer tools of your browser show them.',
    'Counters have names: rxPackets, rxBytes, txPackets, txBytes and totals. Averages are packets and bits per second. "Received" means sent to that address.',
    'A list returns its rows, up to Limit; "total" is the number that the appliance reports. Any other statistic is a single result.',
    'Without a time range, "interval" covers the last second, and "allTime" the time since the appliance started.',
    'An address that the appliance has not seen returns "seen": false. The CSV file has all rows; the vendor documents it for IP addresses only.',
  ],
  permission: 'Read access to statistics; "voip" for SIP and RTP',
  source: 'API hierarchy; API parameters',
  fields: FIELDS,
  itemsProperty: 'items',
  sampleOutput: {
    items: [
      {
        ip: '10.1.2.3',
        interval: {
          rxPackets: 1200,
          rxBytes: 960000,
          txPackets: 800,
          txBytes: 64000,
          totalPackets: 2000,
          totalBytes: 1024000,
        },
      },
    ],
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    listed: 1,
    total: 1,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: true,
  fileWhen: AS_CSV,

  async *run(context, values) {
    const { path, query: typedQuery } = readStatisticsPath(values.path, {
      field: 'path',
    });
    const ownQuery = { ...typedQuery, ...queryOf(values.queryParameters) };
    const isCsv = values.listOutput === 'csv';
    if (!isCsv) refuseCsv(ownQuery);
    const options = {
      ...readingOptions(context, values),
      maxTextBytes: values.maxJsonMegabytes * 1e6,
    };
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, options));
    if (isCsv) {
      const query = { ...interval?.query, ...ownQuery };
      const content = decodeURIComponent(path.split('/').at(-1)!);
      yield* csvResult(context, content, interval, options, (csvOptions) =>
        context.client.tableCsv(path, query, csvOptions),
      );
      return;
    }
    const hasHistory = values.simplify === false || values.historyData === true;
    const query = {
      ...typedQuery,
      skiphistorydata: !hasHistory,
      ...interval?.query,
      ...ownQuery,
    };
    context.progress({ step: 'reading' });
    yield { json: await readStats(context, values, { path, query }, interval, options) };
  },
});

/** @throws AllegroError `input` where the query asks for a file, but the node for data */
function refuseCsv({ csv }: Query): void {
  if (csv === undefined || String(csv).toLowerCase() === 'false') return;
  throw inputError(
    'listOutput',
    say`The query requests CSV, but the result is set to data.`,
    say`Choose "CSV File" as the result, or remove "csv" from the query.`,
  );
}

async function readStats(
  context: RunContext,
  values: ValuesOf<typeof FIELDS>,
  { path, query }: { path: string; query: Query },
  interval: Interval | undefined,
  options: CallOptions & { address: Address },
): Promise<Record<string, unknown>> {
  const { client } = context;
  const clockWarnings = interval?.warnings ?? [];
  const limit = values.returnAll ? undefined : values.limit;
  const address = addressWithin(path);
  const found = await unlessUnseen(context, address, options, () =>
    client.statistic({ path, query, limit }, options),
  );
  const facts = {
    from: interval?.from ?? null,
    to: interval?.to ?? null,
    device: client.baseUrl,
    mmId: options.address.mmId,
  };
  if (!found) {
    const { kind, value } = address!;
    return {
      [kind]: value,
      seen: false,
      ...facts,
      warnings: [...clockWarnings, notSeenWarning(address!)],
    };
  }
  const isRaw = values.simplify === false || values.rawCounters === true;
  const name = (answer: unknown) => (isRaw ? answer : nameCounters(answer, path));
  if (!found.list) {
    const named = name(found.answer);
    const answer = isObject(named) ? named : { value: named };
    return clockWarnings.length > 0 ? { ...answer, warnings: clockWarnings } : answer;
  }
  const { rows, total, warnings } = found.list;
  const origin = originOfElement(options.address);
  return {
    items: rows.map((row) => ({ ...identityOf(row), ...(name(row) as Row), ...origin })),
    ...facts,
    listed: rows.length,
    total,
    warnings: [...clockWarnings, ...warnings, ...limitWarnings(rows.length, total, limit)],
  };
}

/** What a row is about, for the first column of a table. */
function identityOf(row: Row): Row {
  const found = nameOfRow(row);
  return found === undefined ? {} : { [found.field]: row[found.field] };
}

/** A list that does not end where the answer does must not look complete. */
function limitWarnings(listed: number, total: number | undefined, limit = Infinity): Sentence[] {
  const isAll = total === undefined ? listed < limit : listed >= total;
  if (isAll) return [];
  const what =
    total === undefined
      ? say`${listed} [row was|rows were] returned; the appliance does not report how many there are.`
      : say`${listed} of ${total} [row|rows] were returned.`;
  return [sentences(what, say`For more, raise "Limit", or turn on "Return All".`)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
