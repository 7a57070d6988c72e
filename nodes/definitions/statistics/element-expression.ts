import { buildExpression, type ExpressionKind } from '../../../client/values/filter-expression';

/** What an element of a statistic is. */
export type ElementKind =
  | 'ip'
  | 'mac'
  | 'protocol'
  | 'tcpPort'
  | 'udpPort'
  | 'hostPort'
  | 'dnsServer'
  | 'dhcpServer'
  | 'interface'
  | 'total'
  | 'other';

const EXPRESSIONS: Partial<Record<ElementKind, (element: string) => [ExpressionKind, string][]>> = {
  ip: (ip) => [['host', ip]],
  mac: (mac) => [['mac', mac]],
  tcpPort: (port) => [
    ['port', port],
    ['protocol', 'TCP'],
  ],
  udpPort: (port) => [
    ['port', port],
    ['protocol', 'UDP'],
  ],
  hostPort: (end) => [['hostPort', end]],
  dnsServer: (ip) => [['hostPort', `${bracketed(ip)}:53`]],
  dhcpServer: (ip) => [
    ['host', ip],
    ['portRange', '67-68'],
  ],
};

/** As it stands before a port. */
export function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}

/**
 * The filter expression that captures an element's packets; nothing where none is known, as for
 * layer 7 protocols.
 */
export function expressionFor(kind: ElementKind, element: string): string | null {
  const parts = EXPRESSIONS[kind]?.(element);
  if (!parts) return null;
  try {
    return buildExpression(parts.map(([part, value]) => ({ kind: part, value })));
  } catch {
    // An appliance may list what is no plain address, such as a name.
    return null;
  }
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^(?=.*:.*:)[0-9a-f:.]+$/i;
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

/** Tells what an element is by its looks. */
export function kindOfElement(element: string): ElementKind {
  if (MAC.test(element)) return 'mac';
  return IPV4.test(element) || IPV6.test(element) ? 'ip' : 'other';
}
