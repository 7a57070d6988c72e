import { inputError } from '../../../client';
import { ipPeersPath } from '../../../client/api/paths';
import { canonicalIp, notAnAddress } from '../../../client/values/ip-address';
import { LINK_GROUP_FIELD, originOfElement, readingOptions } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';
import { defineNode } from '../model/define-node';
import { csvResult } from './lists/csv-file';
import { resolveInterval } from './interval';
import { AS_CSV, listFields } from './lists/list-fields';
import { countersOf } from './no-counters';
import { rowsOfAddress } from './not-seen';
import { displayName, SORT_OPTIONS } from './lists/ranking';
import { trafficColumns } from './lists/traffic-columns';
import { say } from '../../../client/values/sentence';

/** Lists those that an IP address talked to. */
export const getPeers = defineNode({
  name: 'getPeers',
  label: 'Get Peers',
  group: 'Statistics',
  verb: 'Get Peers',
  action: 'Get the peers of an IP address',
  description: 'Lists the IP addresses that an IP address communicated with, and their traffic',
  details: [
    'With a time range, counters and averages cover that range; without one, counters are totals since the appliance started.',
    'The vendor does not document which end "received" refers to here, nor whether there is a CSV of peers.',
    'An address without peers, or that the appliance has not seen, returns an empty list; a warning says which, as far as the appliance reports it.',
  ],
  permission: 'Read access to statistics',
  source: 'List queries; Time interval selection',
  fields: [
    {
      name: 'address',
      label: 'IP Address',
      type: 'text',
      default: '',
      required: true,
      placeholder: 'e.g. 10.1.2.3',
      description: 'IP address whose peers to list',
      messageProperty: 'host',
    },
    {
      name: 'sortBy',
      label: 'Sort By',
      type: 'options',
      default: 'bytes',
      options: [
        ...SORT_OPTIONS,
        { value: 'firstActivity', label: 'First Activity' },
        { value: 'activity', label: 'Activity' },
        { value: 'ip', label: 'IP Address' },
      ],
      description: 'Order of the peers',
    },
    {
      name: 'descending',
      label: 'Highest First',
      type: 'boolean',
      default: true,
      description: 'Whether to list the highest first',
      advanced: true,
    },
    ...listFields({ things: 'peers', limit: 50 }),
    ...optionalTimeRangeFields({ none: 'All data that the appliance still has' }),
    ...deviceFields(),
    LINK_GROUP_FIELD,
  ],
  itemsProperty: 'peers',
  sampleOutput: {
    peers: [
      {
        rank: 1,
        ip: '10.1.2.100',
        name: 'fileserver.example',
        rxPackets: 120,
        rxBytes: 9600,
        txPackets: 200,
        txBytes: 264000,
        totalPackets: 320,
        totalBytes: 273600,
        rxBitsPerSecond: 21.3,
        txBitsPerSecond: 586.7,
        totalBitsPerSecond: 608,
        rxPacketsPerSecond: 0,
        txPacketsPerSecond: 0.1,
        totalPacketsPerSecond: 0.1,
      },
    ],
    address: '10.1.2.3',
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    listed: 1,
    total: 14,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: true,
  fileWhen: AS_CSV,

  async *run(context, values) {
    const { client } = context;
    const { sortBy, descending, returnAll, limit } = values;
    const ip = canonicalIp(values.address);
    if (ip === undefined) {
      const { what, advice } = notAnAddress(values.address);
      throw inputError('address', what, advice);
    }
    const options = readingOptions(context, values);
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, options));
    const path = ipPeersPath(ip);
    const query = { sort: sortBy, reverse: descending, ...interval?.query };
    if (values.listOutput === 'csv') {
      yield* csvResult(context, 'peers', interval, options, (csvOptions) =>
        client.tableCsv(path, query, csvOptions),
      );
      return;
    }
    context.progress({ step: 'reading' });
    const address = { kind: 'ip', value: ip } as const;
    const request = {
      path,
      query: { ...query, skiphistorydata: true },
      limit: returnAll ? undefined : limit,
    };
    const read = () => client.rows(request, options);
    const found = await rowsOfAddress(context, address, say`peers`, options, read);
    const { rows, total, warnings } = found;
    const counted = countersOf(rows, interval !== undefined);
    const peers = rows.map((row, index) => ({
      rank: index + 1,
      ip: row.ip ?? null,
      ...displayName(row, 'ip'),
      ...trafficColumns(counted.counters[index], interval?.seconds, sortBy),
      ...originOfElement(options.address),
    }));
    yield {
      json: {
        peers,
        address: ip,
        from: interval?.from ?? null,
        to: interval?.to ?? null,
        listed: peers.length,
        total,
        device: client.baseUrl,
        mmId: options.address.mmId,
        warnings: [...(interval?.warnings ?? []), ...warnings, ...counted.warnings],
      },
    };
  },
});
