import { AllegroError, type Address, type CallOptions } from '../../../client';
import type { Counters } from '../../../client/values/counters';
import { ALL_TRAFFIC, ANALYSIS_PROGRESS } from '../../../client/api/paths';
import type { RunContext } from '../model/run-context';
import { objectsWithin } from '../device/find-value';

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
  warnings: string[];
}

export interface AnalysisWait {
  address: Address;
  /** Milliseconds to wait at most. */
  limit: number;
  /** Milliseconds for which the counters have to stand still. */
  settledAfter: number;
}

const POLL_INTERVAL = 500;

/**
 * Waits until an analysis seems to be over. The API page names no signal for that. Two paths of its
 * OPTIONS tree are candidates; where one of them tells a progress it is believed, else counters that
 * stand still are taken for it.
 */
export async function waitForAnalysis(
  { client, signal, progress }: RunContext,
  { address, limit, settledAfter }: AnalysisWait,
): Promise<AnalysisState> {
  const options = { signal, address };
  const start = client.now();
  const reader = new ProgressReader();
  let last: Counters | undefined;
  let stillSince = start;
  let percent: number | null = null;
  while (client.now() - start < limit) {
    progress({ step: 'analysing', packets: last?.totalPackets });
    const [counters, told] = await Promise.all([
      readTotals(client, options),
      reader.read(client, options),
    ]);
    percent = told?.percent ?? percent;
    if (told?.isDone && counters) {
      return { statistics: counters, concludedBy: 'progress', progressPercent: 100, warnings: [] };
    }
    const isStill = counters !== undefined && counters.totalPackets === last?.totalPackets;
    if (!isStill) stillSince = client.now();
    last = counters ?? last;
    const hasSettled =
      isStill && last!.totalPackets > 0 && client.now() - stillSince >= settledAfter;
    // While the appliance says that it is at work, a pause of the counters means nothing.
    if (hasSettled && !told) {
      return { statistics: last!, concludedBy: 'counters', progressPercent: percent, warnings: [] };
    }
    await client.sleep(POLL_INTERVAL, signal);
  }
  return {
    statistics: last ?? null,
    concludedBy: null,
    progressPercent: percent,
    warnings: [
      `The counters of slot ${address.mmId ?? ''} had not settled after ${Math.round(limit / 1000)} s: the analysis may still be running.`,
    ],
  };
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
    const [name, value] =
      Object.entries(object).find(
        ([key, found]) => /^(progress|percent)/i.test(key) && isShare(found),
      ) ?? [];
    if (name === undefined) continue;
    const number = Number(value);
    // 1 may be all or one percent; only a name that says percent makes it the latter.
    const percent = number <= 1 && !/percent/i.test(name) ? number * 100 : number;
    return { percent, isDone: percent >= 100 };
  }
  return undefined;
}

function isShare(value: unknown): boolean {
  if (typeof value !== 'number' && typeof value !== 'string') return false;
  return value !== '' && Number(value) >= 0 && Number(value) <= 100;
}

async function readTotals(
  client: RunContext['client'],
  options: CallOptions,
): Promise<Counters | undefined> {
  const counts = await client
    .traffic(ALL_TRAFFIC, undefined, options)
    .catch((error: unknown) => (mayAnswerLater(error) ? undefined : Promise.reject(error)));
  return counts?.allTime;
}

/** The slot may need a moment before it answers; other failures would not go away. */
function mayAnswerLater(error: unknown): boolean {
  if (!(error instanceof AllegroError) || error.kind === 'cancelled') return false;
  return error.canRetry || error.kind === 'notFound';
}
