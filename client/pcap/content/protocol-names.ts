/**
 * What numbers in headers mean, as far as people look for them. Sources: the registries of IANA
 * (protocol numbers, service names and ports) and of the IEEE (EtherTypes).
 */

const ETHER_TYPES = new Map<number, string>([
  [0x0800, 'IPv4'],
  [0x0806, 'ARP'],
  [0x0842, 'Wake-on-LAN'],
  [0x22f0, 'AVTP'],
  [0x8035, 'RARP'],
  [0x86dd, 'IPv6'],
  [0x8809, 'Slow Protocols (LACP)'],
  [0x8847, 'MPLS'],
  [0x8848, 'MPLS'],
  [0x8863, 'PPPoE'],
  [0x8864, 'PPPoE'],
  [0x888e, 'EAPOL'],
  [0x8892, 'PROFINET'],
  [0x88a4, 'EtherCAT'],
  [0x88b8, 'GOOSE'],
  [0x88ba, 'IEC 61850 SV'],
  [0x88cc, 'LLDP'],
  [0x88e5, 'MACsec'],
  [0x88f7, 'PTP'],
  [0x8906, 'FCoE'],
  [0x9000, 'Loopback Test'],
]);

const IP_PROTOCOLS = new Map<number, string>([
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPv4 in IP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [41, 'IPv6 in IP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [58, 'ICMPv6'],
  [88, 'EIGRP'],
  [89, 'OSPF'],
  [103, 'PIM'],
  [112, 'VRRP'],
  [115, 'L2TP'],
  [132, 'SCTP'],
]);

/** The same name over TCP and UDP, where both are used. */
const PORTS: ReadonlyArray<[name: string, tcp: readonly number[], udp: readonly number[]]> = [
  ['FTP Data', [20], []],
  ['FTP', [21], []],
  ['SSH', [22], []],
  ['Telnet', [23], []],
  ['SMTP', [25, 465, 587], []],
  ['DNS', [53], [53]],
  ['DHCP', [], [67, 68]],
  ['TFTP', [], [69]],
  ['HTTP', [80, 8000, 8080], []],
  ['Kerberos', [88], [88]],
  ['POP3', [110, 995], []],
  ['NTP', [], [123]],
  ['RPC', [111, 135], [111]],
  ['NetBIOS', [139], [137, 138]],
  ['IMAP', [143, 993], []],
  ['SNMP', [161], [161, 162]],
  ['BGP', [179], []],
  ['PTP', [], [319, 320]],
  ['LDAP', [389, 636, 3268, 3269], [389]],
  ['HTTPS', [443, 8443], []],
  ['QUIC', [], [443]],
  ['SMB', [445], []],
  ['IPsec', [], [500, 4500]],
  ['Modbus', [502], []],
  ['Syslog', [514, 6514], [514]],
  ['RIP', [], [520]],
  ['DHCPv6', [], [546, 547]],
  ['RTSP', [554], []],
  ['iSCSI', [3260], []],
  ['RADIUS', [], [1812, 1813]],
  ['OpenVPN', [1194], [1194]],
  ['MS SQL', [1433], []],
  ['Oracle', [1521], []],
  ['MQTT', [1883, 8883], []],
  ['SSDP', [], [1900]],
  ['NFS', [2049], [2049]],
  ['MySQL', [3306], []],
  ['RDP', [3389], [3389]],
  ['STUN', [3478], [3478]],
  ['OPC UA', [4840], []],
  ['VXLAN', [], [4789]],
  ['SIP', [5060, 5061], [5060]],
  ['mDNS', [], [5353]],
  ['LLMNR', [], [5355]],
  ['PostgreSQL', [5432], []],
  ['AMQP', [5671, 5672], []],
  ['Redis', [6379], []],
  ['WireGuard', [], [51820]],
  ['EtherNet/IP', [44818], [2222, 44818]],
  ['S7comm', [102], []],
];

const TCP_PORTS = new Map(PORTS.flatMap(([name, tcp]) => tcp.map((port) => [port, name] as const)));
const UDP_PORTS = new Map(
  PORTS.flatMap(([name, , udp]) => udp.map((port) => [port, name] as const)),
);

export function etherTypeName(etherType: number): string {
  return ETHER_TYPES.get(etherType) ?? `EtherType 0x${etherType.toString(16).padStart(4, '0')}`;
}

export function ipProtocolName(protocol: number): string {
  return IP_PROTOCOLS.get(protocol) ?? `IP protocol ${protocol}`;
}

/**
 * The service that a packet most likely belongs to, by its ports alone. Where both ends have a known
 * port it is the lower one, which is more often the server's.
 */
export function serviceName(
  transport: string,
  source: number,
  destination: number,
): string | undefined {
  const ports = transport === 'TCP' ? TCP_PORTS : transport === 'UDP' ? UDP_PORTS : undefined;
  if (!ports) return undefined;
  return ports.get(Math.min(source, destination)) ?? ports.get(Math.max(source, destination));
}
