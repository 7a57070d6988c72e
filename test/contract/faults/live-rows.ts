import { STEADY_HOST, type Simulator } from '../../../simulator';
import { PCAP } from './capture-files';
import { answer, fails, rowsOf, works, type FaultRow } from './fault-row';
import type { Kept } from '../support/store';

/** A live capture ends by its duration, whether packets come or not. */
const ended = ({ isBusy = false, hasFile = true, warns = [] as RegExp[] }) =>
  works(({ bytes, sha256, summary }: Kept) => {
    expect(summary).toMatchObject({ complete: true, endedBy: 'duration' });
    expect(summary.bytes).toBe(bytes.length);
    expect(summary.sha256).toBe(hasFile ? sha256 : null);
    if (isBusy) expect(summary.packets).toBeGreaterThan(0);
    else expect(summary.packets).toBe(0);
    // The clock of these tests runs fast, which may be worth a warning as well.
    const warnings = summary.warnings.filter((text) => !text.startsWith('The clock of the'));
    expect(warnings).toEqual(warns.map((says) => expect.stringMatching(says)));
  });
const QUIET = ended({ warns: [/^No packets: most likely none/] });
// On a quiet network there may be nothing to begin an answer with.
const SILENT = ended({ hasFile: false, warns: [/had not responded/] });

const BY_DEVICE = works(({ summary }: Kept) =>
  expect(summary).toMatchObject({
    endedBy: 'device',
    // On a busy machine there may be one of the clock as well.
    warnings: expect.arrayContaining([
      expect.stringMatching(/ended the live capture [\d.]+ s early/),
    ]),
  }),
);

const TRIED = /Permission denied|too many requests|returned an error|was lost before/;
const UP_TO_4 = { atMost: 4 };

/** A packet in each tenth of a second, so that any capture gets some, however late it begins. */
function trickle(simulator: Simulator): void {
  simulator.setQuiet(false);
  simulator.inject({ from: STEADY_HOST, bytesPerSecond: 14_000, seconds: 120 });
}

export const liveRows: FaultRow[] = [
  ...rowsOf(
    ['capture live'],
    [
      ['a busy network', trickle, ended({ isBusy: true })],
      [
        'a quiet network: no packet comes after the end',
        (simulator) => simulator.setQuiet(true),
        QUIET,
      ],
      ['no answer ever begins', { kind: 'stallBeforeHeaders' }, SILENT],
      ['the packets stop within one', { kind: 'stall', afterBytes: 24 + 16 + 20 }, QUIET],
      [
        'the body is cut (chunked)',
        { kind: 'cut', afterBytes: 40, framing: 'chunked' },
        // Up to 40: what has not been read yet is lost with the connection.
        fails('incomplete', /was lost after ([0-9]|[1-3][0-9]|40) bytes/),
      ],
      [
        'the body is cut inside a record, close-delimited',
        { kind: 'cut', afterBytes: 40, framing: 'close' },
        fails('incomplete', /incomplete/),
      ],
      [
        'the appliance ends it at once',
        // The header of a file alone.
        answer(PCAP.subarray(0, 24), 'application/octet-stream'),
        BY_DEVICE,
      ],
    ],
  ),
  ...rowsOf(
    ['capture live for a moment'],
    [
      ['no answer ever begins', { kind: 'stallBeforeHeaders' }, SILENT],
      // A request that failed until the time was up is no quiet network.
      ['403', { kind: 'answer', status: 403 }, fails('permission', TRIED, 403), UP_TO_4],
      ['429', { kind: 'answer', status: 429 }, fails('appliance', TRIED, 429), UP_TO_4],
      [
        '503, Retry-After of 30 s',
        { kind: 'answer', status: 503, headers: { 'Retry-After': '30' } },
        fails('appliance', TRIED, 503),
        UP_TO_4,
      ],
      ['the connection is reset', { kind: 'reset' }, fails('unreachable', TRIED), UP_TO_4],
    ],
  ),
];
