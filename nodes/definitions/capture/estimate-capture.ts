import { AllegroError, type CallOptions } from '../../../client';
import type { CaptureWindow } from '../../../client/capture/capture-request';
import { clockWarnings } from '../../../client/capture/capture-summary';
import { isoMicroseconds } from '../../../client/values/instant';
import { statisticFor, type TrafficStatistic } from '../../../client/statistics/traffic-statistic';
import { toStatisticsInterval } from '../../../client/values/time-range';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { readAddress } from '../fields/address';
import { resolveWindow } from './capture-window';
import { deviceFields } from '../fields/device-scope';
import { FILTER_FIELDS, readExpression } from '../fields/packet-filter';
import { readTimeRange, timeRangeFields } from '../fields/time-range';

/** Tells how large a capture would become, without capturing. */
export const estimateCapture = defineNode({
  name: 'estimateCapture',
  label: 'Estimate Capture',
  group: 'Capture',
  action: 'Estimate the size of a capture',
  description:
    'Tells how many packets and bytes a capture from the ring buffer would have, from the statistics and without capturing anything',
  details: [
    'Fill it in like Capture Pcap, and decide by "fitsLimit" or "expectedBytes" whether to go on: a narrower filter, a shorter window, or somebody to ask.',
    'The figures come from the statistics of the appliance: those of a host for a filter on one IP address, those of a MAC address for one of those, those of all traffic without a filter. For any other filter there is no statistic that fits: then "isUpperBound" is true, and the figures are those of the host that all packets have at one end, or of all traffic. "basis" says in words what was counted.',
    'It is never exact: statistics count whole seconds, do not know how far back the ring buffer still reaches, and with virtual link groups they are those of the default group. What lies in the future is not counted.',
  ],
  permission: 'Read access to statistics',
  source: 'IP statistics; Time interval selection',
  fields: [
    ...timeRangeFields({ default: 'around', lastAmount: 5, lastUnit: 'minutes' }),
    ...FILTER_FIELDS,
    {
      name: 'maxMegabytes',
      label: 'Size Limit',
      type: 'number',
      default: 100,
      min: 0,
      unit: 'MB',
      description: 'What "fitsLimit" compares with (1 MB = 1,000,000 bytes). 0 for no comparison',
    },
    ...deviceFields(),
    {
      name: 'snapLength',
      label: 'Snap Length',
      type: 'number',
      default: 65535,
      min: 14,
      max: 65535,
      integer: true,
      unit: 'bytes',
      description: 'Packets would be cut to this length. 65535 keeps them whole',
      advanced: true,
    },
  ],
  sampleOutput: {
    expectedBytes: 1511402,
    expectedPackets: 1834,
    exact: false,
    isUpperBound: false,
    basis:
      'Statistics of the host 10.1.2.3, from 2026-11-23T15:49:00Z to 2026-11-23T15:51:00Z: 1834 packets with 1482034 bytes in the window; and 16 bytes more for each packet in a pcap file.',
    fitsLimit: true,
    limitBytes: 100000000,
    expression: 'ip==10.1.2.3',
    window: { from: '2026-11-23T15:49:00.000000Z', to: '2026-11-23T15:51:00.000000Z' },
    clockOffsetSeconds: 0.02,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,

  async *run(context, values) {
    const expression = readExpression(values);
    const statistic = statisticFor(expression);
    const address = readAddress(values);
    const range = readTimeRange(values);
    const window = await resolveWindow(context, { range, endInFuture: 'cut', address });
    context.progress({ step: 'reading' });
    const options = { signal: context.signal, address };
    const { packets, bytes, isUnknown, warnings } = await readCounted(
      context,
      statistic,
      window,
      options,
    );
    const expectedBytes = fileBytes(statistic, packets, bytes, values.snapLength);
    const limitBytes = Math.floor(values.maxMegabytes * 1e6) || null;
    yield {
      json: {
        expectedBytes,
        expectedPackets: packets,
        exact: false,
        isUpperBound: !statistic.isExact,
        basis: basisOf(statistic, window, packets, bytes),
        // Of an upper bound that is too large nothing follows.
        fitsLimit:
          limitBytes === null
            ? null
            : expectedBytes <= limitBytes || (statistic.isExact ? false : null),
        limitBytes,
        expression,
        window: { from: isoMicroseconds(window.startUs), to: isoMicroseconds(window.endUs) },
        clockOffsetSeconds: window.clockOffsetSeconds,
        device: context.client.baseUrl,
        warnings: [
          ...(isUnknown
            ? [
                `The appliance has no statistics of ${statistic.what}: it has not seen it, or not for a long time.`,
              ]
            : []),
          ...warnings,
          ...clockWarnings(window.clockOffsetSeconds, window.clockWarning),
        ],
      },
    };
  },
});

/** Bytes beside the packets themselves: of the file, and of each packet. */
const PCAP = { name: 'pcap', file: 24, packet: 16 };
/** A packet block with its padding to 4 bytes; section and interfaces with options to spare. */
const PCAPNG = { name: 'pcapng', file: 1024, packet: 35 };

/** Which format comes is not known beforehand, and an upper bound has to hold for both. */
function formatOf({ isExact }: TrafficStatistic): typeof PCAP {
  return isExact ? PCAP : PCAPNG;
}

function fileBytes(
  statistic: TrafficStatistic,
  packets: number,
  bytes: number,
  snapLength: number,
): number {
  const format = formatOf(statistic);
  return format.file + packets * format.packet + Math.min(bytes, packets * snapLength);
}

/**
 * What was counted, brought from whole seconds down to the window: but not for an upper bound,
 * because all of it may lie within.
 */
async function readCounted(
  { client }: RunContext,
  statistic: TrafficStatistic,
  window: CaptureWindow,
  options: CallOptions,
): Promise<{ packets: number; bytes: number; isUnknown: boolean; warnings: string[] }> {
  const interval = toStatisticsInterval(window);
  const found = await client
    .traffic(statistic.path, interval, options)
    .catch((error: unknown) => (isNeverSeen(error, statistic) ? null : Promise.reject(error)));
  if (found === null) return { packets: 0, bytes: 0, isUnknown: true, warnings: [] };
  const counters = found.interval;
  if (!counters) throw noCountersError(client.baseUrl, statistic);
  const seconds = interval.endtime - interval.starttime;
  const share = statistic.isExact ? (window.endUs - window.startUs) / (seconds * 1e6) : 1;
  return {
    packets: Math.round(counters.totalPackets * share),
    bytes: Math.round(counters.totalBytes * share),
    isUnknown: false,
    warnings: found.warnings,
  };
}

/** A host may never have been seen; what is missing of all traffic is missing for good. */
function isNeverSeen(error: unknown, { what }: TrafficStatistic): boolean {
  return error instanceof AllegroError && error.kind === 'notFound' && what !== 'all traffic';
}

function secondsOf({ startUs, endUs }: CaptureWindow): { startUs: number; endUs: number } {
  return { startUs: Math.floor(startUs / 1e6) * 1e6, endUs: Math.ceil(endUs / 1e6) * 1e6 };
}

function basisOf(
  statistic: TrafficStatistic,
  window: CaptureWindow,
  packets: number,
  bytes: number,
): string {
  const { what, isExact } = statistic;
  const format = formatOf(statistic);
  const { startUs, endUs } = secondsOf(window);
  const [from, to] = [startUs, endUs].map((us) => isoMicroseconds(us).replace('.000000', ''));
  const counted = `${packets} packets with ${bytes} bytes in the window; and ${format.packet} bytes more for each packet in a ${format.name} file`;
  const bound = isExact
    ? ''
    : ' No statistic fits the filter, so this is an upper bound for what does.';
  return `Statistics of ${what}, from ${from} to ${to}: ${counted}.${bound}`;
}

function noCountersError(device: string, { path, what }: TrafficStatistic): AllegroError {
  return new AllegroError({
    kind: 'badAnswer',
    device,
    method: 'GET',
    path,
    what: `The statistics of ${what} hold no counters.`,
    advice: 'Capture without an estimate, with a size limit.',
  });
}
