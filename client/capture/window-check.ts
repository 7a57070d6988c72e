import { ALL_TRAFFIC } from '../api/paths';
import type { Api, CallOptions } from '../api/api';
import { cancelledError } from '../http/body';
import { AllegroError } from '../errors';
import type { PcapSummary } from '../pcap';
import { withTimeLimit } from '../http/time-limit';
import { toStatisticsInterval, type TimeSpan } from '../values/time-range';
import { readTraffic, statisticFor, type TrafficStatistic } from '../statistics/traffic-statistic';

/**
 * Whether packets are missing at the beginning of a window, or in all of it. The API page names no
 * way to ask for the oldest packet in the ring buffer, so this is concluded: the statistics go
 * further back than the buffer, and where they count packets that the capture lacks, the buffer does
 * not hold them.
 *
 * The rule: a gap between the start of the window and the first packet is suspicious from 3 s on,
 * when it is at least 20 times the mean distance of the packets. For a filter that no statistic
 * fits exactly it takes a tenth of the window and 20 packets as well. No packet at all is always
 * looked into. Then, and only then, there is one short request.
 */

/** Microseconds. */
const SMALLEST_GAP = 3_000_000;
const UNUSUAL_FACTOR = 20;
/** So many packets make a mean distance that says something. */
const TELLING_PACKETS = 20;
const TELLING_SHARE = 0.1;
/** Milliseconds: a check that takes longer is not worth the wait. */
const CHECK_LIMIT = 10_000;

export interface WindowCheck {
  api: Api;
  options: CallOptions;
  file: Pick<PcapSummary, 'packets' | 'firstPacket' | 'lastPacket'>;
  window: TimeSpan;
  expression: string;
}

/**
 * Gives the warnings for a capture from the ring buffer that is over. A check that fails is a
 * warning too, never an error.
 *
 * @throws AllegroError only when cancelled
 */
export async function checkWindow(check: WindowCheck): Promise<string[]> {
  const { api, options, expression } = check;
  const statistic = statisticFor(expression);
  const gap = suspiciousGap(check, statistic);
  if (!gap) return [];
  try {
    const { interval: counters } = await withTimeLimit(
      api.context,
      CHECK_LIMIT,
      options.signal,
      (signal) =>
        readTraffic(api, statistic.path, toStatisticsInterval(gap), { ...options, signal }),
      () => new Error(`no answer within ${CHECK_LIMIT / 1000} s`),
    );
    if (!counters) return [uncheckedWarning(check, statistic, 'the answer holds no counters')];
    return counters.totalPackets > 0
      ? [missingWarning(check, statistic, counters.totalPackets, gap.isWider === true)]
      : [];
  } catch (error) {
    if (options.signal.aborted) {
      throw cancelledError({ device: api.baseUrl }, options.signal.reason);
    }
    // A host may never have been seen; without counters of all traffic nothing can be told.
    const isUnknown = error instanceof AllegroError && error.kind === 'notFound';
    if (isUnknown && statistic.path !== ALL_TRAFFIC) {
      return check.file.packets === 0 ? [unknownWarning(statistic)] : [];
    }
    const reason = error instanceof AllegroError ? error.what : String((error as Error).message);
    return [uncheckedWarning(check, statistic, reason)];
  }
}

/** What the statistics are asked about. */
interface Gap extends TimeSpan {
  /** Seconds around a window that holds no whole one: what they count may lie outside of it. */
  isWider?: boolean;
}

/** Whole seconds that lie within the gap, so that nothing of the file is counted in them. */
function suspiciousGap(
  { file, window }: WindowCheck,
  { isExact }: TrafficStatistic,
): Gap | undefined {
  const { packets, firstPacket, lastPacket } = file;
  const startUs = Math.ceil(window.startUs / 1e6) * 1e6;
  if (packets === 0) {
    const endUs = Math.floor(window.endUs / 1e6) * 1e6;
    if (endUs > startUs) return { startUs, endUs };
    return {
      startUs: Math.floor(window.startUs / 1e6) * 1e6,
      endUs: Math.ceil(window.endUs / 1e6) * 1e6,
      isWider: true,
    };
  }
  // Packets without times, as pcapng allows them.
  if (!firstPacket || !lastPacket) return undefined;
  const gap = firstPacket.microseconds - window.startUs;
  const distance =
    packets > 1 ? (lastPacket.microseconds - firstPacket.microseconds) / (packets - 1) : 0;
  if (gap < SMALLEST_GAP || gap < distance * UNUSUAL_FACTOR) return undefined;
  const isTelling =
    packets >= TELLING_PACKETS && gap >= (window.endUs - window.startUs) * TELLING_SHARE;
  if (!isExact && !isTelling) return undefined;
  // A second less: the statistics may count a packet a moment before its time in the file.
  const endUs = Math.floor(firstPacket.microseconds / 1e6) * 1e6 - 1e6;
  return endUs > startUs ? { startUs, endUs } : undefined;
}

const REASONS =
  'the ring buffer has probably been overwritten up to there already, or it was suspended or did not record them';

function missingWarning(
  { file, window }: WindowCheck,
  { isExact, what }: TrafficStatistic,
  packets: number,
  isWider: boolean,
): string {
  const counted = `the statistics count ${packets} packets of ${what}`;
  if (isWider) {
    const none = isExact ? 'none of them lies in the window' : 'none of them fits';
    return `Nothing covers the window, although ${counted} in the whole seconds around it: either ${none}, or ${REASONS}.`;
  }
  if (file.packets === 0) {
    return isExact
      ? `Nothing covers the window: ${counted} in it, but the capture holds none. Most likely ${REASONS}.`
      : `Nothing covers the window, although ${counted} in it: either none of them fits the filter, or ${REASONS}.`;
  }
  const late = secondsLate(file, window);
  return isExact
    ? `The first packet is ${late} s later than the start of the window, but ${counted} in between: ${REASONS}.`
    : `The first packet is ${late} s later than the start of the window, although ${counted} in between: either none of them fits the filter, or ${REASONS}.`;
}

function uncheckedWarning(
  { file, window }: WindowCheck,
  { what }: TrafficStatistic,
  reason: string,
): string {
  const found =
    file.packets === 0
      ? 'Nothing covers the window.'
      : `The first packet is ${secondsLate(file, window)} s later than the start of the window.`;
  return `${found} Whether packets are missing there could not be checked with the statistics of ${what}: ${reason.replace(/\.$/, '')}.`;
}

function unknownWarning({ what }: TrafficStatistic): string {
  return `Nothing covers the window, and the appliance has no statistics of ${what}: it has not seen it, or not for a long time.`;
}

function secondsLate(file: WindowCheck['file'], { startUs }: TimeSpan): number {
  return Math.round((file.firstPacket!.microseconds - startUs) / 1e5) / 10;
}
