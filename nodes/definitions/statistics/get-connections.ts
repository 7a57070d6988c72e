import { inputError, type CallOptions } from '../../../client';
import type { Row, RowRequest } from '../../../client/api/rows';
import { type Query } from '../../../client/http/query';
import { CONNECTIONS, ipConnectionsPath } from '../../../client/api/paths';
import { originOfElement, readingOptions } from '../fields/address';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import type { RunResult } from '../model/run-result';
import { CONNECTION_FIELDS, type ConnectionValues } from './connections/connection-fields';
import {
  fitsFilter,
  isFiltering,
  readConnectionFilter,
  toConnection,
  type ConnectionFilter,
} from './connections/connections';
import { csvResult } from './lists/csv-file';
import { AS_CSV } from './lists/list-fields';
import { rtpNames } from './connections/rtp-quality';
import { rowsOfAddress } from './not-seen';
import { resolveInterval, type Interval } from './interval';
import { readOptionalTimeRange } from '../fields/time-range';
import { formatIp } from '../../../client/values/ip-address';
import { listed, say, sentences, type Sentence } from '../../../client/values/sentence';

/** The list holds the highest ones only. Source: the vendor's manual on the connections module. */
const APPLIANCE_LIMIT = 1000;

/** Lists connections, or downloads all of them. */
export const getConnections = defineNode({
  name: 'getConnections',
  label: 'Get Connections',
  group: 'Statistics',
  verb: 'Get Connections',
  action: 'Get connections',
  description:
    'Lists connections with addresses, protocols, times, counters and RTP quality, or downloads all as a CSV file',
  details: [
    'The appliance lists the 1,000 highest connections in the chosen order; a warning says if there are more. The CSV file has all of them.',
    'Port, protocol and, for most queries, host are filtered after the list has arrived. If there were more than 1,000 connections, matches can be missing; a warning says so.',
    'With a time range, counters cover that range; without one, the entire connection.',
    'Connect Capture Connection after it to capture the packets of these connections.',
    'The CSV file is checked while it streams; a web page or a truncated file is an error. The appliance writes one at a time, and ignores host, port, protocol and order.',
  ],
  permission: 'Read access to statistics; "voip" for RTP',
  source:
    'Python Script Example - Retrieval of global connections; Output Connection Table as CSV file',
  fields: CONNECTION_FIELDS,
  itemsProperty: 'connections',
  sampleOutput: {
    connections: [
      {
        clientIp: '10.1.2.3',
        clientPort: 62887,
        serverIp: '10.1.2.100',
        serverPort: 443,
        l4Protocol: 'TCP',
        protocol: 'SSL',
        totalBytes: 273600,
        rxPackets: 120,
        rxBytes: 9600,
        txPackets: 200,
        txBytes: 264000,
        totalPackets: 320,
        connectionStartIso: '2026-11-23T15:49:06.280Z',
        lastActivityIso: '2026-11-23T15:49:10.120Z',
        durationSeconds: 3.84,
        connectionStart: 1795448946280,
        lastActivity: 1795448950120,
      },
    ],
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    listed: 1,
    total: 240,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: true,
  fileWhen: AS_CSV,

  async *run(context, values) {
    const options = {
      ...readingOptions(context, values),
      jobLimit: values.jobSeconds * 1000,
    };
    const isCsv = values.listOutput === 'csv';
    const plan = isCsv ? undefined : planList(values);
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, options));
    const filterQuery = { ...interval?.query, filter: values.applianceFilter };
    context.progress({ step: 'reading' });
    if (plan) {
      yield await listConnections(context, values, plan, interval, filterQuery, options);
      return;
    }
    yield* csvResult(context, 'connections', interval, options, (csvOptions) =>
      context.client.connectionsCsv(filterQuery, csvOptions),
    );
  },
});

async function listConnections(
  context: RunContext,
  values: ConnectionValues,
  plan: ListPlan,
  interval: Interval | undefined,
  filterQuery: Query,
  options: CallOptions,
): Promise<RunResult> {
  const { client } = context;
  const request = { ...plan.request, query: { ...plan.request.query, ...filterQuery } };
  const read = () => client.rows(request, options);
  const { rows, total, warnings } = await (plan.address
    ? rowsOfAddress(context, plan.address, say`connections`, options, read)
    : read());
  const fitting = rows
    .filter((row) => fitsFilter(row, plan.remaining))
    .map((row) => ({
      ...toConnection(row, interval !== undefined, values.simplify),
      ...originOfElement(options.address ?? {}),
    }));
  if (plan.quality) sortByQuality(fitting, plan.quality, values.descending);
  const connections = fitting.slice(0, plan.wanted);
  return {
    json: {
      connections,
      from: interval?.from ?? null,
      to: interval?.to ?? null,
      listed: connections.length,
      total,
      device: client.baseUrl,
      mmId: options.address?.mmId,
      warnings: [
        ...(interval?.warnings ?? []),
        ...warnings,
        ...limitWarnings(rows.length, total, plan),
        ...qualityWarnings(rows, fitting),
      ],
    },
  };
}

/** Which list of the appliance has the connections, and what is left to do with it here. */
interface ListPlan {
  /** Of the list, where the appliance has one of this address alone: it is complete. */
  address: { kind: 'ip'; value: string } | undefined;
  /** Without the time and the appliance's own filter. */
  request: RowRequest;
  remaining: ConnectionFilter;
  quality: Quality | undefined;
  /** How many connections the result may have. */
  wanted: number;
}

/** @throws AllegroError `input` */
function planList(values: ConnectionValues): ListPlan {
  const filter = readConnectionFilter(values);
  const mode = readMode(values);
  const quality = QUALITY.find((name) => name === values.connectionSort);
  if (quality && mode === undefined) throw qualityError();
  const isOfOneHost = filter.isSingleHost && mode === undefined;
  // A single host may be written as a network, as in 10.1.2.3/32.
  const ip = filter.host ? formatIp(filter.host.bytes) : '';
  const remaining = isOfOneHost ? { ...filter, host: undefined } : filter;
  const wanted = values.returnAll ? Infinity : values.limit;
  const least = isFiltering(remaining) || quality ? Infinity : wanted;
  const limit = Math.min(least, isOfOneHost ? Infinity : APPLIANCE_LIMIT);
  return {
    address: isOfOneHost ? { kind: 'ip', value: ip } : undefined,
    request: {
      path: isOfOneHost ? ipConnectionsPath(ip) : CONNECTIONS,
      query: {
        mode,
        sort: quality ? 'bytes' : values.connectionSort,
        reverse: quality ? true : values.descending,
        skiphistorydata: true,
      },
      limit: Number.isFinite(limit) ? limit : undefined,
    },
    remaining,
    quality,
    wanted,
  };
}

/** What the appliance cannot sort by, as far as is known. */
const QUALITY = ['lossPercent', 'jitterMs', 'mos'] as const;
type Quality = (typeof QUALITY)[number];
type Connection = Record<string, unknown>;

function qualityError(): Error {
  return inputError(
    'connectionSort',
    say`Only RTP connections can be sorted by their quality.`,
    say`Set "Statistics" to RTP With Quality, or choose another order.`,
  );
}

/** Those without a figure come last. */
function sortByQuality(rows: Connection[], by: Quality, descending: boolean) {
  const least = descending ? -Infinity : Infinity;
  const figure = (row: Connection) => (row[by] as number | null | undefined) ?? least;
  rows.sort((a, b) => (descending ? figure(b) - figure(a) : figure(a) - figure(b)) || 0);
}

/** The names of the figures are not documented, so a firmware may have others. */
function qualityWarnings(rows: readonly Row[], connections: readonly Connection[]): Sentence[] {
  const found = connections.filter((one) => 'lossPercent' in one);
  if (found.length === 0 || found.some(({ lossPercent }) => lossPercent !== null)) return [];
  const names = [...new Set(rows.flatMap(({ rtpStats }) => rtpNames(rtpStats)))];
  return [
    say`None of ${found.length} RTP [connection|connections] has a loss under a known name. Names on this appliance: ${names.length > 0 ? listed(names.slice(0, 40)) : say`none`}.`,
  ];
}

/** @returns nothing where no mode is sent */
function readMode(values: ConnectionValues): string | undefined {
  if (values.connectionMode !== 'other') {
    return values.connectionMode === 'all' ? undefined : values.connectionMode;
  }
  const mode = values.modeName;
  if (!/^\w+$/.test(mode)) {
    throw inputError(
      'modeName',
      say`"${mode}" is not a mode.`,
      say`Use letters and digits: rtpStats.`,
    );
  }
  return mode;
}

/** What the appliance's own limit leaves out, as far as it can be told. */
function limitWarnings(read: number, total: number | undefined, plan: ListPlan): Sentence[] {
  if (plan.address || read < APPLIANCE_LIMIT || (total ?? Infinity) < APPLIANCE_LIMIT) return [];
  const isFilteredHere = isFiltering(plan.remaining);
  if (plan.wanted <= APPLIANCE_LIMIT && !isFilteredHere && !plan.quality) return [];
  return [
    sentences(
      total !== undefined && total > read
        ? say`The appliance lists the ${read} highest of ${total} [connection|connections] and no more.`
        : say`The appliance lists the ${read} highest [connection|connections] and no more.`,
      isFilteredHere
        ? say`The filter was applied to these only, so matches may be missing.`
        : undefined,
      say`Shorten the time range, or take the CSV of all.`,
    ),
  ];
}
