import { ETHERTYPE } from '../packets/frames';
import type { Direction } from './counters';
import type { Flow } from './flows';

/** What packets are counted by. */
export type Dimension =
  | 'total'
  | 'connection'
  | 'ip'
  | 'mac'
  | 'protocol'
  | 'tcpPort'
  | 'udpPort'
  | 'vlan'
  | 'innerVlan'
  | 'macProtocol'
  /** `<ip> <peer>`, `<ip> <protocol>`, and the same for MAC addresses. */
  | 'ipPeer'
  | 'ipProtocol'
  | 'macPeer'
  | 'macProtocolOf'
  | 'macIp'
  | 'macVlan'
  | 'arpMac';

/** Untagged. Source: the vendor's client shows -1 in that place. */
const NO_VLAN = -1;

const ETHERTYPE_NAMES: Record<number, string> = {
  [ETHERTYPE.ipv4]: 'IPv4',
  [ETHERTYPE.ipv6]: 'IPv6',
  [ETHERTYPE.arp]: 'ARP',
};

/** Told of each item that a flow counts for, and from whose side. */
type Visit = (key: string, direction: Direction) => void;

/** The items of a dimension that the packets of a flow count for. */
export function visitItems(flow: Flow, dimension: Dimension, visit: Visit): void {
  ITEMS[dimension](flow, visit);
}

const ITEMS: Record<Dimension, (flow: Flow, visit: Visit) => void> = {
  total: (flow, visit) => visit('', directionOf(flow)),
  connection: (flow, visit) => {
    if (flow.connection) visit(flow.connection.id, directionOf(flow));
  },
  protocol: (flow, visit) => visit(protocolOf(flow), directionOf(flow)),
  tcpPort: (flow, visit) => visitPort(flow, 'TCP', visit),
  udpPort: (flow, visit) => visitPort(flow, 'UDP', visit),
  vlan: (flow, visit) => visit(String(outerVlan(flow)), directionOf(flow)),
  innerVlan: (flow, visit) =>
    visit(`${outerVlan(flow)} ${flow.headers.vlans[1] ?? NO_VLAN}`, directionOf(flow)),
  macProtocol: (flow, visit) => {
    const { etherType } = flow.headers;
    if (etherType !== undefined) {
      visit(ETHERTYPE_NAMES[etherType] ?? hex(etherType), directionOf(flow));
    }
  },
  ip: (flow, visit) => visitIps(flow, (own, _peer, direction) => visit(own, direction)),
  ipPeer: (flow, visit) =>
    visitIps(flow, (own, peer, direction) => visit(`${own} ${peer}`, direction)),
  ipProtocol: (flow, visit) =>
    visitIps(flow, (own, _peer, direction) => visit(`${own} ${protocolOf(flow)}`, direction)),
  mac: (flow, visit) => visitMacs(flow, (own, _peer, direction) => visit(own, direction)),
  macPeer: (flow, visit) =>
    visitMacs(flow, (own, peer, direction) => visit(`${own} ${peer}`, direction)),
  macProtocolOf: (flow, visit) =>
    visitMacs(flow, (own, _peer, direction) => visit(`${own} ${protocolOf(flow)}`, direction)),
  macVlan: (flow, visit) =>
    visitMacs(flow, (own, _peer, direction) => visit(`${own} ${outerVlan(flow)}`, direction)),
  macIp: (flow, visit) =>
    visitMacs(flow, (own, _peer, direction) => {
      const { sourceIp, destinationIp } = flow.headers;
      const ip = direction === 'tx' ? sourceIp : destinationIp;
      if (ip !== undefined) visit(`${own} ${ip}`, direction);
    }),
  arpMac: ({ headers }, visit) => {
    if (headers.etherType === ETHERTYPE.arp && headers.sourceMac) visit(headers.sourceMac, 'tx');
  },
};

function directionOf({ isToServer }: Flow): Direction {
  return isToServer ? 'rx' : 'tx';
}

function visitPort({ connection, isToServer }: Flow, layer4: 'TCP' | 'UDP', visit: Visit): void {
  if (connection?.layer4 !== layer4) return;
  visit(String(connection.serverPort), isToServer ? 'rx' : 'tx');
}

type VisitEnds = (own: string, peer: string, direction: Direction) => void;

function visitIps({ headers: { sourceIp, destinationIp } }: Flow, visit: VisitEnds): void {
  if (sourceIp === undefined || destinationIp === undefined) return;
  visit(sourceIp, destinationIp, 'tx');
  visit(destinationIp, sourceIp, 'rx');
}

function visitMacs({ headers: { sourceMac, destinationMac } }: Flow, visit: VisitEnds): void {
  if (sourceMac === undefined || destinationMac === undefined) return;
  visit(sourceMac, destinationMac, 'tx');
  visit(destinationMac, sourceMac, 'rx');
}

function protocolOf({ connection, headers: { layer4, etherType } }: Flow): string {
  return connection?.protocol ?? layer4 ?? ETHERTYPE_NAMES[etherType ?? 0] ?? 'Other';
}

function outerVlan({ headers }: Flow): number {
  return headers.vlans[0] ?? NO_VLAN;
}

function hex(etherType: number): string {
  return `0x${etherType.toString(16).padStart(4, '0')}`;
}
