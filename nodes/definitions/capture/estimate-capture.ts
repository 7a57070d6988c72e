import { ALL_TRAFFIC } from '../../../client/api/paths';
import { AllegroError, isNotFound, type CallOptions } from '../../../client';
import type { CaptureWindow } from '../../../client/capture/capture-request';
import { isoWindow } from '../../../client/capture/capture-window';
import { clockWarnings } from '../../../client/capture/capture-summary';
import { statisticFor, type TrafficStatistic } from '../../../client/statistics/traffic-statistic';
import {
  toStatisticsInterval,
  type StatisticsInterval,
  type TimeSpan,
} from '../../../client/values/time-range';
import { defineNode } from '../model/define-node';
import type { RunContext } from '../model/run-context';
import { readAddress } from '../fields/address';
import { resolveWindow, wholeUpload } from './capture-window';
import { deviceFields } from '../fields/device-scope';
import { FILTER_FIELDS, readFilter } from '../fields/packet-filter';
import { captureTimeRangeFields, readTimeRange } from '../fields/time-range';
import { say, type Sentence } from '../../../client/values/sentence';
import { countText } from '../../../client/values/amount-text';

/** Tells how large a capture would become, without capturing. */
export const estimateCapture = defineNode({
  name: 'estimateCapture',
  label: 'Estimate Capture',
  group: 'Packet',
  verb: 'Estimate Size',
  action: 'Estimate the size of a capture',
  description:
    'Estimates the packets and bytes of a capture from the ring buffer, without capturing anything',
  details: [
    'Takes the same filter and time range as Capture Pcap. Continue if "fitsLimit" is true, or compare "expectedBytes".',
    'The figures come from the statistics of one IP or MAC address, or of all traffic. For any other filter they are an upper bound ("isUpperBound"); "basis" says what was counted.',
    'Statistics count whole seconds and do not show how far back the ring buffer reaches.',
  ],
  permission: 'Read access to statistics',
  source: 'IP statistics; Time interval selection',
  fields: [
    ...captureTimeRangeFields({ lastAmount: 5, lastUnit: 'minutes' }),
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
    fitsLimit: true,
    limitBytes: 100000000,
    expression: 'ip==10.1.2.3',
    window: { from: '2026-11-23T15:49:00.000000Z', to: '2026-11-23T15:51:00.000000Z' },
    basis:
      'Statistics of the host 10.1.2.3, from 2026-11-23T15:49:00Z to 2026-11-23T15:51:00Z: 1,834 packets with 1,482,034 bytes in the window; and 16 bytes more for each packet in a pcap file.',
    clockOffsetSeconds: 0.02,
    device: 'https://allegro-mm-1a2b',
    warnings: [],
  },
  producesFile: false,

  async *run(context, values) {
    const { expression, scope } = readFilter(values);
    const statistic = statisticFor(expression);
    const address = readAddress(values);
    const { timeMode } = values;
    const window =
      timeMode === 'upload'
        ? wholeUpload(context, address)
        : await resolveWindow(context, {
            range: readTimeRange({ ...values, timeMode }),
            endInFuture: 'cut',
            address,
          });
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
        // Of an upper bound that is too large nothing follows.
        fitsLimit:
          limitBytes === null
            ? null
            : expectedBytes <= limitBytes || (statistic.isExact ? false : null),
        limitBytes,
        expression,
        ...(scope ? { scope } : {}),
        window: isoWindow(window),
        basis: basisOf(statistic, window, packets, bytes),
        clockOffsetSeconds: window.clockOffsetSeconds,
        device: context.client.baseUrl,
        warnings: [
          ...(isUnknown
            ? [
                say`The appliance has no statistics of ${statistic.what}: it has not seen it, or not for a long time.`,
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
): Promise<{ packets: number; bytes: number; isUnknown: boolean; warnings: Sentence[] }> {
  const interval = window.isWholeUpload ? undefined : toStatisticsInterval(window);
  const found = await client
    .traffic(statistic.path, interval, options)
    .catch((error: unknown) => (isNeverSeen(error, statistic) ? null : Promise.reject(error)));
  if (found === null) return { packets: 0, bytes: 0, isUnknown: true, warnings: [] };
  const counters = interval ? found.interval : found.allTime;
  if (!counters) throw noCountersError(client.baseUrl, statistic);
  const share = statistic.isExact && interval ? shareOf(window, interval) : 1;
  return {
    packets: Math.round(counters.totalPackets * share),
    bytes: Math.round(counters.totalBytes * share),
    isUnknown: false,
    warnings: found.warnings,
  };
}

/** How much of the whole seconds is within the window. */
function shareOf({ startUs, endUs }: TimeSpan, { starttime, endtime }: StatisticsInterval): number {
  return (endUs - startUs) / ((endtime - starttime) * 1e6);
}

/** A host may never have been seen; what is missing of all traffic is missing for good. */
function isNeverSeen(error: unknown, { path }: TrafficStatistic): boolean {
  return isNotFound(error) && path !== ALL_TRAFFIC;
}

function secondsOf(window: CaptureWindow): string {
  if (window.isWholeUpload) return 'of the whole upload';
  const { starttime, endtime } = toStatisticsInterval(window);
  const [from, to] = [starttime, endtime].map((seconds) =>
    new Date(seconds * 1000).toISOString().replace('.000', ''),
  );
  return `from ${from} to ${to}`;
}

/** In English everywhere: it is a part of the data, which goes on to tickets and other machines. */
function basisOf(
  statistic: TrafficStatistic,
  window: CaptureWindow,
  packets: number,
  bytes: number,
): string {
  const { isExact } = statistic;
  const format = formatOf(statistic);
  const what = String(statistic.what);
  const counted = `${countText(packets, 'packet')} with ${countText(bytes, 'byte')} in the window; and ${countText(format.packet, 'byte')} more for each packet in a ${format.name} file`;
  const bound = isExact
    ? ''
    : ' No statistic fits the filter, so this is an upper bound for what does.';
  return `Statistics of ${what}, ${secondsOf(window)}: ${counted}.${bound}`;
}

function noCountersError(device: string, { path, what }: TrafficStatistic): AllegroError {
  return new AllegroError({
    kind: 'badAnswer',
    device,
    method: 'GET',
    path,
    what: say`The statistics of ${what} hold no counters.`,
    advice: say`Capture without an estimate, with a size limit.`,
  });
}
