import { isoMicroseconds } from '../../client/values/instant';
import { STEADY_HOST, type Simulator } from '../../simulator';
import type { FaultRow } from '../contract/faults/fault-row';
import { FAULT_ROWS } from '../contract/faults/fault-rows';
import { liveRows } from '../contract/faults/live-rows';
import { fixWindow, releaseWindow } from '../contract/support/operations';

/** Set low, because a host goes by the clock on the wall; longer than a busy machine pauses. */
export const LIMITS = { idleSeconds: 15, totalSeconds: 600 };

const outcomeOf = ({ outcome }: FaultRow) => ('ok' in outcome ? 'works' : outcome.kind);
const requestsOf = ({ requests }: FaultRow) =>
  typeof requests === 'number' ? requests : requests.atMost;

/**
 * One row of the fault matrix for each outcome, the quickest. All rows run over both transports in
 * `test/contract/faults/fault-matrix.ts`; what a host adds is how it shows each kind of outcome.
 */
function onePerOutcome(rows: FaultRow[]): FaultRow[] {
  // That one waits for the total limit here.
  const quick = rows.filter(({ fault }) => fault !== 'no answer ever begins');
  const byOutcome = new Map<string, FaultRow>();
  for (const row of [...quick].sort((a, b) => requestsOf(a) - requestsOf(b))) {
    if (!byOutcome.has(outcomeOf(row))) byOutcome.set(outcomeOf(row), row);
  }
  return [...byOutcome.values()];
}

/** Of captures from the ring buffer. */
export const RING_BUFFER_ROWS = onePerOutcome(
  FAULT_ROWS.filter(({ operation }) => operation === 'capture'),
);

/** Of live captures. */
export const LIVE_ROWS = onePerOutcome(liveRows);

/**
 * The capture that the rows are about, as a person would fill in the form. What is arranged next is
 * about the same window.
 */
export function ringBufferFields(simulator: Simulator): Record<string, string> {
  releaseWindow(simulator);
  const { startUs, endUs } = fixWindow(simulator);
  return {
    captureSource: 'ringBuffer',
    timeMode: 'between',
    since: isoMicroseconds(startUs),
    until: isoMicroseconds(endUs),
    host: STEADY_HOST,
  };
}

/** The live one: short, so that its rows are, and longer than a busy machine takes for a request. */
export const LIVE_FIELDS = { captureSource: 'live', liveSeconds: 10, host: STEADY_HOST };
