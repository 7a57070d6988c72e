import { decode, type Decoded } from '../packets/decode';
import { ETHERTYPE } from '../packets/frames';
import type { Packet } from '../packets/packet';
import { ConnectionTable, type Connection } from './connections';
import { Series, type Direction } from './counters';

/** What packets are counted by. The keys are in {@link TrafficIndex.series}. */
export type Dimension =
  | 'total'
  | 'ip'
  | 'mac'
  | 'protocol'
  | 'tcpPort'
  | 'udpPort'
  | 'vlan'
  | 'innerVlan'
  | 'macProtocol'
  | 'packetSize'
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

/** Upper bounds of the classes of packet sizes, in bytes; the last class has none. */
export const SIZE_CLASSES = [63, 64, 127, 255, 511, 1023, 1518, 1522];

/** Everything that the statistics tell, counted packet by packet. */
export class TrafficIndex {
  readonly connections = new ConnectionTable();
  /** MAC address of each IP, as last seen. */
  readonly macOfIp = new Map<string, string>();
  firstUs: number | undefined;
  lastUs: number | undefined;
  packets = 0;
  bytes = 0;
  private readonly dimensions = new Map<Dimension, Map<string, Series>>();

  /** All keys of a dimension with their counters. */
  series(dimension: Dimension): Map<string, Series> {
    let series = this.dimensions.get(dimension);
    if (!series) {
      series = new Map();
      this.dimensions.set(dimension, series);
    }
    return series;
  }

  note(packet: Packet, decoded: Decoded = decode(packet)): void {
    const { timeUs, length } = packet;
    this.packets++;
    this.bytes += length;
    if (this.firstUs === undefined || timeUs < this.firstUs) this.firstUs = timeUs;
    if (this.lastUs === undefined || timeUs > this.lastUs) this.lastUs = timeUs;
    const second = Math.floor(timeUs / 1e6);
    const found = this.connections.note(decoded, timeUs);
    const direction: Direction = !found || found.isToServer ? 'rx' : 'tx';
    const count = (dimension: Dimension, key: string, seen: Direction = direction) =>
      this.count(dimension, key, second, seen, length);

    count('total', '');
    count('packetSize', String(sizeClass(length)));
    count('vlan', String(decoded.vlans[0] ?? NO_VLAN));
    count('innerVlan', `${decoded.vlans[0] ?? NO_VLAN} ${decoded.vlans[1] ?? NO_VLAN}`);
    if (decoded.etherType !== undefined) {
      count('macProtocol', ETHERTYPE_NAMES[decoded.etherType] ?? hex(decoded.etherType));
    }
    this.noteConnection(found?.connection, second, direction, length);
    this.noteAddresses(decoded, found?.connection, count);
  }

  private noteConnection(
    connection: Connection | undefined,
    second: number,
    direction: Direction,
    length: number,
  ): void {
    if (!connection) return;
    connection.series.count(second, direction, length);
    const dimension = connection.layer4 === 'TCP' ? 'tcpPort' : 'udpPort';
    this.count(dimension, String(connection.serverPort), second, direction, length);
  }

  private noteAddresses(
    decoded: Decoded,
    connection: Connection | undefined,
    count: (dimension: Dimension, key: string, direction?: Direction) => void,
  ): void {
    const { sourceIp, destinationIp, sourceMac, destinationMac, etherType } = decoded;
    const protocol =
      connection?.protocol ?? decoded.layer4 ?? ETHERTYPE_NAMES[etherType ?? 0] ?? 'Other';
    count('protocol', protocol);
    if (sourceIp !== undefined && destinationIp !== undefined) {
      if (sourceMac) this.macOfIp.set(sourceIp, sourceMac);
      for (const [own, peer, direction] of bothEnds(sourceIp, destinationIp)) {
        count('ip', own, direction);
        count('ipPeer', `${own} ${peer}`, direction);
        count('ipProtocol', `${own} ${protocol}`, direction);
      }
    }
    if (sourceMac === undefined || destinationMac === undefined) return;
    const vlan = decoded.vlans[0] ?? NO_VLAN;
    for (const [own, peer, direction] of bothEnds(sourceMac, destinationMac)) {
      count('mac', own, direction);
      count('macPeer', `${own} ${peer}`, direction);
      count('macProtocolOf', `${own} ${protocol}`, direction);
      count('macVlan', `${own} ${vlan}`, direction);
      const ip = direction === 'tx' ? sourceIp : destinationIp;
      if (ip !== undefined) count('macIp', `${own} ${ip}`, direction);
    }
    if (etherType === ETHERTYPE.arp) count('arpMac', sourceMac, 'tx');
  }

  private count(
    dimension: Dimension,
    key: string,
    second: number,
    direction: Direction,
    bytes: number,
  ): void {
    const all = this.series(dimension);
    let series = all.get(key);
    if (!series) {
      series = new Series();
      all.set(key, series);
    }
    series.count(second, direction, bytes);
  }
}

function bothEnds(source: string, destination: string): Array<[string, string, Direction]> {
  return [
    [source, destination, 'tx'],
    [destination, source, 'rx'],
  ];
}

function sizeClass(bytes: number): number {
  const found = SIZE_CLASSES.findIndex((largest) => bytes <= largest);
  return found < 0 ? SIZE_CLASSES.length : found;
}

function hex(etherType: number): string {
  return `0x${etherType.toString(16).padStart(4, '0')}`;
}
