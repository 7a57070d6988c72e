import { NO_SERIES, type Series } from '../../statistics/counters';
import type { Dimension } from '../../statistics/dimensions';
import type { TrafficView } from '../../statistics/traffic-index';
import { MAC_VENDORS, NAMES } from '../../traffic/hosts';
import { ipOf, trafficOf, type Call } from '../request/call';
import { countersOf } from '../reply/counter-object';
import { HttpError } from '../reply/http-error';
import { listReply } from '../reply/list';
import type { Reply } from '../reply/reply';
import type { Route } from '../route';
import { tcpStats } from './services';

const MODULES = '/API/stats/modules';

/** What a row is called, by the key that it was counted under. */
type Naming = (key: string) => Record<string, unknown>;

const NAMING: Partial<Record<Dimension, { names: string[]; of: Naming }>> = {
  ip: { names: ['ip', 'dnsName'], of: (ip) => ({ ip, ...dnsName(ip) }) },
  mac: { names: ['mac'], of: (mac) => ({ mac, ...macVendor(mac) }) },
  protocol: { names: ['name', 'protocol'], of: (name) => ({ name, protocol: name }) },
  tcpPort: { names: ['serverPort'], of: (port) => ({ serverPort: Number(port) }) },
  udpPort: { names: ['serverPort'], of: (port) => ({ serverPort: Number(port) }) },
  vlan: { names: ['outerVlanTag'], of: (tag) => ({ outerVlanTag: Number(tag) }) },
  innerVlan: {
    names: ['outerVlanTag', 'innerVlanTag'],
    of: (tags) => {
      const [outerVlanTag, innerVlanTag] = tags.split(' ').map(Number);
      return { outerVlanTag, innerVlanTag };
    },
  },
  macProtocol: { names: ['protocol'], of: (protocol) => ({ protocol }) },
  arpMac: { names: ['mac'], of: (mac) => ({ mac }) },
};

/** Lists over the whole appliance. Source: "List queries"; the lists beside `ips_paged` were seen. */
const LISTS: Array<[path: string, dimension: Dimension]> = [
  ['/ip/ips_paged', 'ip'],
  ['/mac/mac_paged', 'mac'],
  ['/dpi/dpi_paged', 'protocol'],
  ['/l4_ports/tcp_ports_paged', 'tcpPort'],
  ['/l4_ports/udp_ports_paged', 'udpPort'],
  ['/vlan/vlans_paged', 'vlan'],
  ['/vlan/inner_vlans_paged', 'innerVlan'],
  ['/mac_protocols/mac_protocols_paged', 'macProtocol'],
  ['/arp/macs', 'arpMac'],
];

/** Lists of what belongs to one address. */
const LISTS_WITHIN: Array<[path: string, dimension: Dimension, named: Dimension]> = [
  ['/ip/ips/:ip/peers', 'ipPeer', 'ip'],
  ['/mac/macs/:mac/peer_paged', 'macPeer', 'mac'],
  ['/mac/macs/:mac/ip_paged', 'macIp', 'ip'],
  ['/mac/macs/:mac/protocol_paged', 'macProtocolOf', 'protocol'],
  ['/mac/macs/:mac/vlan_paged', 'macVlan', 'vlan'],
];

export const statisticsRoutes: Route[] = [
  ...LISTS.map(([path, dimension]): Route => ({
    method: 'GET',
    path: MODULES + path,
    answer: async (call) => {
      const traffic = await trafficOf(call);
      return list(call, [...traffic.series(dimension)], dimension);
    },
  })),
  ...LISTS_WITHIN.map(([path, dimension, named]): Route => ({
    method: 'GET',
    path: MODULES + path,
    answer: async (call) => {
      const traffic = await trafficOf(call);
      return list(call, within(traffic, dimension, ownKey(call)), named);
    },
  })),
  { method: 'GET', path: `${MODULES}/ip/ips`, answer: allIps },
  { method: 'GET', path: `${MODULES}/ip/ips/:ip`, answer: oneIp },
  { method: 'GET', path: `${MODULES}/ip/ips/:ip/protocols`, answer: protocolsOfIp },
  { method: 'GET', path: `${MODULES}/ip/ips/:ip/macs`, answer: macsOfIp },
  { method: 'GET', path: `${MODULES}/ip`, answer: ipTotals },
  { method: 'GET', path: `${MODULES}/mac/macs/:mac`, answer: detail('mac', 'mac') },
  { method: 'GET', path: `${MODULES}/l4_ports/tcp_port/:port`, answer: detail('tcpPort', 'port') },
  { method: 'GET', path: `${MODULES}/l4_ports/udp_port/:port`, answer: detail('udpPort', 'port') },
  { method: 'GET', path: `${MODULES}/vlan/vlans/:tags`, answer: oneVlan },
  { method: 'GET', path: `${MODULES}/mac_protocols/generic`, answer: totals },
  // What it says is not documented; this tells only who may ask.
  { method: 'GET', path: `${MODULES}/sip`, answer: () => ({ body: {} }) },
  { method: 'GET', path: `${MODULES}/packet_size/generic`, answer: packetSizes },
];

function list(call: Call, entries: Array<[string, Series]>, named: Dimension): Reply {
  const { names, of } = NAMING[named]!;
  return listReply(
    call,
    entries.map(([key, series]) => ({ names: of(key), series })),
    names,
  );
}

async function allIps(call: Call): Promise<Reply> {
  const ips = [...(await trafficOf(call)).series('ip').keys()];
  const asObject = () => Object.fromEntries(ips.map((ip) => [ip, {}]));
  return { body: call.switches.ipsShape === 'array' ? ips : asObject() };
}

async function oneIp(call: Call): Promise<Reply> {
  const key = ownKey(call);
  const series = (await trafficOf(call)).series('ip').get(key);
  if (!series) throw new HttpError(404, `The IP address ${key} was not seen.`);
  return { body: { ip: key, ...dnsName(key), ...countersOf(call, series) } };
}

/** Not in the list's envelope, but by name. Source: seen in a client of 2018. */
async function protocolsOfIp(call: Call): Promise<Reply> {
  const found = within(await trafficOf(call), 'ipProtocol', ownKey(call));
  const protocols = found.map(([name, series]) => [name, countersOf(call, series)]);
  return { body: { protocols: Object.fromEntries(protocols) } };
}

async function macsOfIp(call: Call): Promise<Reply> {
  const mac = (await trafficOf(call)).macOfIp.get(ownKey(call));
  return { body: { macs: mac === undefined ? [] : [mac] } };
}

async function totals(call: Call): Promise<Reply> {
  const series = (await trafficOf(call)).series('total').get('') ?? NO_SERIES;
  return { body: { globalCounters: countersOf(call, series) } };
}

async function ipTotals(call: Call): Promise<Reply> {
  const { body } = (await totals(call)) as { body: object };
  return { body: { ...body, tcpStats: await tcpStats(call) } };
}

async function packetSizes(call: Call): Promise<Reply> {
  const { packetSizes } = await trafficOf(call);
  return { body: { globalCounters: { allTime: packetSizes } } };
}

function detail(dimension: Dimension, parameter: string) {
  return async (call: Call): Promise<Reply> => {
    const key = call.parameters[parameter].toLowerCase();
    const series = (await trafficOf(call)).series(dimension).get(key);
    if (!series) throw new HttpError(404, `${parameter} ${key} was not seen.`);
    return { body: { ...NAMING[dimension]!.of(key), ...countersOf(call, series) } };
  };
}

/** `100`, or `100_-1` for one without an inner tag. */
async function oneVlan(call: Call): Promise<Reply> {
  const [outer, inner] = call.parameters.tags.split('_');
  const traffic = await trafficOf(call);
  const [dimension, key]: [Dimension, string] =
    inner === undefined ? ['vlan', outer] : ['innerVlan', `${outer} ${inner}`];
  const series = traffic.series(dimension).get(key);
  if (!series) throw new HttpError(404, `VLAN ${call.parameters.tags} was not seen.`);
  return { body: { ...NAMING[dimension]!.of(key), ...countersOf(call, series) } };
}

/** The entries whose key begins with `own`, by the rest of their key. */
function within(traffic: TrafficView, dimension: Dimension, own: string): Array<[string, Series]> {
  const prefix = `${own} `;
  return [...traffic.series(dimension)]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, series]) => [key.slice(prefix.length), series]);
}

/** The address in the path, as the counters know it. */
function ownKey(call: Call): string {
  const { mac } = call.parameters;
  return mac === undefined ? ipOf(call) : mac.toLowerCase();
}

/** Documented for lists of IP addresses only; absent where it is not known. */
function macVendor(mac: string): { macVendor?: string } {
  const name = MAC_VENDORS.get(mac.slice(0, 8));
  return name === undefined ? {} : { macVendor: name };
}

function dnsName(ip: string): { dnsName?: string } {
  const name = NAMES.get(ip);
  return name === undefined ? {} : { dnsName: name };
}
