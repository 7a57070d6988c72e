import { AllegroError, type Address, type CallOptions } from '../../../client';
import type { Counters } from '../../../client/values/counters';
import { ALL_TRAFFIC, ANALYSIS_PROGRESS } from '../../../client/api/paths';
import type { RunContext } from '../model/run-context';
import { objectsWithin } from '../device/find-value';
import { say, sentences, type Sentence } from '../../../client/values/sentence';
import { toNumber } from '../../../client/values/loose-value';

/** How a wait for an analysis ended. */
export interface AnalysisState {
  /** What the slot has counted; nothing where it counted nothing or did not answer. */
  statistics: Counters | null;
  /**
   * `progress`: the appliance said that it was done. `counters`: the counters stood still, which is
   * as much as can be concluded where it says nothing. Nothing: the limit was reached before.
   */
  concludedBy: 'progress' | 'counters' | null;
  /** 0 to 100, the last that the appliance told. */
  progressPercent: number | null;
  warnings: Sentence[];
}

export interface AnalysisWait {
  address: Address;
  /** Longest wait, in milliseconds. */
  limit: number;
  /** Milliseconds for which the counters must not change. */
  settledAfter: number;
}

const POLL_INTERVAL = 500;
/** So long a slot may need before it answers; what is missing then will not come. */
const MISSING_LIMIT = 10_000;

/**
 * Waits until an analysis seems to be over. The API page names no signal for that. Two paths of its
 * OPTIONS tree are candidates; where one of them tells a progress it is believed, else counters that
 * no longer change are taken for it. Where the appliance has neither, the wait ends early.
 *
 * @throws AllegroError what no waiting changes, such as a missing permission
 */
export async function waitForAnalysis(
  { client, signal, progress }: RunContext,
  { address, limit, settledAfter }: AnalysisWait,
): Promise<AnalysisState> {
  const options = { signal, address };
  const start = client.now();
  const reader = new ProgressReader();
  const counted = new TotalsReader();
  let percent: number | null = null;
  const state = (
    concludedBy: AnalysisState['concludedBy'],
    warnings: Sentence[],
  ): AnalysisState => ({
    statistics: counted.last ?? null,
    concludedBy,
    progressPercent: concludedBy === 'progress' ? 100 : percent,
    warnings: [...counted.warnings, ...warnings],
  });
  while (client.now() - start < limit) {
    progress({ step: 'analysing', packets: counted.last?.totalPackets });
    const [, told] = await Promise.all([
      counted.read(client, options),
      reader.read(client, options),
    ]);
    percent = told?.percent ?? percent;
    const isMissing = counted.missingFor() >= MISSING_LIMIT;
    if (told?.isDone && (counted.isRead || isMissing)) {
      return state('progress', isMissing ? [uncheckedWarning(address, counted.error)] : []);
    }
    // While the appliance says that it is at work, a pause of the counters means nothing.
    if (!told) {
      if (counted.stillFor() >= settledAfter) return state('counters', []);
      if (isMissing) return state(null, [uncheckedWarning(address, counted.error)]);
    }
    await client.sleep(POLL_INTERVAL, signal);
  }
  const seconds = Math.round(limit / 1000);
  const problem = counted.error
    ? say`The last answer was: ${counted.error.sentences.message}`
    : undefined;
  const slot = address.mmId ?? '';
  const what =
    counted.last?.totalPackets === 0
      ? say`No packet was counted in slot ${slot} within ${seconds} s: nothing was uploaded to it, or its analysis has not begun.`
      : say`The counters of slot ${slot} had not settled after ${seconds} s: the analysis may still be running.`;
  return state(null, [sentences(what, problem)]);
}

function uncheckedWarning({ mmId = '' }: Address, error: AllegroError | undefined): Sentence {
  return say`Whether the analysis in slot ${mmId} is over could not be checked: ${error?.sentences.message ?? ''}`;
}

/** Follows the counters of a slot. */
class TotalsReader {
  /** The last that were read. */
  last?: Counters;
  warnings: Sentence[] = [];
  /** Why the last reading failed. */
  error?: AllegroError;
  private stillSince = 0;
  /** When it was last tried; the time that another response takes does not count. */
  private readAt = 0;
  private missingSince?: number;

  /** Whether the last reading gave counters. */
  get isRead(): boolean {
    return this.last !== undefined && this.error === undefined;
  }

  async read(client: RunContext['client'], options: CallOptions): Promise<void> {
    const counts = await client.traffic(ALL_TRAFFIC, undefined, options).catch((error: unknown) => {
      if (!mayAnswerLater(error)) return Promise.reject(error);
      this.readAt = client.now();
      this.failed(error);
      return undefined;
    });
    if (!counts) return;
    this.readAt = client.now();
    if (!this.isRead || counts.allTime?.totalPackets !== this.last?.totalPackets) {
      this.stillSince = this.readAt;
    }
    this.last = counts.allTime ?? this.last;
    this.warnings = counts.warnings;
    this.error = undefined;
    this.missingSince = undefined;
  }

  private failed(error: AllegroError): void {
    this.error = error;
    this.missingSince = error.canRetry ? undefined : (this.missingSince ?? this.readAt);
  }

  /** Milliseconds between the first and the last reading that found no such statistic. */
  missingFor(): number {
    return this.missingSince === undefined ? -1 : this.readAt - this.missingSince;
  }

  /** Milliseconds between the first and the last reading of the same counters. */
  stillFor(): number {
    return this.isRead && this.last!.totalPackets > 0 ? this.readAt - this.stillSince : -1;
  }
}

interface ReportedProgress {
  percent: number;
  isDone: boolean;
}

/** Asks the candidates as long as one of them tells; those that do not are not asked again. */
class ProgressReader {
  private candidates = ANALYSIS_PROGRESS;

  async read(
    client: RunContext['client'],
    options: CallOptions,
  ): Promise<ReportedProgress | undefined> {
    const answers = await Promise.all(
      this.candidates.map((path) =>
        client.get(path, {}, options).catch((error: unknown) => {
          if (!(error instanceof AllegroError) || error.kind === 'cancelled') throw error;
          if (!error.canRetry) this.candidates = this.candidates.filter((one) => one !== path);
          return undefined;
        }),
      ),
    );
    for (const answer of answers) {
      const told = progressWithin(answer);
      if (told) return told;
    }
    return undefined;
  }
}

/** A share of 1 or a percentage, whatever it stands beside. */
function progressWithin(answer: unknown): ReportedProgress | undefined {
  for (const object of objectsWithin(answer)) {
    const share = Object.entries(object)
      .map(([name, found]) => ({ name, number: toNumber(found) ?? NaN }))
      .find(
        ({ name, number }) => /^(progress|percent)/i.test(name) && number >= 0 && number <= 100,
      );
    if (!share) continue;
    const { name, number } = share;
    // 1 may be all or one percent; only a name that says percent makes it the latter.
    const percent = number <= 1 && !/percent/i.test(name) ? number * 100 : number;
    return { percent, isDone: percent >= 100 };
  }
  return undefined;
}

/** The slot may need a moment before it answers; other failures would not go away. */
function mayAnswerLater(error: unknown): error is AllegroError {
  if (!(error instanceof AllegroError) || error.kind === 'cancelled') return false;
  return error.canRetry || error.kind === 'notFound';
}
