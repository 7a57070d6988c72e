import { createHash } from 'node:crypto';
import { TrafficCounter } from '../../../../client/pcap/content/traffic';
import { PcapWalker } from '../../../../client/pcap';
import { pcapSummary } from '../../../../nodes/definitions/analysis/pcap-summary';
import { readFieldValues } from '../../../../nodes/definitions/model/read-field-values';
import {
  authentication,
  cooked,
  cooked2,
  ethernet,
  extension,
  fragment,
  ipv4,
  ipv6,
  loopback,
  pcapngOf,
  pcapOf,
  tag,
  TCP,
  tcp,
  UDP,
  udp,
} from '../../../support/frame-fixtures';
import { ORIGIN } from '../../../support/fake-transport';

interface Summary extends Record<string, unknown> {
  conversations: Array<Record<string, unknown>>;
  protocols: Array<{ protocol: string; transport: string | null; packets: number; bytes: number }>;
  layers: Array<{ layer: string; packets: number; bytes: number }>;
  warnings: string[];
}

async function summarize(
  bytes: Buffer,
  raw: Record<string, unknown> = {},
  pieceLength = 1000,
): Promise<Summary> {
  const file = {
    name: 'x.pcap',
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += pieceLength) {
        yield bytes.subarray(at, at + pieceLength);
      }
    },
  };
  const context = {
    signal: new AbortController().signal,
    progress: () => undefined,
    log: { debug: () => undefined, warn: () => undefined },
    origin: ORIGIN,
    timeZone: 'UTC',
  };
  const results = pcapSummary.run(
    context,
    readFieldValues(pcapSummary, { file, simplify: false, ...raw }),
  );
  for await (const { json } of results) return json as Summary;
  throw new Error('Nothing came.');
}

/** Layers from the outside in, and the name, of a file with one packet. */
async function decoded(frame: Buffer, linkType = 1) {
  const { layers, protocols, conversations } = await summarize(pcapOf([frame], linkType));
  return {
    layers: layers.map(({ layer }) => layer).join(' '),
    protocol: protocols[0]?.protocol,
    ends: conversations.map(({ a, b }) => `${String(a)} ${String(b)}`).join(),
  };
}

const MACS = '02:00:00:00:00:01 02:00:00:00:00:02';
const IPS = '10.0.0.1 10.0.0.2';
const IPS6 = '2001:db8::1 2001:db8::2';
const https = tcp(50_000, 443);

describe('a packet of', () => {
  it.each<[string, Buffer, string, string, string]>([
    ['IPv4 and TCP', ethernet(0x0800, ipv4(TCP, https)), 'Ethernet IPv4 TCP', 'HTTPS', IPS],
    [
      'IPv4 with options',
      ethernet(0x0800, ipv4(UDP, udp(53, 9999), { optionWords: 3 })),
      'Ethernet IPv4 UDP',
      'DNS',
      IPS,
    ],
    [
      'a later fragment',
      ethernet(0x0800, ipv4(UDP, udp(53, 53), { fragmentOffset: 100 })),
      'Ethernet IPv4 UDP',
      'UDP',
      IPS,
    ],
    [
      'unknown ports',
      ethernet(0x0800, ipv4(TCP, tcp(50_000, 50_001))),
      'Ethernet IPv4 TCP',
      'TCP',
      IPS,
    ],
    ['ICMP', ethernet(0x0800, ipv4(1, Buffer.alloc(8))), 'Ethernet IPv4 ICMP', 'ICMP', IPS],
    ['SCTP', ethernet(0x0800, ipv4(132, tcp(1, 2))), 'Ethernet IPv4 SCTP', 'SCTP', IPS],
    [
      'an unknown protocol',
      ethernet(0x0800, ipv4(253, https)),
      'Ethernet IPv4 IP protocol 253',
      'IP protocol 253',
      IPS,
    ],
    [
      'a VLAN',
      ethernet(0x8100, tag(0x0800, ipv4(TCP, https))),
      'Ethernet VLAN IPv4 TCP',
      'HTTPS',
      IPS,
    ],
    [
      'QinQ',
      ethernet(0x88a8, tag(0x8100, tag(0x86dd, ipv6(TCP, https)))),
      'Ethernet VLAN QinQ IPv6 TCP',
      'HTTPS',
      IPS6,
    ],
    ['IPv6', ethernet(0x86dd, ipv6(UDP, udp(5353, 5353))), 'Ethernet IPv6 UDP', 'mDNS', IPS6],
    [
      'IPv6 with extension headers',
      ethernet(0x86dd, ipv6(0, extension(43, extension(60, extension(TCP, https, 2), 3)))),
      'Ethernet IPv6 TCP',
      'HTTPS',
      IPS6,
    ],
    [
      'a first fragment of IPv6',
      ethernet(0x86dd, ipv6(44, fragment(UDP, udp(53, 1)))),
      'Ethernet IPv6 UDP',
      'DNS',
      IPS6,
    ],
    [
      'a later fragment of IPv6',
      ethernet(0x86dd, ipv6(44, fragment(UDP, udp(53, 1), 9))),
      'Ethernet IPv6 UDP',
      'UDP',
      IPS6,
    ],
    [
      'IPv6 with AH',
      ethernet(0x86dd, ipv6(51, authentication(TCP, https))),
      'Ethernet IPv6 TCP',
      'HTTPS',
      IPS6,
    ],
    ['no next header', ethernet(0x86dd, ipv6(59, Buffer.alloc(0))), 'Ethernet IPv6', 'IPv6', IPS6],
    ['ARP', ethernet(0x0806, Buffer.alloc(28)), 'Ethernet ARP', 'ARP', MACS],
    ['LLDP', ethernet(0x88cc, Buffer.alloc(28)), 'Ethernet LLDP', 'LLDP', MACS],
    [
      'spanning tree',
      ethernet(38, Buffer.from([0x42, 0x42, 3, 0])),
      'Ethernet LLC STP',
      'STP',
      MACS,
    ],
    [
      'an unknown EtherType',
      ethernet(0x1234, Buffer.alloc(4)),
      'Ethernet EtherType 0x1234',
      'EtherType 0x1234',
      MACS,
    ],
  ])('%s', async (_, frame, layers, protocol, ends) => {
    expect(await decoded(frame)).toEqual({ layers, protocol, ends });
  });

  it.each<[string, number, Buffer, string, string]>([
    ['SLL', 113, cooked(0x0800, ipv4(TCP, https)), 'Linux cooked IPv4 TCP', IPS],
    ['SLL2', 276, cooked2(0x86dd, ipv6(TCP, https)), 'Linux cooked IPv6 TCP', IPS6],
    ['raw IP', 101, ipv4(TCP, https), 'IPv4 TCP', IPS],
    ['raw IP', 12, ipv6(TCP, https), 'IPv6 TCP', IPS6],
    ['raw IPv4', 228, ipv4(TCP, https), 'IPv4 TCP', IPS],
    ['raw IPv6', 229, ipv6(TCP, https), 'IPv6 TCP', IPS6],
    ['BSD loopback', 0, loopback(2, ipv4(TCP, https)), 'Loopback IPv4 TCP', IPS],
    ['BSD loopback', 0, loopback(30, ipv6(TCP, https), false), 'Loopback IPv6 TCP', IPS6],
    ['OpenBSD loopback', 108, loopback(24, ipv6(TCP, https), false), 'Loopback IPv6 TCP', IPS6],
  ])('%s (%d)', async (_, linkType, frame, layers, ends) => {
    expect(await decoded(frame, linkType)).toEqual({ layers, protocol: 'HTTPS', ends });
  });

  const inner = ipv4(UDP, udp(40_000, 53), { source: '192.168.0.1', destination: '192.168.0.2' });
  const frameWithin = ethernet(0x0800, inner, 3, 4);
  const hex = (text: string, ...bodies: Buffer[]) =>
    Buffer.concat([Buffer.from(text.replace(/ /g, ''), 'hex'), ...bodies]);
  const overUdp = (port: number, body: Buffer) => {
    const datagram = udp(1000, port, body.length);
    body.copy(datagram, 8);
    return ethernet(0x0800, ipv4(UDP, datagram));
  };

  it.each<[string, Buffer, string]>([
    ['MPLS', ethernet(0x8847, hex('00010040 00020140', inner)), 'Ethernet MPLS IPv4 UDP'],
    [
      'an MPLS pseudowire',
      ethernet(0x8847, hex('00010140 00000000', frameWithin)),
      'Ethernet MPLS IPv4 UDP',
    ],
    ['PPPoE', ethernet(0x8864, hex('1100 0001 0030 0021', inner)), 'Ethernet PPPoE PPP IPv4 UDP'],
    ['GRE', ethernet(0x0800, ipv4(47, hex('0000 0800', inner))), 'Ethernet IPv4 GRE UDP'],
    [
      'GRE with key and sequence',
      ethernet(0x0800, ipv4(47, hex('3000 0800 00000001 00000002', inner))),
      'Ethernet IPv4 GRE UDP',
    ],
    [
      'PPTP',
      ethernet(0x0800, ipv4(47, hex('3081 880b 00200001 00000002 00000001 ff03 0021', inner))),
      'Ethernet IPv4 GRE PPP UDP',
    ],
    ['VXLAN', overUdp(4789, hex('08000000 00000100', frameWithin)), 'Ethernet IPv4 UDP VXLAN'],
    [
      'GENEVE with options',
      overUdp(6081, hex('01006558 00000100 00000000', frameWithin)),
      'Ethernet IPv4 UDP GENEVE',
    ],
    ['IP in IP', ethernet(0x0800, ipv4(4, inner)), 'Ethernet IPv4 IPv4 in IP UDP'],
    [
      '6in4',
      ethernet(0x0800, ipv4(41, ipv6(UDP, udp(1, 53)))),
      'Ethernet IPv4 IPv6 in IP IPv6 UDP',
    ],
  ])('%s is seen through', async (what, frame, layers) => {
    const ends = what === '6in4' ? IPS6 : '192.168.0.1 192.168.0.2';
    const found = await decoded(frame);
    expect({ ...found, layers: found.layers.split(' ').sort() }).toEqual({
      layers: layers.split(' ').sort(),
      protocol: 'DNS',
      ends,
    });
  });

  it('tunnels within tunnels end somewhere', async () => {
    let frame = inner;
    for (let depth = 0; depth < 100; depth++) frame = ipv4(4, frame);
    expect((await summarize(pcapOf([ethernet(0x0800, frame)]))).packets).toBe(1);
  });

  it('fragments are counted', async () => {
    const frames = [0x2000, 100].map((fragmentOffset) =>
      ethernet(0x0800, ipv4(UDP, udp(53, 53), { fragmentOffset })),
    );
    expect(await summarize(pcapOf(frames))).toMatchObject({ fragments: 2 });
  });

  it('a link type that is not decoded is counted as such', async () => {
    const summary = await summarize(pcapOf([Buffer.alloc(60), Buffer.alloc(60)], 105));
    expect(summary).toMatchObject({
      packets: 2,
      notDecoded: 2,
      others: { packets: 2, bytes: 120 },
      conversations: [],
      protocols: [],
    });
    expect(summary.warnings).toEqual([expect.stringContaining('IEEE 802.11')]);
  });
});

describe('headers that are not all there', () => {
  const frames = [
    ethernet(0x88a8, tag(0x8100, tag(0x86dd, ipv6(0, extension(44, fragment(TCP, https)))))),
    ethernet(0x0800, ipv4(UDP, udp(53, 53))),
    ethernet(38, Buffer.from([0xaa, 0xaa, 3, 0, 0, 0, 8, 0])),
  ];
  it.each(frames.flatMap((frame) => frame.length).map((length, index) => [index, length]))(
    'never make it stumble (frame %d of %d bytes, cut everywhere)',
    async (index, length) => {
      const cuts = Array.from({ length }, (_, at) => frames[index].subarray(0, at));
      const summary = await summarize(pcapOf(cuts));
      expect(summary).toMatchObject({ packets: length, complete: true });
      expect(summary.cutHeaders).toBeGreaterThan(13);
    },
  );

  it('may be anything', async () => {
    const random = Array.from({ length: 500 }, (_, seed) =>
      createHash('sha512').update(String(seed)).digest(),
    );
    for (const linkType of [0, 1, 12, 101, 108, 113, 228, 229, 276]) {
      expect(await summarize(pcapOf(random, linkType))).toMatchObject({ packets: 500 });
    }
  });
});

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
  const file = pcapOf(frames);
  const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);

  it('adds up, and says who talked to whom', async () => {
    const summary = await summarize(file);
    expect(summary).toMatchObject({
      packets: 55,
      wireBytes: bytes,
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
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
    const { conversations } = await summarize(file, { conversationEnds: 'ports' });
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
    expect(await summarize(file, {}, length)).toEqual(await summarize(file));
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
    const cut = file.subarray(0, file.length - 10);
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
      yield file.subarray(0, 100);
      cancel.abort();
      yield file.subarray(100);
    }
    const context = {
      signal: cancel.signal,
      progress: () => undefined,
      log: { debug: () => undefined, warn: () => undefined },
      origin: ORIGIN,
      timeZone: 'UTC',
    };
    const raw = { file: { name: 'x.pcap', size: file.length, open } };
    const results = pcapSummary.run(context, readFieldValues(pcapSummary, raw));
    await expect(results.next()).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it.each(['', '{"a": 1}'])('of what is no capture ("%s") is an error', async (text) => {
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
