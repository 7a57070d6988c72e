import type { ErrorKind } from '../../client';
import { STEADY_HOST, type Fault, type Simulator } from '../../simulator';
import { PCAP } from './capture-files';
import { answer, on, type FaultRow } from './fault-row';
import type { OperationName } from './operations';
import type { Kept } from './store';

const BRIEF = 'capture live for a moment';
/** Its header alone. */
const EMPTY_PCAP = PCAP.subarray(0, 24);

/** A live capture ends by its duration, whether packets come or not. */
export const liveRows: FaultRow[] = [
  ended('a busy network', trickle, { isBusy: true }),
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
    outcome: { kind: 'incomplete', says: /incomplete/ },
    requests: 1,
  },
  // A request that failed until the time was up is no quiet network.
  ...(
    [
      ['403', { kind: 'answer', status: 403 }, 'permission'],
      ['429', { kind: 'answer', status: 429 }, 'appliance'],
      ['503, Retry-After of 30 s', busyFor(30), 'appliance'],
      ['the connection is reset', { kind: 'reset' }, 'unreachable'],
    ] as Array<[string, Fault, ErrorKind]>
  ).map(([fault, what, kind]): FaultRow => ({
    fault,
    operation: 'capture live for a moment',
    arrange: on('capture live for a moment', what),
    outcome: {
      kind,
      says: /Permission denied|fewer requests|returned an error|broke before/,
      status: what.kind === 'answer' ? what.status : undefined,
    },
    requests: { atMost: 4 },
  })),
  ended('no answer ever begins', on(BRIEF, { kind: 'stallBeforeHeaders' }), {
    operation: BRIEF,
    hasFile: false,
    warns: [/had not begun to answer when the capture ended/],
  }),
  {
    fault: 'the appliance ends it at once',
    operation: 'capture live',
    arrange: on('capture live', answer(EMPTY_PCAP, 'application/octet-stream')),
    outcome: {
      ok: true,
      check: (kept) =>
        expect((kept as Kept).summary).toMatchObject({
          endedBy: 'device',
          // On a busy machine there may be one of the clock as well.
          warnings: expect.arrayContaining([
            expect.stringMatching(/ended the live capture [\d.]+ s before its time/),
          ]),
        }),
    },
    requests: 1,
  },
];

/** A packet in each tenth of a second, so that any capture gets some, however late it begins. */
function trickle(simulator: Simulator): void {
  simulator.setQuiet(false);
  simulator.inject({ from: STEADY_HOST, bytesPerSecond: 14_000, seconds: 120 });
}

function busyFor(seconds: number): Fault {
  return { kind: 'answer', status: 503, headers: { 'Retry-After': String(seconds) } };
}

function ended(
  fault: string,
  arrange: FaultRow['arrange'],
  {
    operation = 'capture live',
    isBusy = false,
    hasFile = true,
    warns = isBusy ? [] : [hasFile ? /^No packets: most likely none/ : /had not begun to answer/],
  }: { operation?: OperationName; isBusy?: boolean; hasFile?: boolean; warns?: RegExp[] } = {},
): FaultRow {
  return {
    fault,
    operation,
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
        // The clock of these tests runs fast, which may be worth a warning as well.
        const warnings = summary.warnings.filter((text) => !text.startsWith('The clock of the'));
        expect(warnings).toEqual(warns.map((says) => expect.stringMatching(says)));
      },
    },
    requests: 1,
  };
}
