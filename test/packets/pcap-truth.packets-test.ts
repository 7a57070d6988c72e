import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../client/pcap/dissect/finding';
import { filesOf, writeFiles } from '../../scripts/pcap-truth/files';
import { ourFigures } from '../../scripts/pcap-truth/ours';
import { tsharkFigures } from '../../scripts/pcap-truth/tshark';
import { describeWithTools, temporaryFolder } from './tools';

/** Figures of which the two know different things where packets are missing; see the docs. */
const DIFFERS_IN_DAMAGED = [
  'Handshakes',
  'Longest handshake (ms)',
  'Acknowledged, not captured',
  'HTTP responses',
  'Retransmissions',
  'Server responses',
  'Sum of response times (ms)',
];

describeWithTools('every figure of Pcap Summary', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('is what tshark says, on files with each kind of trouble', async () => {
    // The traffic of the simulator follows from the time: a fixed one makes the same files each time.
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 0, 2, 3, 4, 5));
    await writeFiles(folder.path(''), 12);
    clock.mockRestore();
    const paths = filesOf(folder.path(''));
    expect(paths).toHaveLength(12);
    for (const [index, path] of paths.entries()) {
      const [ours, theirs] = [await ourFigures(path), await tsharkFigures(path)];
      for (const figure of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
        const [one, other] = [ours[figure] ?? 0, theirs[figure] ?? 0];
        const isLoose = index % 2 === 1 && DIFFERS_IN_DAMAGED.includes(figure);
        const allowed = isLoose ? 5 + 0.2 * Math.max(one, other) : 1e-3 + 1e-6 * other;
        if (Math.abs(one - other) > allowed) {
          throw new Error(`${path}: ${figure}: ${one}, tshark ${other}`);
        }
      }
    }
  });

  it('has its rules in the docs', () => {
    const page = readFileSync(join(__dirname, '../../docs/pcap-summary.md'), 'utf8');
    for (const [rule, text] of Object.entries(RULES)) {
      expect(page).toMatch(
        new RegExp(`\\| \`${rule}\` +\\| ${text.replace(/[()]/g, '\\$&')} +\\|`),
      );
    }
  });
});
