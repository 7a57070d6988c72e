import type { CallOptions } from '../../../client';
import { nameCounters } from '../../../client/values/counters';
import type { Query } from '../../../client/http/query';
import { defineFields } from '../model/field';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import type { ValuesOf } from '../model/field-values';
import { QUERY_FIELD, queryOf } from '../fields/api-path';
import { LINK_GROUP_FIELD, readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { resolveInterval } from './interval';
import { readStatisticsPath } from './statistics-path';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';

const FIELDS = defineFields([
  {
    name: 'path',
    label: 'Path',
    type: 'text',
    default: '',
    placeholder: 'e.g. API/stats/modules/ip/ips/10.1.2.3',
    description: 'Path of the statistic, below API/stats. Parts such as :ip are filled in by you',
    required: true,
    choices: 'statisticsPaths',
    messageProperty: 'path',
  },
  ...optionalTimeRangeFields({
    default: 'last',
    lastAmount: 1,
    lastUnit: 'hours',
    none: {
      label: 'No Interval',
      description: 'The last second, and the totals since the appliance started',
    },
  }),
  {
    name: 'allPages',
    label: 'All Pages',
    type: 'boolean',
    default: false,
    description: 'Whether to read a list with all its pages, rather than the first one',
  },
  {
    name: 'simplify',
    label: 'Simplify',
    type: 'boolean',
    default: true,
    description: 'Whether to return a simplified version of the response instead of the raw data',
  },
  ...deviceFields(),
  LINK_GROUP_FIELD,
  {
    name: 'historyData',
    label: 'History Data',
    type: 'boolean',
    default: false,
    description: 'Whether to include the data points of graphs, which can be many',
    showWhen: { simplify: [true] },
    advanced: true,
  },
  {
    name: 'rawCounters',
    label: 'Raw Counters',
    type: 'boolean',
    default: false,
    description: 'Whether to leave counters as the arrays that the appliance sends',
    showWhen: { simplify: [true] },
    advanced: true,
  },
  { ...QUERY_FIELD, advanced: true },
]);

/** Reads any statistic below `API/stats`. */
export const getStats = defineNode({
  name: 'getStats',
  label: 'Get Stats',
  group: 'Statistics',
  action: 'Get statistics',
  description:
    'Reads any statistic of the appliance as JSON, for an interval of your choice, with named counters',
  details: [
    'Every page of the web interface is made from these statistics: open the developer console of the browser to see which path a page uses.',
    'Counters come with names (rxPackets, rxBytes, txPackets, txBytes, totals), averages as packets per second and bits per second. "Received" is seen from the element: what was sent to that IP or MAC address.',
    'Without "Simplify" the answer is left as the appliance sends it: counters as arrays, the data points of graphs included.',
    'Without an interval, "interval" holds the last second, and "allTime" what was counted since the appliance started.',
    'An answer that the appliance works out in the background (asyncID) is waited for.',
  ],
  permission: 'Read access to statistics; "voip" for SIP and RTP',
  source: 'API hierarchy; API parameters',
  fields: FIELDS,
  sampleOutput: {
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
  producesFile: false,

  async *run(context, values) {
    const { path, query: typedQuery } = readStatisticsPath(values.path, {
      field: 'path',
    });
    const options = { signal: context.signal, address: readAddress(values) };
    const query = { ...typedQuery, ...(await intervalQuery(context, values, options)) };
    context.progress({ step: 'reading' });
    const answer = values.allPages
      ? await readAllPages(context, path, query, options)
      : await context.client.get(path, query, options);
    const isRaw = values.simplify === false || values.rawCounters === true;
    const named = isRaw ? answer : nameCounters(answer, path);
    yield { json: isObject(named) ? named : { items: named } };
  },
});

async function intervalQuery(
  context: RunContext,
  values: ValuesOf<typeof FIELDS>,
  options: CallOptions,
): Promise<Query> {
  const range = readOptionalTimeRange(values);
  const interval = range ? (await resolveInterval(context, range, options)).query : {};
  const hasHistory = values.simplify === false || values.historyData === true;
  return { skiphistorydata: !hasHistory, ...interval, ...queryOf(values.queryParameters) };
}

async function readAllPages(
  { client }: RunContext,
  path: string,
  query: Query,
  options: CallOptions,
): Promise<Record<string, unknown>> {
  const { rows, total, warnings } = await client.rows({ path, query }, options);
  return {
    displayedItems: rows,
    numberOfItems: total ?? rows.length,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
