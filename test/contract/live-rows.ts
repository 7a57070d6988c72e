import { on, type FaultRow } from './fault-row';
import type { Kept } from './store';

/** A live capture ends by its duration, whether packets come or not. */
export const liveRows: FaultRow[] = [
  ended('a busy network', (simulator) => simulator.setQuiet(false), { isBusy: true }),
  ended('a quiet network: no packet comes after the end', (simulator) => simulator.setQuiet(true)),
  // On a quiet network there may be nothing to begin an answer with.
  ended('no answer ever begins', on('capture live', { kind: 'stallBeforeHeaders' }), {
    hasFile: false,
  }),
  ended(
    'the packets stop within one',
    on('capture live', { kind: 'stall', afterBytes: 24 + 16 + 20 }),
  ),
  {
    fault: 'the body is cut (chunked)',
    operation: 'capture live',
    arrange: on('capture live', { kind: 'cut', afterBytes: 40, framing: 'chunked' }),
    outcome: { kind: 'incomplete', says: /broke off after 40 bytes/ },
    requests: 1,
  },
  {
    fault: 'the body is cut inside a record, close-delimited',
    operation: 'capture live',
    arrange: on('capture live', { kind: 'cut', afterBytes: 40, framing: 'close' }),
    outcome: { kind: 'incomplete', says: /not whole/ },
    requests: 1,
  },
];

function ended(
  fault: string,
  arrange: FaultRow['arrange'],
  { isBusy = false, hasFile = true } = {},
): FaultRow {
  return {
    fault,
    operation: 'capture live',
    arrange,
    outcome: {
      ok: true,
      check: (kept) => {
        const { bytes, sha256, summary } = kept as Kept;
        expect(summary).toMatchObject({ complete: true, endedBy: 'duration' });
        expect(summary.bytes).toBe(bytes.length);
        expect(summary.sha256).toBe(hasFile ? sha256 : null);
        if (isBusy) expect(summary.packets).toBeGreaterThan(0);
        else expect(summary.packets).toBe(0);
      },
    },
    requests: 1,
  };
}
