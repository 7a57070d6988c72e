import { createHash } from 'node:crypto';
import { TrafficCounter } from '../../../../client/pcap/content/traffic';
import { PcapWalker } from '../../../../client/pcap';
import { fileOf } from '../../../support/file-of';
import {
  cooked,
  cooked2,
  ethernet,
  ipv4,
  ipv6,
  pcapngOf,
  pcapOf,
  TCP,
  tcp,
  UDP,
  udp,
} from '../../../support/frame-fixtures';
import { summarize as summaryOf } from '../../../support/summarize';

const summarize = (bytes: Buffer, raw = {}, pieceLength = 1000) =>
  summaryOf(fileOf(bytes, 'x.pcap', pieceLength), raw);
const https = tcp(50_000, 443);

describe('a summary', () => {
  const frames = [
    ...Array.from({ length: 30 }, (_, index) =>
      ethernet(0x0800, ipv4(TCP, tcp(50_000 + (index % 3), 443, index))),
    ),
    ...Array.from({ length: 20 }, () =>
      ethernet(
        0x0800,
        ipv4(TCP, tcp(443, 50_000, 900), { source: '10.0.0.2', destination: '10.0.0.1' }),
      ),
    ),
    ...Array.from({ length: 5 }, () => ethernet(0x86dd, ipv6(UDP, udp(53, 1000, 50)))),
  ];
  const whole = pcapOf(frames);
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);

  it('adds up, and says who talked to whom', async () => {
    const summary = await summarize(whole);
    expect(summary).toMatchObject({
      packets: 55,
      wireBytes: bytes,
      bytes: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
      durationSeconds: 0.054,
      complete: true,
      fault: null,
      conversationCount: 2,
      warnings: [],
    });
    expect(summary.conversations[0]).toMatchObject({
      rank: 1,
      a: '10.0.0.1',
      b: '10.0.0.2',
      packets: 50,
      packetsAToB: 30,
      packetsBToA: 20,
      bytesBToA: 20 * 954,
    });
    for (const list of [summary.protocols, summary.conversations]) {
      expect(list.reduce((sum, entry) => sum + Number(entry.packets), 0)).toBe(55);
      expect(list.reduce((sum, entry) => sum + Number(entry.bytes), 0)).toBe(bytes);
    }
  });

  it('tells connections apart by ports on request', async () => {
    const { conversations } = await summarize(whole, { conversationEnds: 'ports' });
    expect(conversations).toHaveLength(4);
    expect(conversations[0]).toMatchObject({
      a: '10.0.0.1',
      aPort: 50_000,
      b: '10.0.0.2',
      bPort: 443,
      transport: 'TCP',
      packets: 30,
      packetsAToB: 10,
    });
  });

  it.each([1, 2, 3, 7, 16, 61, 100_000])('is the same in pieces of %d bytes', async (length) => {
    expect(await summarize(whole, {}, length)).toEqual(await summarize(whole));
    const mixed = pcapngOf(
      frames.map((frame, index) =>
        index % 2
          ? { linkType: 1, frame }
          : { linkType: 113, frame: cooked(0x0800, ipv4(TCP, https)) },
      ),
    );
    expect(await summarize(mixed, {}, length)).toEqual(await summarize(mixed));
  });

  it('of pcapng has both link types and nanoseconds', async () => {
    const summary = await summarize(
      pcapngOf([
        { linkType: 1, frame: frames[0] },
        { linkType: 276, frame: cooked2(0x0800, ipv4(UDP, udp(1, 53))) },
      ]),
    );
    expect(summary).toMatchObject({
      format: 'pcapng',
      linkTypes: ['Ethernet', 'Linux SLL2'],
      firstPacket: '2023-11-14T22:13:20.000000000Z',
      lastPacket: '2023-11-14T22:13:20.001000001Z',
    });
    expect(summary.protocols.map(({ protocol }) => protocol).sort()).toEqual(['DNS', 'HTTPS']);
  });

  it('of a damaged file goes up to the damage, or is an error', async () => {
    const cut = whole.subarray(0, whole.length - 10);
    const summary = await summarize(cut);
    expect(summary).toMatchObject({
      packets: 54,
      complete: false,
      fault: { kind: 'cutInRecord' },
      sha256: createHash('sha256').update(cut).digest('hex'),
    });
    expect(summary.protocols.reduce((sum, { packets }) => sum + packets, 0)).toBe(54);
    expect(summary.warnings).toEqual([expect.stringContaining('10 of its')]);
    await expect(summarize(cut, { faultIsError: true })).rejects.toMatchObject({ kind: 'input' });
  });

  it('ends when it is cancelled', async () => {
    const cancel = new AbortController();
    async function* open() {
      yield whole.subarray(0, 100);
      cancel.abort();
      yield whole.subarray(100);
    }
    const file = { name: 'x.pcap', size: whole.length, open };
    const summarizing = summaryOf(file, {}, { signal: cancel.signal });
    await expect(summarizing).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it.each(['', '{"a": 1}'])('of what is not a capture ("%s") is an error', async (text) => {
    await expect(summarize(Buffer.from(text))).rejects.toMatchObject({
      kind: 'input',
      field: 'file',
    });
  });
});

describe('the table of conversations', () => {
  it('keeps the large ones when it is full, and the totals exact', () => {
    const counter = new TrafficCounter(false, { maxConversations: 100 });
    const walker = new PcapWalker({}, counter);
    const frames = Array.from({ length: 3000 }, (_, index) => {
      const isLarge = index % 10 === 0;
      const source = isLarge ? '10.9.9.9' : `10.1.${index >> 8}.${index & 0xff}`;
      return ethernet(0x0800, ipv4(UDP, udp(1, 2, isLarge ? 1000 : 10), { source }));
    });
    walker.write(pcapOf(frames));
    const traffic = counter.result(5);
    const [limit] = traffic.limits;
    expect(limit).toMatchObject({ table: 'conversations', max: 100 });
    expect(limit.dropped).toBeGreaterThan(0);
    expect(limit.error).toBeLessThan(10_000);
    expect(traffic.conversationCount).toBeLessThanOrEqual(100);
    expect(traffic.conversations[0]).toMatchObject({ a: '10.9.9.9', packets: 300 });
    const all = counter.result(Infinity);
    const counted = all.conversations.reduce((sum, { packets }) => sum + packets, 0);
    expect(counted + all.others.packets).toBe(3000);
    expect(all.layers).toContainEqual(expect.objectContaining({ layer: 'UDP', packets: 3000 }));
  });
});
