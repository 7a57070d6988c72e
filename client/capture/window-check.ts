import { ALL_TRAFFIC } from '../api/paths';
import type { Api, CallOptions } from '../api/api';
import { AllegroError, isNotFound } from '../errors';
import type { PcapSummary } from '../pcap';
import { isoMicroseconds } from '../values/instant';
import { toStatisticsInterval, type TimeSpan } from '../values/time-range';
import type { CaptureWindow } from './capture-request';
import { limitedCall } from './limited-call';
import { BEGINNING_US, oldestPacket } from './oldest-packet';
import { readTraffic, statisticFor, type TrafficStatistic } from '../statistics/traffic-statistic';
import { listed, say, sentences, verbatim, type Sentence } from '../values/sentence';

/**
 * Whether packets are missing at the beginning of a window, or in all of it. Where the first packet
 * is late, or there is none, the buffer itself is asked for its oldest packet; see
 * {@link oldestPacket}. Only where it does not answer, the statistics are: they go further back than
 * the buffer, and what they count and the capture lacks, the buffer does not hold.
 *
 * The rule: a gap between the start of the window and the first packet is suspicious from 3 s on,
 * when it is at least 20 times the mean distance of the packets. To conclude from statistics that do
 * not fit the filter exactly it takes a tenth of the window and 20 packets as well. No packet at all
 * is always looked into. Then, and only then, there is one short request, or two.
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
  window: CaptureWindow;
  ringBuffer: number;
  expression: string;
}

/**
 * Gives the warnings for a capture from the ring buffer that is over: for one without packets always
 * at least one. A check that fails is a warning too, never an error.
 *
 * @throws AllegroError only when cancelled
 */
export async function checkWindow(check: WindowCheck): Promise<Sentence[]> {
  const isEmpty = check.file.packets === 0;
  if (!isEmpty && !isLate(check)) return [];
  const oldest = await oldestOf(check);
  if (oldest !== undefined) {
    return isEmpty ? [emptyOf(check, oldest)] : lateWarnings(check, oldest);
  }
  const found = await askStatistics(check);
  if (!isEmpty) return found;
  // What the statistics count and the capture lacks comes with its own reasons.
  const isExplained = found.some((text) => text.includes(REASONS));
  return [emptyWarning(found, isExplained ? [] : [...reasonsFor(check), NOT_HELD, NO_BUFFER])];
}

/** Runs one request of the check, for a limited time. */
function limited<T>(
  { api, options }: WindowCheck,
  work: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const onLimit = () =>
    new AllegroError({
      kind: 'timeout',
      what: say`no answer within ${CHECK_LIMIT / 1000} s`,
      advice: sentences(),
    });
  return limitedCall(api, CHECK_LIMIT, options, work, onLimit);
}

/** @returns nothing where the buffer does not answer */
async function oldestOf(check: WindowCheck): Promise<number | undefined> {
  const { api, options, window, ringBuffer } = check;
  const nowUs = (api.now() + (window.clockOffsetSeconds ?? 0) * 1000) * 1000;
  const endUs = Math.max(nowUs, window.endUs);
  try {
    return await limited(check, (callOptions) =>
      oldestPacket(api, { ringBuffer, endUs }, callOptions),
    );
  } catch (error) {
    if (options.signal.aborted) throw error;
    return undefined;
  }
}

function lateWarnings({ file, window }: WindowCheck, oldestUs: number): Sentence[] {
  if (oldestUs <= window.startUs) return [];
  return [
    sentences(
      say`The first packet is ${lateness(file, window)} later than the start of the window.`,
      oldestFact(oldestUs),
    ),
  ];
}

function oldestFact(oldestUs: number): Sentence {
  return say`The oldest packet in the buffer is from ${isoMicroseconds(oldestUs)}.`;
}

function emptyOf(check: WindowCheck, oldestUs: number): Sentence {
  const reasons = [...reasonsFor(check), say`recording was suspended`];
  const isGone = oldestUs > check.window.startUs && !isFromBeginning(check.window);
  return emptyWarning([oldestFact(oldestUs)], isGone ? [NOT_HELD, ...reasons] : reasons);
}

function emptyWarning(facts: readonly Sentence[], reasons: readonly Sentence[]): Sentence {
  const why =
    reasons.length > 0
      ? say`Possible reasons, the most likely first: ${listed(reasons, '; ')}.`
      : undefined;
  return sentences(say`No packets in the window.`, ...facts, why);
}

const NOT_HELD = say`the packets of that time were overwritten or never recorded`;
const NO_BUFFER = say`there is no ring buffer, or recording was suspended`;

function reasonsFor({ expression }: WindowCheck): Sentence[] {
  return [
    expression === '' ? say`there was no traffic` : say`no packet matches the filter`,
    say`the time or its time zone is wrong`,
  ];
}

/** Warnings by what the statistics count and the capture lacks. */
async function askStatistics(check: WindowCheck): Promise<Sentence[]> {
  const { api, options, expression } = check;
  const statistic = statisticFor(expression);
  const gap = suspiciousGap(check, statistic);
  if (!gap) return [];
  try {
    const { interval: counters } = await limited(check, (callOptions) =>
      readTraffic(api, statistic.path, toStatisticsInterval(gap), callOptions),
    );
    if (!counters) return [uncheckedWarning(check, statistic, say`the response holds no counters`)];
    return counters.totalPackets > 0
      ? [missingWarning(check, statistic, counters.totalPackets, gap.isWider === true)]
      : [];
  } catch (error) {
    if (options.signal.aborted) throw error;
    // A host may never have been seen; without counters of all traffic nothing can be told.
    if (isNotFound(error) && statistic.path !== ALL_TRAFFIC) {
      return check.file.packets === 0 ? [unknownWarning(statistic)] : [];
    }
    return [uncheckedWarning(check, statistic, reasonOf(error))];
  }
}

function isFromBeginning({ startUs }: TimeSpan): boolean {
  return startUs <= BEGINNING_US;
}

function isLate({ file, window }: WindowCheck): boolean {
  const { packets, firstPacket, lastPacket } = file;
  // Packets without times, as pcapng allows them.
  if (!firstPacket || !lastPacket || isFromBeginning(window)) return false;
  const gap = firstPacket.microseconds - window.startUs;
  const distance =
    packets > 1 ? (lastPacket.microseconds - firstPacket.microseconds) / (packets - 1) : 0;
  return gap >= SMALLEST_GAP && gap >= distance * UNUSUAL_FACTOR;
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
  const { packets, firstPacket } = file;
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
  if (!firstPacket) return undefined;
  const gap = firstPacket.microseconds - window.startUs;
  const isTelling =
    packets >= TELLING_PACKETS && gap >= (window.endUs - window.startUs) * TELLING_SHARE;
  if (!isExact && !isTelling) return undefined;
  // A second less: the statistics may count a packet a moment before its time in the file.
  const endUs = Math.floor(firstPacket.microseconds / 1e6) * 1e6 - 1e6;
  return endUs > startUs ? { startUs, endUs } : undefined;
}

const REASONS = 'the ring buffer was overwritten, was suspended, or did not record them';

function missingWarning(
  { file, window }: WindowCheck,
  { isExact, what }: TrafficStatistic,
  packets: number,
  isWider: boolean,
): Sentence {
  if (isWider) {
    return isExact
      ? say`But the statistics count ${packets} [packet|packets] of ${what} in the whole seconds around it. Either none of them is in the window, or the ring buffer was overwritten, was suspended, or did not record them.`
      : say`But the statistics count ${packets} [packet|packets] of ${what} in the whole seconds around it. Either none of them fits, or the ring buffer was overwritten, was suspended, or did not record them.`;
  }
  if (file.packets === 0) {
    return isExact
      ? say`But the statistics count ${packets} [packet|packets] of ${what} in it. Most likely the ring buffer was overwritten, was suspended, or did not record them.`
      : say`But the statistics count ${packets} [packet|packets] of ${what} in it. Either none of them matches the filter, or the ring buffer was overwritten, was suspended, or did not record them.`;
  }
  const late = lateness(file, window);
  return isExact
    ? say`The first packet is ${late} later than the start of the window, but the statistics count ${packets} [packet|packets] of ${what} in between: the ring buffer was overwritten, was suspended, or did not record them.`
    : say`The first packet is ${late} later than the start of the window, although the statistics count ${packets} [packet|packets] of ${what} in between: either none of them matches the filter, or the ring buffer was overwritten, was suspended, or did not record them.`;
}

function uncheckedWarning(
  { file, window }: WindowCheck,
  { what }: TrafficStatistic,
  reason: Sentence,
): Sentence {
  return sentences(
    file.packets === 0
      ? undefined
      : say`The first packet is ${lateness(file, window)} later than the start of the window.`,
    say`Whether packets are missing there could not be checked with the statistics of ${what}: ${reason.withoutStop()}.`,
  );
}

/** What has gone wrong, as the end of a sentence. */
function reasonOf(error: unknown): Sentence {
  return error instanceof AllegroError
    ? error.sentences.what
    : verbatim(String((error as Error).message));
}

function unknownWarning({ what }: TrafficStatistic): Sentence {
  return say`The appliance has no statistics of ${what}: it has not seen it, or not for a long time.`;
}

/** How long after the start of the window the first packet came, as a person reads it. */
function lateness(file: WindowCheck['file'], { startUs }: TimeSpan): Sentence {
  const seconds = (file.firstPacket!.microseconds - startUs) / 1e6;
  const tenths = (value: number) => Math.round(value * 10) / 10;
  if (seconds < 120) return say`${tenths(seconds)} s`;
  if (seconds < 7200) return say`${Math.round(seconds / 60)} min`;
  if (seconds < 3 * 86_400) return say`${tenths(seconds / 3600)} h`;
  return say`${tenths(seconds / 86_400)} [day|days]`;
}
