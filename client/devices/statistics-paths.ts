import type { Api } from '../api/api';
import { MODULES, STATISTICS } from '../api/paths';
import { AllegroError, type ErrorKind } from '../errors';
import { encodePathElement, parseTypedPath } from '../http/query';
import { parseIp } from '../values/ip-address';
import { say, type Sentence } from '../values/sentence';

export interface Choice {
  /** What goes into the field. */
  value: string;
  /** What a person reads. */
  label: string | Sentence;
}

/** Reading it resets what was measured, as far as is known; never offered, never called. */
const DANGEROUS = new Set(['reset']);

/**
 * Statistics that can be read, by their paths below `API/stats`. `:ip`, `:mac` and `:port` stand for
 * what a person adds. Source: the vendor's page ("Query available URIs with OPTIONS", "URI content
 * parameters"), and for what is below a module also PSMultimeter.
 */
const KNOWN: Readonly<Record<string, Sentence | ((element: string) => Sentence)>> = {
  'modules/ip/ips_paged': say`IP addresses`,
  'modules/ip/ips/:ip': (element) => say`IP ${element}`,
  'modules/ip/ips/:ip/peers': (element) => say`Peers of IP ${element}`,
  'modules/ip/ips/:ip/connections': (element) => say`Connections of IP ${element}`,
  'modules/ip/ips/:ip/protocols': (element) => say`Protocols of IP ${element}`,
  'modules/ip/ips/:ip/ports': (element) => say`Server ports of IP ${element}`,
  'modules/ip/ips/:ip/macs': (element) => say`MAC addresses of IP ${element}`,
  'modules/ip/ips/:ip/tcpStats': (element) => say`TCP statistics of IP ${element}`,
  'modules/ip/ips/:ip/qos': (element) => say`Quality of service of IP ${element}`,
  'modules/ip/ips/:ip/sip_requests': (element) => say`SIP requests of IP ${element}`,
  'modules/ip/ips/:ip/sip_responses': (element) => say`SIP responses of IP ${element}`,
  'modules/ip': say`IP totals`,
  'modules/ip/ipsTCP': say`TCP response times of IP addresses`,
  'modules/ip/ipsTCPData': say`TCP retransmissions of IP addresses`,
  'modules/mac/mac_paged': say`MAC addresses`,
  'modules/mac/macs/:mac': (element) => say`MAC address ${element}`,
  'modules/mac/macs/:mac/peer_paged': (element) => say`Peers of MAC address ${element}`,
  'modules/mac/macs/:mac/ip_paged': (element) => say`IP addresses of MAC address ${element}`,
  'modules/mac/macs/:mac/protocol_paged': (element) => say`Protocols of MAC address ${element}`,
  'modules/mac/macs/:mac/vlan_paged': (element) => say`VLANs of MAC address ${element}`,
  'modules/mac_protocols/generic': say`All traffic`,
  'modules/mac_protocols/mac_protocols_paged': say`Layer 2 protocols`,
  'modules/dpi/dpi_paged': say`Layer 7 protocols`,
  'modules/l4_ports/tcp_ports_paged': say`TCP ports`,
  'modules/l4_ports/udp_ports_paged': say`UDP ports`,
  'modules/l4_ports/tcp_port/:port': (element) => say`TCP port ${element}`,
  'modules/vlan/vlans_paged': say`VLANs`,
  'modules/vlan/inner_vlans_paged': say`Inner VLANs`,
  'modules/packet_size/generic': say`Packet sizes`,
  'modules/dns': say`DNS`,
  'modules/dns/ips_paged': say`DNS names`,
  'modules/dns/servers_paged': say`DNS servers`,
  'modules/dhcp': say`DHCP`,
  'modules/dhcp/ips_paged': say`DHCP clients`,
  'modules/dhcp/servers': say`DHCP servers`,
  'modules/http': say`HTTP`,
  'modules/http/ips_paged': say`HTTP servers`,
  'modules/http/codes': say`HTTP response codes`,
  'modules/ssl': say`SSL and TLS`,
  'modules/ssl/ips_paged': say`SSL and TLS servers`,
  'modules/smb': say`SMB`,
  'modules/smb/servers': say`SMB servers`,
  'modules/smb/clients': say`SMB clients`,
  'modules/smb/shares': say`SMB shares`,
  'modules/sip': say`SIP and RTP (VoIP)`,
  'modules/ntp': say`NTP servers`,
  'modules/netbios/ips': say`NetBIOS names`,
  'modules/arp': say`ARP`,
  'modules/arp/ips': say`ARP by IP address`,
  'modules/arp/macs': say`ARP by MAC address`,
  'modules/icmp': say`ICMP`,
  'modules/multicast/groups_paged': say`Multicast groups`,
  'modules/multicast/generic': say`Multicast totals`,
  'modules/location/countries_paged': say`Countries`,
  'modules/global_incidents': say`Incidents`,
  'modules/burst_analysis': say`Burst analysis`,
  'modules/quality': say`Quality`,
  'modules/qos': say`Quality of service`,
  'modules/ipsec': say`IPsec`,
  'modules/lldp': say`LLDP`,
  'modules/mpls': say`MPLS`,
  'modules/opc_ua': say`OPC UA`,
  'modules/pppoe': say`PPPoE`,
  'modules/profinet': say`PROFINET`,
  'modules/ptp': say`PTP`,
  'modules/stp': say`Spanning tree`,
  'modules/groups': say`Virtual link groups`,
  interfaces: say`Interfaces`,
  interfacesError: say`Interface errors`,
  incidentReporting: say`Incident reporting`,
  load: say`Load of the appliance`,
  processing: say`Packet processing`,
  time: say`Clock of the appliance`,
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
    ...known.flatMap(([path, name]) =>
      typeof name === 'function' ? fillIn(path, name, words) : [choiceOf(path, name)],
    ),
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
function fillIn(
  path: string,
  nameOf: (element: string) => Sentence,
  words: readonly string[],
): Choice[] {
  const kind = /:(ip|mac|port)\b/.exec(path)![1] as keyof typeof IS_VALUE;
  const value = words.find((word) => IS_VALUE[kind](word));
  if (value === undefined) return [];
  const filled = path.replace(`:${kind}`, encodePathElement(value.toLowerCase()));
  return [choiceOf(filled, nameOf(value))];
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
      const known = KNOWN[below];
      return choiceOf(below, typeof known === 'function' ? undefined : known);
    });
}

/** With the path as every field takes it. */
function choiceOf(below: string, name: string | Sentence | undefined): Choice {
  const value = `${STATISTICS}/${below}`.slice(1);
  return { value, label: name === undefined ? value : say`${name} (${value})` };
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
