import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../client/pcap/dissect/finding';
import { filesOf, writeFiles } from '../../scripts/pcap-truth/files';
import { ourFigures } from '../../scripts/pcap-truth/ours';
import { tsharkFigures } from '../../scripts/pcap-truth/tshark';
import {
  ethernet,
  ipv4,
  pcapAt,
  segmentFrame,
  UDP,
  udp,
  type SegmentRow,
} from '../support/frame-fixtures';
import { dnsMessage } from '../support/payload-fixtures';
import { describeWithTools, temporaryFolder } from './tools';

/** Figures of which the two know different things where packets are missing; see the docs. */
const DIFFERS_IN_DAMAGED = [
  'Handshakes',
  'Longest handshake (ms)',
  'Acknowledged, not captured',
  // tshark reads a request that is sent again once more.
  'HTTP requests',
  'host',
  'Retransmissions',
  'RTP packets lost',
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
        const isDamaged = index % 2 === 1;
        const isLoose =
          isDamaged && DIFFERS_IN_DAMAGED.includes(figure.replace(/^host .*/, 'host'));
        const allowed = isLoose ? 5 + 0.2 * Math.max(one, other) : 1e-3 + 1e-6 * other;
        if (Math.abs(one - other) > allowed) {
          throw new Error(`${path}: ${figure}: ${one}, tshark ${other}`);
        }
      }
    }
  });

  it('is what tshark says where the simulator has nothing', async () => {
    const inner = ipv4(UDP, udp(1, 2), { destination: '192.0.2.9' });
    const unreachable = Buffer.concat([Buffer.from([3, 3, 0, 0, 0, 0, 0, 0]), inner]);
    const message = dnsMessage(7, 'broken.example', { code: 2 });
    const response = Buffer.concat([udp(53, 4000, message.length).subarray(0, 8), message]);
    const segments: SegmentRow[] = [
      { ms: 0, from: 'client', flags: 'S', sequence: 1 },
      { ms: 9, from: 'server', flags: 'SA', sequence: 1, acknowledgement: 2 },
      { ms: 10, from: 'client', flags: 'A', sequence: 2, acknowledgement: 2 },
      { ms: 11, from: 'client', flags: 'PA', sequence: 2, acknowledgement: 2, data: 50 },
      { ms: 20, from: 'server', flags: 'A', sequence: 2, acknowledgement: 52, window: 0 },
      { ms: 400, from: 'server', flags: 'A', sequence: 2, acknowledgement: 52 },
      { ms: 401, from: 'server', flags: 'PA', sequence: 2, acknowledgement: 52, data: 70 },
    ];
    const path = folder.path('crafted.pcap');
    const frames = [
      ...segments.map((row) => ({ ms: row.ms, frame: segmentFrame(row) })),
      { ms: 500, frame: ethernet(0x0800, ipv4(1, unreachable)) },
      { ms: 600, frame: ethernet(0x0800, ipv4(UDP, response)) },
    ];
    writeFileSync(path, pcapAt(frames));
    const [ours, theirs] = [await ourFigures(path), await tsharkFigures(path)];
    expect(ours).toMatchObject({ 'Zero windows': 1, SERVFAIL: 1, 'ICMP unreachable': 1 });
    for (const figure of ['Zero windows', 'SERVFAIL', 'ICMP unreachable', 'Server responses']) {
      expect([figure, theirs[figure]]).toEqual([figure, ours[figure]]);
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
