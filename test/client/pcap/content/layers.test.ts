import { createHash } from 'node:crypto';
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
  pcapOf,
  tag,
  TCP,
  tcp,
  UDP,
  udp,
} from '../../../support/frame-fixtures';
import { fileOf } from '../../../support/file-of';
import { summarize as summaryOf } from '../../../support/summarize';

const summarize = (bytes: Buffer) => summaryOf(fileOf(bytes));

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
