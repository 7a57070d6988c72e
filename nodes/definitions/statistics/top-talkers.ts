import type { CallOptions } from '../../../client';
import type { Counters, Rates } from '../../../client/values/counters';
import { nameOfRow, type Row } from '../../../client/api/rows';
import { ALL_TRAFFIC } from '../../../client/api/paths';
import { defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { LINK_GROUP_FIELD, originOfElement, readingOptions } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import {
  DIRECTION_OPTIONS,
  displayName,
  RANKED_OPTIONS,
  SORT_OPTIONS,
  RANKING_PATHS,
  sortKey,
  type Direction,
  type SortKey,
} from './lists/ranking';
import { trafficColumns } from './lists/traffic-columns';
import { csvResult } from './lists/csv-file';
import { resolveInterval, type Interval } from './interval';
import { AS_CSV, listFields } from './lists/list-fields';
import { countersOf } from './no-counters';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';
import { say, type Sentence } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

const FIELDS = defineFields([
  {
    name: 'talkerKind',
    label: 'Rank',
    type: 'options',
    default: 'ip',
    options: RANKED_OPTIONS,
    description: 'Elements to rank',
  },
  {
    name: 'sortBy',
    label: 'Sort By',
    type: 'options',
    default: 'bytes',
    options: SORT_OPTIONS,
    description: 'Value to rank by, highest first',
  },
  {
    name: 'direction',
    label: 'Direction',
    type: 'options',
    default: 'both',
    options: DIRECTION_OPTIONS,
    description: 'Direction to rank by, seen from the entry',
    // Only bytes and bits per second have documented sort keys for one direction.
    showWhen: { sortBy: ['bytes', 'bps'] },
    advanced: true,
  },
  ...listFields({ things: 'entries', limit: 10 }),
  ...optionalTimeRangeFields({
    none: 'Totals since the appliance started, or (an assumption) of the whole upload of a slot',
  }),
  ...deviceFields(),
  LINK_GROUP_FIELD,
]);

/** Who sent or received most. */
export const topTalkers = defineNode({
  name: 'topTalkers',
  label: 'Top Talkers',
  group: 'Statistics',
  verb: 'Get Top Talkers',
  action: 'Get top talkers',
  description:
    'Lists the IP addresses, MAC addresses, protocols or ports with the most traffic in an interval, with bit rates and shares',
  details: [
    'Bytes and packets cover the time range; bits per second are its average. Without a time range, they are totals since the appliance started, and there are no averages.',
    '"Received" means sent to the address. Shares of addresses add up to more than 100 %, because each packet has two addresses.',
    'Names are those that the appliance learned from DNS and DHCP.',
    'The CSV file is the complete table, without shares and averages. The vendor documents it for IP addresses only.',
  ],
  permission: 'Read access to statistics',
  source: 'List queries; JSON output traffic counters; Time interval selection',
  fields: FIELDS,
  itemsProperty: 'talkers',
  sampleOutput: {
    talkers: [
      {
        rank: 1,
        ip: '10.1.2.3',
        name: 'fileserver.example',
        totalBytes: 1024000,
        sharePercent: 37.5,
        rxPackets: 1200,
        rxBytes: 960000,
        txPackets: 800,
        txBytes: 64000,
        totalPackets: 2000,
        rxBitsPerSecond: 2133.3,
        txBitsPerSecond: 142.2,
        totalBitsPerSecond: 2275.6,
        rxPacketsPerSecond: 0.3,
        txPacketsPerSecond: 0.2,
        totalPacketsPerSecond: 0.6,
      },
    ],
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    seconds: 3600,
    listed: 1,
    total: 240,
    allTrafficBytes: 2730667,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: true,
  fileWhen: AS_CSV,

  async *run(context, values) {
    const options = readingOptions(context, values);
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, options));
    if (values.listOutput !== 'csv') {
      yield { json: await readTalkers(context, values, interval) };
      return;
    }
    const { talkerKind, sortBy, direction } = values;
    const query = { ...sorting(sortBy, direction), ...interval?.query };
    yield* csvResult(context, `talkers-${talkerKind}`, interval, options, (csvOptions) =>
      context.client.tableCsv(RANKING_PATHS[talkerKind], query, csvOptions),
    );
  },
});

async function readTalkers(
  context: RunContext,
  values: ValuesOf<typeof FIELDS>,
  interval: Interval | undefined,
) {
  const options = readingOptions(context, values);
  const [{ talkers: ranked, total, warnings }, allTraffic] = await Promise.all([
    readRanking(context, values, interval),
    readAllTraffic(context, interval, options),
  ]);
  const talkers = ranked.map((talker) => ({
    ...withShare(talker, values.talkerKind, sharePercent(talker.totalBytes, allTraffic.bytes)),
    ...originOfElement(options.address),
  }));
  return {
    talkers,
    from: interval?.from ?? null,
    to: interval?.to ?? null,
    seconds: interval?.seconds ?? null,
    listed: talkers.length,
    total,
    allTrafficBytes: allTraffic.bytes,
    device: context.client.baseUrl,
    mmId: options.address.mmId,
    warnings: [...warnings, ...allTraffic.warnings],
  };
}

type Ranking = Pick<ValuesOf<typeof FIELDS>, 'talkerKind' | 'device' | 'linkGroup'> &
  Partial<Pick<ValuesOf<typeof FIELDS>, 'sortBy' | 'direction' | 'returnAll' | 'limit'>>;

/**
 * Reads the highest entries, with their counters and rates.
 *
 * @param interval absent: since the appliance started, and without rates
 */
export async function readRanking(
  context: RunContext,
  values: Ranking,
  interval: Interval | undefined,
) {
  const { client, progress } = context;
  const { talkerKind, sortBy = 'bytes', direction, returnAll, limit } = values;
  progress({ step: 'reading' });
  const { rows, total, warnings } = await client.rows(
    {
      path: RANKING_PATHS[talkerKind],
      query: { ...sorting(sortBy, direction), skiphistorydata: true, ...interval?.query },
      limit: returnAll ? undefined : limit,
    },
    readingOptions(context, values),
  );
  const counted = countersOf(rows, interval !== undefined);
  const talkers = rows.map((row, index) =>
    toTalker(row, counted.counters[index], index + 1, { ...values, sortBy }, interval),
  );
  return {
    talkers,
    total,
    warnings: [...(interval?.warnings ?? []), ...warnings, ...counted.warnings],
  };
}

function sorting(by: SortKey, direction?: Direction) {
  return { sort: sortKey(by, direction), reverse: true };
}

/**
 * All bytes that the appliance saw in the interval, or since it started, as the base of the shares;
 * nothing where this firmware does not report it.
 */
async function readAllTraffic(
  { client, log }: RunContext,
  interval: Interval | undefined,
  options: CallOptions,
): Promise<{ bytes?: number; warnings: Sentence[] }> {
  const counts = await client
    .traffic(ALL_TRAFFIC, interval?.query, options)
    .catch((error: unknown) => {
      if (options.signal.aborted) return Promise.reject(error);
      // The ranking is what a person came for; without this only the shares are missing.
      log.debug(`No total for the shares: ${asText(error)}`);
      return undefined;
    });
  const bytes = (interval ? counts?.interval : counts?.allTime)?.totalBytes;
  if (counts && bytes && bytes > 0) return { bytes, warnings: counts.warnings };
  return {
    warnings: [say`Shares are missing: the appliance did not report the total traffic.`],
  };
}

function toTalker(
  row: Row,
  counters: Counters | undefined,
  rank: number,
  { talkerKind, sortBy, direction }: Ranking & { sortBy: SortKey },
  interval: Interval | undefined,
): { name?: string } & Partial<Counters & Rates> & Record<string, unknown> {
  const name = nameOfRow(row);
  return {
    rank,
    [talkerKind]: name?.value ?? null,
    ...displayName(row, name?.field),
    ...trafficColumns(counters, interval?.seconds, sortBy, direction),
  };
}

/** The share stands beside the value that was sorted by, which is the first one after the names. */
function withShare(
  { rank, name, ...rest }: Record<string, unknown>,
  kind: string,
  share: number | null,
): Record<string, unknown> {
  const { [kind]: element, ...counters } = rest;
  const [sortedBy, ...others] = Object.entries(counters);
  return {
    rank,
    [kind]: element,
    ...(name === undefined ? {} : { name }),
    ...Object.fromEntries([...(sortedBy ? [sortedBy] : []), ['sharePercent', share], ...others]),
  };
}

function sharePercent(part: number | undefined, all: number | undefined): number | null {
  return part !== undefined && all ? Math.round((part / all) * 1000) / 10 : null;
}
