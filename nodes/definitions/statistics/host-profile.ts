import { inputError, type AllegroError } from '../../../client';
import { canonicalIp, notAnAddress } from '../../../client/values/ip-address';
import { LINK_GROUP_FIELD, originOfElement, partsOfList, readAddress } from '../fields/address';
import { deviceFields } from '../fields/device-scope';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';
import { defineNode } from '../model/define-node';
import { mapInOrder } from '../model/map-in-order';
import { profileText } from './host-profile/profile-text';
import { readProfile, type HostProfile } from './host-profile/read-profile';
import { resolveInterval } from './interval';
import { say } from '../../../client/values/sentence';

/** Addresses read at a time. The client limits the requests of each appliance as well. */
const PARALLEL_ADDRESSES = 4;

/** Tells what the appliance knows about IP addresses, without any packets. */
export const hostProfile = defineNode({
  name: 'hostProfile',
  label: 'Host Profile',
  group: 'Statistics',
  verb: 'Get Host Profile',
  action: 'Get the profile of a host',
  description:
    'Summarizes what the appliance knows about an IP address: names, traffic, peers, protocols, ports and connections',
  details: [
    '"text" is a summary of a few lines, for a chat message or a ticket.',
    'What cannot be read, for example because a module is missing, is listed in "failed". The node fails only if none of the addresses can be read.',
    'For an address that the appliance has not seen, "seen" is false; this is not an error.',
    '"since" and "lastActivity" of a peer come from its connections among the 1,000 largest of the address.',
    'Whether a time range applies to protocols and ports depends on the firmware; the vendor does not document it.',
  ],
  permission: 'Read access to statistics',
  source:
    'IP statistics; List queries; Query available URIs with OPTIONS; Python Script Example - Server ports used',
  fields: [
    {
      name: 'addresses',
      label: 'IP Addresses',
      type: 'text',
      default: '',
      required: true,
      placeholder: 'e.g. 10.1.2.3',
      description: 'IP addresses, separated by commas',
      messageProperty: 'host',
    },
    ...optionalTimeRangeFields({ none: 'All data that the appliance still has' }),
    {
      name: 'top',
      label: 'Max Entries',
      type: 'number',
      default: 5,
      min: 1,
      max: 100,
      integer: true,
      description: 'Maximum peers, protocols and connections for each address, highest first',
    },
    ...deviceFields(),
    LINK_GROUP_FIELD,
  ],
  itemsProperty: 'hosts',
  sampleOutput: {
    hosts: [
      {
        ip: '10.1.2.3',
        seen: true,
        name: 'alice.example',
        text: '10.1.2.3 (alice.example, 02:00:5e:00:01:03): received 9.6 MB and transmitted 1.2 MB in 60 min.\nPeers: fileserver.example 10.1.2.100 (10.8 MB, 2026-11-23 14:51:02 to 15:49:10 UTC).\nProtocols: SMB 88.9 %.\nUses ports 53, 445.',
        macs: ['02:00:5e:00:01:03'],
        macVendor: null,
        traffic: {
          ...{ totalBytes: 10800000, rxPackets: 8200, rxBytes: 9600000 },
          ...{ txPackets: 7900, txBytes: 1200000, totalPackets: 16100 },
          ...{ rxPacketsPerSecond: 2.3, rxBitsPerSecond: 21333, txPacketsPerSecond: 2.2 },
          ...{ txBitsPerSecond: 2667, totalPacketsPerSecond: 4.5, totalBitsPerSecond: 24000 },
        },
        peers: [
          {
            ...{ ip: '10.1.2.100', name: 'fileserver.example', totalBytes: 10800000 },
            ...{ since: '2026-11-23T14:51:02.118Z', lastActivity: '2026-11-23T15:49:10.120Z' },
          },
        ],
        protocols: [{ protocol: 'SMB', totalBytes: 9600000, sharePercent: 88.9 }],
        offersPorts: [],
        usesPorts: [53, 445],
        connections: [
          {
            ...{ clientIp: '10.1.2.3', clientPort: 62887 },
            ...{ serverIp: '10.1.2.100', serverPort: 445, l4Protocol: 'TCP', protocol: 'SMB' },
            ...{ connectionStart: 1795448946280, lastActivity: 1795448950120 },
            ...{ durationSeconds: 3.84, totalBytes: 9600000 },
          },
        ],
        failed: [],
      },
    ],
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,

  async *run(context, values) {
    const { client, signal } = context;
    const ips = readIps(values.addresses);
    const options = { signal, address: readAddress(values) };
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, options));
    const errors: AllegroError[] = [];
    const request = {
      interval,
      top: values.top,
      onFailure: (error: AllegroError) => void errors.push(error),
    };
    const read = (ip: string, taskSignal: AbortSignal) =>
      readProfile(context, ip, { ...request, options: { ...options, signal: taskSignal } });
    const hosts: HostProfile[] = [];
    for await (const profile of mapInOrder(ips, PARALLEL_ADDRESSES, signal, read)) {
      hosts.push(profile);
      context.progress({ step: 'reading', done: hosts.length, total: ips.length });
    }
    const unread = hosts.filter(({ seen }) => seen === null);
    if (unread.length === hosts.length) throw errors[0];
    yield {
      json: {
        hosts: hosts.map((profile) => ({
          ...{ ip: profile.ip, seen: profile.seen, name: profile.name },
          text: profileText(profile, interval),
          ...profile,
          ...originOfElement(options.address),
        })),
        from: interval?.from ?? null,
        to: interval?.to ?? null,
        device: client.baseUrl,
        mmId: options.address.mmId,
        warnings: [
          ...(interval?.warnings ?? []),
          ...(unread.length > 0
            ? [
                say`${unread.length} of ${ips.length} [address|addresses] could not be read. ${unread[0].failed[0].message}`,
              ]
            : []),
        ],
      },
    };
  },
});

/** @throws AllegroError `input` */
function readIps(text: string): string[] {
  const ips = partsOfList(text).map((part) => {
    const ip = canonicalIp(part);
    if (ip !== undefined) return ip;
    const { what, advice } = notAnAddress(part);
    throw inputError('addresses', what, advice);
  });
  if (ips.length > 0) return [...new Set(ips)];
  throw inputError(
    'addresses',
    say`The list of IP addresses is empty.`,
    say`Use an address such as 10.1.2.3.`,
  );
}
