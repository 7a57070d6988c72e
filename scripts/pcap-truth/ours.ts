import { createReadStream } from 'node:fs';
import { summarizePcap } from '../../client/pcap';

const LAYERS = new Set([...['VLAN', 'MPLS', 'PPPoE', 'GRE', 'VXLAN', 'GENEVE', 'IPv4', 'IPv6']]);

function summed(counts: Array<[string, number]>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, count] of counts) found[name] = (found[name] ?? 0) + count;
  return found;
}

/** What Pcap Summary says of a file, flat: a figure's name and its value. */
export async function ourFigures(path: string): Promise<Record<string, number>> {
  const { file, traffic } = await summarizePcap(createReadStream(path), {
    byPorts: false,
    conversations: 5000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const { tcp, dns, tls, http, icmp, arp, dhcp, rtp, sip } = traffic;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const both = ({ client, server }: { client: number; server: number }) => client + server;
  const named = (kind: string, list: Array<{ name: string; count: number }>) =>
    Object.fromEntries(list.map(({ name, count }) => [`${kind} ${name}`, count]));
  return {
    Packets: file.packets,
    'TCP connections': tcp.connections,
    Handshakes: tcp.handshakes,
    'Longest handshake (ms)': tcp.handshakeTime?.maxMs ?? 0,
    Refused: tcp.refused,
    Unanswered: tcp.unanswered,
    Reset: both(tcp.resets),
    'Packets with TCP data': both(tcp.dataPackets),
    Retransmissions: both(tcp.retransmissions),
    'Out of order': both(tcp.outOfOrder),
    'Zero windows': both(tcp.zeroWindows),
    'Acknowledged, not captured': tcp.ackedUnseen,
    'Server responses': tcp.responseTime?.count ?? 0,
    'Sum of response times (ms)': tcp.responseTime?.sumMs ?? 0,
    'DNS queries': dns.queries,
    'DNS responses': dns.responses,
    NXDOMAIN: dns.responseCodes.NXDOMAIN ?? 0,
    SERVFAIL: dns.responseCodes.SERVFAIL ?? 0,
    'TLS ClientHellos': tls.connections,
    'QUIC ClientHellos': tls.quicConnections,
    'HTTP requests': http.requests,
    'HTTP responses': http.responses,
    'ICMP unreachable': icmp.unreachable,
    'ARP requests': arp.requests,
    'ARP replies': arp.replies,
    'DHCP offers': sum(dhcp.servers.map(({ offers }) => offers)),
    'SIP calls': sip.calls,
    'RTP streams': rtp.streams,
    'RTP packets': sum(rtp.list.map(({ packets }) => packets)),
    'RTP packets lost': sum(rtp.list.map(({ lost }) => lost)),
    'Sum of mean jitters (ms)': sum(rtp.list.map(({ meanJitterMs }) => meanJitterMs ?? 0)),
    ...named('name', dns.names),
    ...named('server', tls.serverNames),
    ...named('host', http.hosts),
    ...named('ja4', tls.ja4),
    ...summed(
      tls.certificates.map(({ validTo, count }) => [`certificate ${validTo.slice(0, 10)}`, count]),
    ),
    ...summed(
      traffic.layers
        .filter(({ layer }) => LAYERS.has(layer))
        .map(({ layer, packets }) => [`layer ${layer}`, packets]),
    ),
  };
}
