import { AllegroError, type CallOptions } from '../../../client';
import type { RunContext } from '../model/run-context';
import { countedUntil } from './window';
import { say, sentences } from '../../../client/values/sentence';

/** Both clocks at one poll, in seconds since 1970-01-01 UTC. Part of a trigger's state. */
export interface ClockMark {
  appliance: number;
  local: number;
}

/** What the clocks tell at a poll, compared with the one before. */
export interface Tick {
  mark: ClockMark;
  /** End of what can be asked for, by the appliance's clock. */
  now: number;
  /** Seconds since the poll before. */
  elapsed: number;
  /** How far the appliance's clock has stepped since then, in seconds; 0 for what is no step. */
  step: number;
}

/** So far may two readings be apart without a step: delays, rounding. */
const TOLERANCE_SECONDS = 5;
/** And so far may two clocks drift apart: 200 ppm, twice what cheap crystals do. */
const DRIFT = 1 / 5000;

/**
 * Reads the appliance's clock, and tells whether it has stepped: it should have gone on by as much as
 * the local clock since `previous`. A local clock that was set back measures nothing; then the
 * appliance's is believed.
 */
export async function readTick(
  { client, log }: RunContext,
  options: CallOptions,
  previous: ClockMark | undefined,
): Promise<Tick> {
  const { milliseconds, offsetSeconds } = await client.time(options);
  const appliance = milliseconds / 1000;
  const mark = { appliance, local: appliance - (offsetSeconds ?? 0) };
  const tick = { mark, now: countedUntil(milliseconds), ...compare(previous, mark) };
  if (tick.step !== 0) {
    log.warn(
      sentences(
        tick.step > 0
          ? say`The clock of the appliance was set ahead by ${tick.step} s since the last poll.`
          : say`The clock of the appliance was set back by ${-tick.step} s since the last poll.`,
        say`The trigger continues with the new time. If the problem persists, check NTP on the appliance and on this machine.`,
      ),
    );
  }
  return tick;
}

function compare(previous: ClockMark | undefined, mark: ClockMark) {
  if (!previous) return { elapsed: 0, step: 0 };
  const byAppliance = mark.appliance - previous.appliance;
  const byLocal = mark.local - previous.local;
  const elapsed = Math.round(byLocal >= 0 ? byLocal : Math.max(0, byAppliance));
  const step = Math.round(byAppliance - elapsed);
  const isStep = Math.abs(step) > TOLERANCE_SECONDS + elapsed * DRIFT;
  return { elapsed, step: isStep ? step : 0 };
}

/**
 * Reads a window of the time before a step. It may lie in what is the future now; should the
 * appliance refuse that, the trigger goes on without.
 */
export async function readFormer<T>(
  { log, signal }: RunContext,
  read: () => Promise<T[]>,
): Promise<T[]> {
  return read().catch((error: unknown) => {
    const isRefused = error instanceof AllegroError && !error.canRetry && !signal.aborted;
    if (!isRefused) throw error;
    log.warn(
      say`What was counted right before the clock was set cannot be read: ${error.sentences.message}`,
    );
    return [];
  });
}

/** Whether a state holds the clocks of its last poll. */
export function isClockMark(value: unknown): value is ClockMark {
  const { appliance, local } = (value ?? {}) as Partial<ClockMark>;
  return Number.isFinite(appliance) && Number.isFinite(local);
}
