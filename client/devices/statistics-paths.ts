import type { Api } from '../api/api';
import { MODULES, STATISTICS } from '../api/paths';
import { AllegroError, type ErrorKind } from '../errors';
import { encodePathElement, parseTypedPath } from '../http/query';
import { parseIp } from '../values/ip-address';

export interface Choice {
  /** What goes into the field. */
  value: string;
  /** What a person reads. */
  label: string;
}

/** Reading it resets what was measured, as far as is known; never offered, never called. */
const DANGEROUS = new Set(['reset']);

/**
 * Statistics that can be read, by their paths below `API/stats`. `:ip`, `:mac` and `:port` stand for
 * what a person adds. Source: the vendor's page ("Query available URIs with OPTIONS", "URI content
 * parameters"), and for what is below a module also PSMultimeter.
 */
const KNOWN: Readonly<Record<string, string>> = {
  'modules/ip/ips_paged': 'IP addresses',
  'modules/ip/ips/:ip': 'An IP',
  'modules/ip/ips/:ip/peers': 'Peers of an IP',
  'modules/ip/ips/:ip/connections': 'Connections of an IP',
  'modules/ip/ips/:ip/protocols': 'Protocols of an IP',
  'modules/ip/ips/:ip/ports': 'Server ports of an IP',
  'modules/ip/ips/:ip/macs': 'MAC addresses of an IP',
  'modules/ip/ips/:ip/tcpStats': 'TCP statistics of an IP',
  'modules/ip/ips/:ip/qos': 'Quality of service of an IP',
  'modules/ip/ips/:ip/sip_requests': 'SIP requests of an IP',
  'modules/ip/ips/:ip/sip_responses': 'SIP responses of an IP',
  'modules/ip': 'IP totals',
  'modules/ip/ipsTCP': 'TCP response times of IP addresses',
  'modules/ip/ipsTCPData': 'TCP retransmissions of IP addresses',
  'modules/mac/mac_paged': 'MAC addresses',
  'modules/mac/macs/:mac': 'A MAC address',
  'modules/mac/macs/:mac/peer_paged': 'Peers of a MAC address',
  'modules/mac/macs/:mac/ip_paged': 'IP addresses of a MAC address',
  'modules/mac/macs/:mac/protocol_paged': 'Protocols of a MAC address',
  'modules/mac/macs/:mac/vlan_paged': 'VLANs of a MAC address',
  'modules/mac_protocols/generic': 'All traffic',
  'modules/mac_protocols/mac_protocols_paged': 'Layer 2 protocols',
  'modules/dpi/dpi_paged': 'Layer 7 protocols',
  'modules/l4_ports/tcp_ports_paged': 'TCP ports',
  'modules/l4_ports/udp_ports_paged': 'UDP ports',
  'modules/l4_ports/tcp_port/:port': 'A TCP port',
  'modules/vlan/vlans_paged': 'VLANs',
  'modules/vlan/inner_vlans_paged': 'Inner VLANs',
  'modules/packet_size/generic': 'Packet sizes',
  'modules/dns': 'DNS',
  'modules/dns/ips_paged': 'DNS names',
  'modules/dns/servers_paged': 'DNS servers',
  'modules/dhcp': 'DHCP',
  'modules/dhcp/ips_paged': 'DHCP clients',
  'modules/dhcp/servers': 'DHCP servers',
  'modules/http': 'HTTP',
  'modules/http/ips_paged': 'HTTP servers',
  'modules/http/codes': 'HTTP response codes',
  'modules/ssl': 'SSL and TLS',
  'modules/ssl/ips_paged': 'SSL and TLS servers',
  'modules/smb': 'SMB',
  'modules/smb/servers': 'SMB servers',
  'modules/smb/clients': 'SMB clients',
  'modules/smb/shares': 'SMB shares',
  'modules/sip': 'SIP and RTP (VoIP)',
  'modules/ntp': 'NTP servers',
  'modules/netbios/ips': 'NetBIOS names',
  'modules/arp': 'ARP',
  'modules/arp/ips': 'ARP by IP address',
  'modules/arp/macs': 'ARP by MAC address',
  'modules/icmp': 'ICMP',
  'modules/multicast/groups_paged': 'Multicast groups',
  'modules/multicast/generic': 'Multicast totals',
  'modules/location/countries_paged': 'Countries',
  'modules/global_incidents': 'Incidents',
  'modules/burst_analysis': 'Burst analysis',
  'modules/quality': 'Quality',
  'modules/qos': 'Quality of service',
  'modules/ipsec': 'IPsec',
  'modules/lldp': 'LLDP',
  'modules/mpls': 'MPLS',
  'modules/opc_ua': 'OPC UA',
  'modules/pppoe': 'PPPoE',
  'modules/profinet': 'PROFINET',
  'modules/ptp': 'PTP',
  'modules/stp': 'Spanning tree',
  'modules/groups': 'Virtual link groups',
  interfaces: 'Interfaces',
  interfacesError: 'Interface errors',
  incidentReporting: 'Incident reporting',
  load: 'Load of the appliance',
  processing: 'Packet processing',
  time: 'Clock of the appliance',
};

/** Modules that hold no statistic of their own. */
const NO_STATISTIC = new Set(['capture', ...DANGEROUS]);

/**
 * All statistics that can be read, those of other modules of this appliance included. Where the search
 * holds an IP address, a MAC address or a port, those of that element are among them.
 */
export async function statisticsChoices(
  api: Api,
  search: string,
  signal: AbortSignal,
): Promise<Choice[]> {
  const modules = await modulesOf(api, signal);
  const isThere = (path: string) => {
    const [head, module] = path.split('/');
    return head !== 'modules' || !modules || modules.includes(module!);
  };
  const known = Object.entries(KNOWN).filter(([path]) => isThere(path));
  const named = new Set(known.map(([path]) => path.split('/')[1]));
  const others = (modules ?? []).filter((name) => !named.has(name) && !NO_STATISTIC.has(name));
  const words = search.split(/\s+/).filter(Boolean);
  return [
    ...known.flatMap(([path, label]) => fillIn(path, label, words)),
    ...others.map((name) => choiceOf(`modules/${encodePathElement(name)}`, name)),
  ];
}

/** Nothing where the appliance does not report it, or not to this login. */
async function modulesOf(api: Api, signal: AbortSignal): Promise<string[] | undefined> {
  return api.subResources(MODULES, { signal }).catch((error: unknown) => {
    const isHidden = error instanceof AllegroError && HIDDEN.includes(error.kind);
    return isHidden ? undefined : Promise.reject(error);
  });
}

const HIDDEN: readonly ErrorKind[] = ['permission', 'notFound'];

/** Takes the place of what stands for a value; nothing where the search has no such value. */
function fillIn(path: string, label: string, words: readonly string[]): Choice[] {
  const kind = /:(ip|mac|port)\b/.exec(path)?.[1];
  if (!kind) return [choiceOf(path, label)];
  const value = words.find((word) => IS_VALUE[kind as keyof typeof IS_VALUE](word));
  if (value === undefined) return [];
  const filled = path.replace(`:${kind}`, encodePathElement(value.toLowerCase()));
  return [choiceOf(filled, label.replace(/\ban? (IP|MAC address|TCP port)$/i, `$1 ${value}`))];
}

const IS_VALUE = {
  ip: (word: string) => parseIp(word) !== undefined,
  mac: (word: string) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(word),
  port: (word: string) => /^\d{1,5}$/.test(word),
};

/** What `OPTIONS` names below a path, whether or not it can be read. */
export async function pathsBelow(api: Api, path: string, signal: AbortSignal): Promise<Choice[]> {
  const start = parseTypedPath(path).path;
  if (!isStatistics(start)) return [];
  const names = await api.subResources(start, { signal });
  return names
    .filter((name) => !DANGEROUS.has(name.toLowerCase()) && !name.startsWith(':'))
    .map((name) => {
      const below = `${start}/${encodePathElement(name)}`.slice(`${STATISTICS}/`.length);
      return choiceOf(below, KNOWN[below]);
    });
}

/** With the path as every field takes it. */
function choiceOf(below: string, label: string | undefined): Choice {
  const value = `${STATISTICS}/${below}`.slice(1);
  return { value, label: label === undefined ? value : `${label} (${value})` };
}

/** Below `API/stats`, and nothing that does something when it is read. */
function isStatistics(path: string): boolean {
  const isBelow = path === STATISTICS || path.startsWith(`${STATISTICS}/`);
  return isBelow && !path.split('/').some((name) => DANGEROUS.has(name.toLowerCase()));
}

/**
 * Words are looked for in the whole tree of statistics. A path is a way down instead: `modules/ip/`
 * lists what is below it, `modules/i` those below `modules` that contain an i.
 */
export function splitPath(filter = ''): { path?: string; search: string } {
  const typed = filter.trim().replace(/^\/?(API\/)?(stats\/|stats$)?/i, '');
  const slash = typed.lastIndexOf('/');
  if (slash < 0) return { search: typed };
  return { path: `API/stats/${typed.slice(0, slash)}`, search: typed.slice(slash + 1) };
}
