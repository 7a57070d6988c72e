import { inputError } from '../../../client';
import { buildExpression } from '../../../client/values/filter-expression';
import { isSingleAddress, parseNetwork } from '../../../client/values/ip-address';
import { defineFields } from '../model/field';
import type { ValuesOf } from '../model/field-values';
import { formText, say } from '../../../client/values/sentence';

const CONNECTION = { captureScope: ['connection'] };

/** The other end of a connection, and what else an alert may tell of it. All may be missing. */
export const CONNECTION_SCOPE_FIELDS = defineFields([
  {
    name: 'hostPort',
    label: 'Host Port',
    type: 'number',
    default: null,
    min: 0,
    max: 65535,
    integer: true,
    placeholder: 'e.g. 62887',
    description: 'Port of the host. Blank or 0 if unknown: packets of any port',
    messageProperty: 'hostPort',
    showWhen: CONNECTION,
  },
  {
    name: 'peer',
    label: 'Peer',
    type: 'text',
    default: '',
    placeholder: 'e.g. 10.1.2.100',
    description: 'IP address of the other end. Blank if unknown: all packets of the host',
    messageProperty: 'peer',
    showWhen: CONNECTION,
  },
  {
    name: 'peerPort',
    label: 'Peer Port',
    type: 'number',
    default: null,
    min: 0,
    max: 65535,
    integer: true,
    placeholder: 'e.g. 443',
    description: 'Port of the peer. Blank or 0 if unknown: packets of any port',
    messageProperty: 'peerPort',
    showWhen: CONNECTION,
  },
  {
    name: 'l4Protocol',
    label: 'Layer 4 Protocol',
    type: 'text',
    default: '',
    placeholder: 'e.g. TCP',
    description: 'TCP or UDP, or its number. Others have no ports and are not filtered',
    messageProperty: 'l4Protocol',
    showWhen: CONNECTION,
  },
]);

/**
 * What the fields were enough for: a connection, all packets between two hosts (with one port, if
 * only that is known), or all packets of one.
 */
export type ConnectionScope = 'connection' | 'hostPair' | 'host';

/** As alerts write them; l4Protocol== is documented for names only. */
const WITH_PORTS: Readonly<Record<string, string>> = {
  tcp: 'TCP',
  6: 'TCP',
  udp: 'UDP',
  17: 'UDP',
};

/** @throws AllegroError `input` */
export function hostExpression(host: string): string {
  const names = { rows: 'host', label: 'Host' };
  return buildExpression([{ kind: 'host', value: host }], 'all', '', names);
}

/**
 * Reads {@link CONNECTION_SCOPE_FIELDS} with the host, which is required. What is missing widens the
 * filter, but never beyond the host.
 *
 * @throws AllegroError `input`
 */
export function readConnectionScope(
  values: ValuesOf<typeof CONNECTION_SCOPE_FIELDS> & { host: string },
): { expression: string; scope: ConnectionScope } {
  const { host, peer } = values;
  refuseNetwork('host', 'Host', host);
  refuseNetwork('peer', 'Peer', peer);
  const ofHost = hostExpression(host);
  if (peer === '') return { expression: ofHost, scope: 'host' };
  const written = values.l4Protocol.toLowerCase().replace(/^0+(?=\d)/, '');
  const protocol = Object.hasOwn(WITH_PORTS, written) ? WITH_PORTS[written] : undefined;
  // What others put in place of ports, such as the type of an ICMP message, is none.
  const hasPorts = protocol !== undefined || written === '';
  const [hostPort, peerPort] = [values.hostPort, values.peerPort].map((port) =>
    hasPorts ? port || undefined : undefined,
  );
  const ends = [endRow(host, hostPort), endRow(peer, peerPort)];
  // For its errors: they name the field.
  buildExpression(ends.slice(1), 'all', '', { rows: 'peer', label: 'Peer' });
  const rows = protocol === undefined ? ends : [...ends, { kind: 'protocol', value: protocol }];
  const expression = buildExpression(rows, 'all', '', { rows: 'host', label: 'Host' });
  const isKnown = hostPort !== undefined && peerPort !== undefined;
  return { expression, scope: isKnown ? 'connection' : 'hostPair' };
}

/** Alerts fill in these fields: one that names half of all addresses must not capture them. */
function refuseNetwork(field: string, label: string, text: string): void {
  const network = parseNetwork(text);
  if (!network || isSingleAddress(network)) return;
  throw inputError(
    field,
    say`${formText(label)}: "${text}" is a network, not an address.`,
    say`Use an address such as 10.1.2.3. For the packets of a network, set the scope to "Host".`,
  );
}

function endRow(address: string, port: number | undefined) {
  return port === undefined
    ? ({ kind: 'host', value: address } as const)
    : ({ kind: 'hostPort', value: address, value2: port } as const);
}
