import { HttpError } from './reply/http-error';

/** What `OPTIONS` says is below a path. Source: "Query available URIs with OPTIONS", word by word. */
interface Node {
  [name: string]: Node;
}

const leaf: Node = {};
const leaves = (...names: string[]): Node => Object.fromEntries(names.map((name) => [name, leaf]));

const ONE_IP = leaves(
  'sip_request_responses',
  'peers_ports',
  'sip_responses',
  'sip_requests',
  'qos',
  'ports',
  'connections',
  'protocols',
  'macs',
  'peers',
  'tcpStats',
);

const ONE_MAC = leaves('peer_paged', 'ip_paged', 'protocol_paged', 'vlan_paged');

/** In the order of the vendor's page. */
const MODULES: Node = {
  ...leaves('pppoe', 'lldp', 'groups', 'mpls', 'opc_ua', 'quality', 'ipsec', 'profinet'),
  ...leaves('multicast', 'burst_analysis', 'global_incidents', 'ptp', 'ntp', 'icmp', 'stp'),
  ...leaves('sip', 'smb', 'dpa'),
  l4_ports: {
    ...leaves('tcp_ports_paged', 'udp_ports_paged'),
    tcp_port: leaves(':port'),
    udp_port: leaves(':port'),
  },
  ...leaves('netbios', 'crt'),
  dpi: leaves('dpi_paged'),
  http: leaf,
  ssl: leaves('ips_paged'),
  dns: leaves('ips_paged', 'servers_paged'),
  dhcp: leaves('ips_paged', 'servers'),
  ...leaves('location', 'qos'),
  ip: {
    ...leaves('ips_paged', 'ipsTCP', 'ipsTCPData'),
    ips: { protocol: leaf, ':ip': ONE_IP },
    globalConnections: leaves('csv'),
  },
  mac_protocols: leaves('generic', 'mac_protocols_paged'),
  vlan: { ...leaves('vlans_paged', 'inner_vlans_paged'), vlans: leaves(':tags') },
  arp: leaves('macs'),
  packet_size: leaves('generic'),
  mac: { ...leaves('mac_paged'), macs: { ':mac': ONE_MAC } },
  capture: leaf,
};

const STATISTICS: Node = {
  modules: MODULES,
  ...leaves('reports', 'incidentReporting', 'time', 'ringBufferReplay', 'pcap', 'reset'),
  ...leaves('interfacesError', 'interfaces', 'load', 'processing'),
};

const ROOT: Node = { API: { stats: STATISTICS } };

/** @throws HttpError 404 for what is not there */
export function subResources(path: string): string[] {
  return Object.keys(find(path) ?? notThere(path));
}

/** Whether the tree has the path, even if nothing behind it is simulated. */
export function isKnown(path: string): boolean {
  return find(path) !== undefined;
}

function find(path: string): Node | undefined {
  let node: Node | undefined = ROOT;
  for (const name of path.split('/').filter(Boolean)) {
    const variable: string | undefined = Object.keys(node).find((key) => key.startsWith(':'));
    node = node[name] ?? (variable === undefined ? undefined : node[variable]);
    if (!node) return undefined;
  }
  return node;
}

function notThere(path: string): never {
  throw new HttpError(404, `There is no ${path}.`);
}
