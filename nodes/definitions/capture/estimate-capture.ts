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
  group: 'Packet',
  verb: 'Estimate Size',
  action: 'Estimate size of a capture',
  description:
    'Estimates the packets and bytes of a capture from the ring buffer, without capturing anything',
  details: [
    'It takes the same filter and time range as Capture Pcap. Continue if "fitsLimit" is true, or compare "expectedBytes".',
    'The figures come from the statistics of one IP or MAC address, or of all traffic. For any other filter they are an upper bound ("isUpperBound"); "basis" says what was counted.',
    'Statistics count whole seconds, and do not know how far back the ring buffer reaches.',
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
      description:
        'Size that "fitsLimit" compares with (1 MB = 1,000,000 bytes). 0 for no comparison',
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
      description: 'Maximum bytes counted of each packet. 65535 counts complete packets',
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
