import type { Row } from '../../../../client/api/rows';
import {
  IPS_PAGED,
  MACS_PAGED,
  PROTOCOLS_PAGED,
  TCP_PORTS_PAGED,
  UDP_PORTS_PAGED,
} from '../../../../client/api/paths';

/** What the appliance ranks by traffic. */
export type RankedKind = (typeof RANKED_OPTIONS)[number]['value'];
/** What lists of traffic can be sorted by. */
export const SORT_OPTIONS = [
  { value: 'bytes', label: 'Bytes' },
  { value: 'bps', label: 'Bits per Second' },
  { value: 'packets', label: 'Packets' },
  { value: 'pps', label: 'Packets per Second' },
] as const;
export type SortKey = 'bytes' | 'bps' | 'packets' | 'pps';
/** Seen from the entry; `rx` is what was sent to it. */
export type Direction = (typeof DIRECTION_OPTIONS)[number]['value'];

/** Choices of a field that says what is ranked. */
export const RANKED_OPTIONS = [
  { value: 'ip', label: 'IP Addresses' },
  { value: 'mac', label: 'MAC Addresses' },
  { value: 'protocol', label: 'Protocols (Layer 7)' },
  { value: 'tcpPort', label: 'TCP Ports' },
  { value: 'udpPort', label: 'UDP Ports' },
] as const;

/** Choices of a field that holds a {@link Direction}. */
export const DIRECTION_OPTIONS = [
  { value: 'both', label: 'Received and Transmitted' },
  { value: 'rx', label: 'Received' },
  { value: 'tx', label: 'Transmitted' },
] as const;

export const RANKING_PATHS: Readonly<Record<RankedKind, string>> = {
  ip: IPS_PAGED,
  mac: MACS_PAGED,
  protocol: PROTOCOLS_PAGED,
  tcpPort: TCP_PORTS_PAGED,
  udpPort: UDP_PORTS_PAGED,
};

/** Source: "List queries", sort criteria. */
export function sortKey(by: SortKey, direction: Direction = 'both'): string {
  return direction === 'both' ? by : `${direction}${by}`;
}

/** The order of preference of the appliance's own web interface. */
export function displayName(row: Row, namingField: string | undefined): { name?: string } {
  const candidates = ['dhcpHostName', 'dnsName', 'dhcpHostNameFromMAC', 'macVendor', 'name'];
  const found = candidates.find(
    (field) => field !== namingField && typeof row[field] === 'string' && row[field] !== '',
  );
  return found === undefined ? {} : { name: row[found] as string };
}
