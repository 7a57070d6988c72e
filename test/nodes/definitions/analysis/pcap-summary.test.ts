import { pcapSummary } from '../../../../nodes/definitions/analysis/pcap-summary';
import { ethernet, ipv4, pcapAt, pcapOf, segmentFrame, udp } from '../../../support/frame-fixtures';
import { rtpPacket } from '../../../support/payload-fixtures';
import { fileOf } from '../../../support/file-of';
import { summarize as summaryOf } from '../../../support/summarize';

const summarize = (bytes: Buffer, raw: Record<string, unknown> = {}) =>
  summaryOf(fileOf(bytes, 'x.pcap'), { simplify: true, ...raw });

const manyHosts = pcapOf(
  Array.from({ length: 900 }, (_, index) =>
    ethernet(0x0800, ipv4(17, udp(1000, 2000, 9), { source: `10.${index >> 8}.${index & 255}.1` })),
  ),
);

const slow = pcapAt(
  [
    { ms: 0, from: 'client', flags: 'S', sequence: 1 } as const,
    { ms: 20, from: 'server', flags: 'SA', sequence: 1, acknowledgement: 2 } as const,
    { ms: 21, from: 'client', flags: 'A', sequence: 2, acknowledgement: 2 } as const,
    { ms: 22, from: 'client', flags: 'PA', sequence: 2, acknowledgement: 2, data: 99 } as const,
    { ms: 3022, from: 'server', flags: 'PA', sequence: 2, acknowledgement: 101, data: 9 } as const,
  ].map((row) => ({ ms: row.ms, frame: segmentFrame(row) })),
);

describe('the text', () => {
  it('says what the file is, who is to blame, and where most bytes are', async () => {
    const { text } = await summarize(slow);
    expect(String(text).split('\n')).toEqual([
      'x.pcap: 5 packets, 378 B on the wire, 3 s from 2023-11-14 22:13:20 UTC.',
      'Server: 1 of 1 response took 500 ms or longer beyond the round trip (median of all 3 s, longest 3 s; a round trip takes 21 ms).',
      'Most bytes: 10.0.0.1 ↔ 10.0.0.2, 378 B (100 %).',
    ]);
  });

  it.each([
    [0, 'Voice or video: 1 stream, no packet lost.'],
    [
      9,
      'Voice or video: 1 stream. Most loss: 9 %, with a mean jitter of 0 s, from 10.0.0.1:8000 to 10.0.0.2:9000.',
    ],
  ])('says of a call of which %d %% are lost how it was', async (percent, line) => {
    const frames = Array.from({ length: 200 }, (_, sequence) => {
      const segment = udp(8000, 9000, 172);
      rtpPacket(sequence).copy(segment, 8);
      return { ms: sequence * 20, frame: ethernet(0x0800, ipv4(17, segment)) };
    }).filter((_, sequence) => sequence % 100 < 90 || percent === 0 || sequence % 100 === 99);
    const { text } = await summarize(pcapAt(frames));
    expect(String(text).split('\n')[1]).toBe(line);
  });

  it('counts one of everything as one', async () => {
    const one = pcapOf([ethernet(0x0800, ipv4(17, udp(1000, 2000, 9)))]);
    for (const simplify of [true, false]) {
      const json = await summarize(one, { simplify, markdown: true });
      expect(json.text).toMatch(/^x\.pcap: 1 packet, \d+ B on the wire, 0 s from /);
      expect(JSON.stringify(json)).not.toMatch(/\b1 (?:[a-z]+ )?[a-z]*[^s\W]s\b/);
    }
  });

  it('of a file without packets is one line', async () => {
    expect((await summarize(pcapOf([]))).text).toBe('x.pcap: no packets.');
  });
});

describe('simplified', () => {
  it.each([2000, 3000, 10_000])('it stays within %d characters', async (maxCharacters) => {
    const json = await summarize(manyHosts, { maxCharacters, conversationLimit: 1000 });
    expect(JSON.stringify(json).length).toBeLessThanOrEqual(maxCharacters);
    expect(JSON.stringify(json).length).toBeGreaterThan(maxCharacters - 500);
    const { conversations, omitted, conversationCount } = json;
    expect(conversationCount).toBe(900);
    expect(conversations.length + (omitted as Record<string, number>).conversations!).toBe(900);
  });

  it('measures each entry once, however many there are', async () => {
    const stringify = jest.spyOn(JSON, 'stringify');
    await summarize(manyHosts, { conversationLimit: 1000 });
    const { length } = stringify.mock.calls;
    stringify.mockRestore();
    expect(length).toBeLessThan(1000);
  });

  it('it has the same keys as the sample', async () => {
    expect(Object.keys(await summarize(slow)).sort()).toEqual(
      Object.keys(pcapSummary.sampleOutput).sort(),
    );
  });
});

it('the Markdown table has a row for each conversation', async () => {
  const { markdown } = await summarize(slow, { simplify: false });
  expect(String(markdown).split('\n')).toEqual([
    '| Conversation | Packets | Bytes | Share | TCP |',
    '| --- | --- | --- | --- | --- |',
    expect.stringMatching(/^\| 10\.0\.0\.1 ↔ 10\.0\.0\.2 \| 5 \| 378 B \| 100 % \| Server: /),
  ]);
});
