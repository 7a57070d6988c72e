import { isoMicroseconds } from '../../client/values/instant';
import { STEADY_HOST, type Simulator } from '../../simulator';
import type { FaultRow, Outcome } from './fault-row';
import { FAULT_ROWS } from './fault-rows';
import { pastWindow } from './operations';

/** In a host the clock is the wall's, so the limits that a person may set are set low. */
export const IDLE_SECONDS = 1;
export const TOTAL_SECONDS = 8;

/** What only takes as long as it takes in a host, and ends by another limit there. */
const IN_HOSTS: Record<string, Outcome> = {
  'no answer ever begins': {
    kind: 'timeout',
    says: /not finished after 8 s.*raise the time limit/,
  },
};

/** The rows of the matrix that are about captures, to be run inside the hosts. */
export const CAPTURE_ROWS: FaultRow[] = FAULT_ROWS.filter(
  ({ operation }) => operation === 'capture',
).map((row) => ({ ...row, outcome: IN_HOSTS[row.fault] ?? row.outcome }));

/** No row takes longer than this in a host: four tries with their pauses, or the total limit. */
export const LONGEST_HOST_MS = 20_000;

/** The capture that the rows are about, as a person would fill in the form. */
export function captureFields(simulator: Simulator): Record<string, string> {
  const { startUs, endUs } = pastWindow(simulator);
  return {
    captureSource: 'ringBuffer',
    timeMode: 'between',
    since: isoMicroseconds(startUs),
    until: isoMicroseconds(endUs),
    host: STEADY_HOST,
  };
}

/** The live one that the rows of `live-rows.ts` are about: short, so that all of them are. */
export const LIVE_FIELDS = { captureSource: 'live', liveSeconds: 2, host: STEADY_HOST };
