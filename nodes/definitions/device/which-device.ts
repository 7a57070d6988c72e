import { AllegroError, inputError, type CallOptions, type Device } from '../../../client';
import { canonicalIp, notAnAddress } from '../../../client/values/ip-address';
import type { StatisticsInterval } from '../../../client/values/time-range';
import { ipPath, macPath, MODULES } from '../../../client/api/paths';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { LINK_GROUP_FIELD, readAddress } from '../fields/address';
import { mapInOrder } from '../model/map-in-order';
import { PARALLEL_DEVICES_FIELD } from '../fields/device-scope';
import { resolveInterval } from '../statistics/interval';
import { countersOf, noCountersError } from '../statistics/no-counters';
import { optionalTimeRangeFields, readOptionalTimeRange } from '../fields/time-range';
import { say, type Sentence } from '../../../client/values/sentence';

/** What one device knows of the address. */
interface Sighting extends Record<string, unknown> {
  id: string;
  host: string;
  seen: boolean;
  totalBytes: number;
}

/** What a device answered, and what a person should know of it. */
interface Found {
  sighting: Sighting;
  warnings: Sentence[];
}

/** Tells which devices of a multi-device setup saw an address. */
export const whichDevice = defineNode({
  name: 'whichDevice',
  label: 'Which Device Saw It',
  group: 'Device',
  verb: 'Find by Address',
  action: 'Find the device that saw an address',
  description: 'Ranks the devices of a multi-device setup by the traffic of an IP or MAC address',
  details: [
    '"best" is the ID of the device with the most traffic. Use it as Device or Slot of Capture Pcap. It is empty if no device saw the address.',
    'A device that cannot be reached is listed last, with its error. The node fails only if none can be reached.',
    'Several devices can see the same packets, so do not add up their bytes.',
  ],
  permission: 'Read access to the device list and to statistics',
  source: 'Multi-device Capture Python Script Example; IP statistics; Time interval selection',
  fields: [
    {
      name: 'address',
      label: 'IP or MAC Address',
      type: 'text',
      default: '',
      required: true,
      placeholder: 'e.g. 10.1.2.3',
      description: 'Address to look for',
      messageProperty: 'host',
    },
    ...optionalTimeRangeFields({ none: 'Totals since each device started' }),
    PARALLEL_DEVICES_FIELD,
    LINK_GROUP_FIELD,
  ],
  itemsProperty: 'devices',
  sampleOutput: {
    devices: [
      {
        rank: 1,
        id: 'branch-1',
        host: 'allegro-mm-2b3c',
        seen: true,
        totalBytes: 1024000,
        rxPackets: 1200,
        rxBytes: 960000,
        txPackets: 800,
        txBytes: 64000,
        totalPackets: 2000,
      },
      { rank: 2, id: 'local', host: 'allegro-mm-1a2b', seen: false, totalBytes: 0 },
    ],
    best: 'branch-1',
    address: '10.1.2.3',
    seenBy: 1,
    from: '2026-11-23T14:50:00.000Z',
    to: '2026-11-23T15:50:00.000Z',
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,

  async *run(context, values) {
    const { client, signal } = context;
    const path = pathOf(values.address);
    const { group } = readAddress(values);
    // By the clock of the appliance itself, so that all devices are asked about the same time.
    const range = readOptionalTimeRange(values);
    const interval = range && (await resolveInterval(context, range, { signal }));
    const devices = (await client.devices({ signal })).filter(({ active }) => active);
    if (devices.length === 0) throw noDeviceError(client.baseUrl);
    const ask = (device: Device, taskSignal: AbortSignal) =>
      look(context, device, path, interval?.query, {
        signal: taskSignal,
        address: { mmId: device.id, group },
      });
    const size = values.parallelDevices;
    const answers: Array<Found | Failed> = [];
    for await (const one of mapInOrder(devices, size, signal, ask)) {
      answers.push(one);
      context.progress({ step: 'reading', done: answers.length, total: devices.length });
    }
    const failed = answers.filter(isFailed);
    const found = answers.filter((one): one is Found => !isFailed(one));
    const sightings = found
      .map(({ sighting }) => sighting)
      .sort((a, b) => b.totalBytes - a.totalBytes);
    if (sightings.length === 0) throw failed[0].cause;
    const seen = sightings.filter((one) => one.seen);
    yield {
      json: {
        devices: [
          ...sightings.map((one, index) => ({ rank: index + 1, ...one })),
          ...failed.map(({ id, host, cause }) => ({
            rank: null,
            id,
            host,
            seen: null,
            error: { ...cause.facts(), device: id },
          })),
        ],
        best: seen[0]?.id ?? null,
        address: values.address,
        seenBy: seen.length,
        from: interval?.from ?? null,
        to: interval?.to ?? null,
        device: client.baseUrl,
        warnings: [
          ...(interval?.warnings ?? []),
          ...found.flatMap(({ sighting, warnings }) =>
            warnings.map((warning) => say`${sighting.id}: ${warning}`),
          ),
          ...failed.map(({ id, cause }) => say`${id}: ${cause.sentences.what}`),
        ],
      },
    };
  },
});

/** The usual forms. Not any 12 digits with dots: 010.001.002.003 is an IP address that is not valid. */
const MAC_ADDRESS =
  /^(?:[0-9a-f]{12}|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2}|[0-9a-f]{6}[:-][0-9a-f]{6})$/i;

/** @throws AllegroError `input` */
function pathOf(address: string): string {
  const ip = canonicalIp(address);
  if (ip !== undefined) return ipPath(ip);
  if (!MAC_ADDRESS.test(address)) {
    const examples = say`10.1.2.3 or 00:1a:2b:3c:4d:5e`;
    const { what, advice } = notAnAddress(address, examples, say`IP or MAC address`);
    throw inputError('address', what, advice);
  }
  const digits = address.replace(/[:.-]/g, '').toLowerCase();
  return macPath(digits.replace(/..(?!$)/g, '$&:'));
}

interface Failed {
  id: string;
  host: string;
  cause: AllegroError;
}

function isFailed(one: Found | Failed): one is Failed {
  return 'cause' in one;
}

async function look(
  context: RunContext,
  { id, host }: Device,
  path: string,
  query: StatisticsInterval | undefined,
  options: CallOptions,
): Promise<Found | Failed> {
  try {
    const answer = await context.client.get(path, { skiphistorydata: true, ...query }, options);
    const {
      counters: [counters],
      warnings,
    } = countersOf([answer ?? {}], query !== undefined);
    if (!counters)
      return { id, host, cause: noCountersError(`${context.client.baseUrl} ${id}`, path) };
    const { totalBytes, ...others } = counters;
    const seen = counters.totalPackets > 0 || totalBytes > 0;
    // What it is ranked by stands first.
    return { sighting: { id, host, seen, totalBytes, ...others }, warnings };
  } catch (error) {
    if (!(error instanceof AllegroError) || error.kind === 'cancelled') {
      return Promise.reject(error);
    }
    if (error.kind !== 'notFound') return { id, host, cause: error };
    const cause = await missingModule(context, path, options);
    // A device that does not know the address has answered the question.
    if (cause) return { id, host, cause };
    return { sighting: { id, host, seen: false, totalBytes: 0 }, warnings: [] };
  }
}

/**
 * Why a device that has the address nowhere cannot know it. A device that does not list its modules
 * counts as having them.
 */
async function missingModule(
  { client }: RunContext,
  path: string,
  options: CallOptions,
): Promise<AllegroError | undefined> {
  const modules = await client.subResources(MODULES, options).catch((error: unknown) => {
    if (error instanceof AllegroError && error.kind !== 'cancelled') return [] as string[];
    throw error;
  });
  const [name] = path.slice(MODULES.length + 1).split('/');
  if (modules.length === 0 || modules.includes(name)) return undefined;
  return new AllegroError({
    kind: 'notFound',
    device: [client.baseUrl, options.address?.mmId].filter(Boolean).join(' '),
    path,
    what: say`The statistics module "${name}" is missing, so the device does not report whether it saw the address.`,
    advice: say`Enable the module in the settings of the device.`,
  });
}

function noDeviceError(device: string): AllegroError {
  return new AllegroError({
    kind: 'notFound',
    device,
    what: say`The appliance lists no active device.`,
    advice: say`Set up multi-device analysis on it, or ask the appliance itself with Get Stats.`,
  });
}
