import type { CallOptions } from '../../../../client';
import { ipPath, macIpsPath } from '../../../../client/api/paths';
import { nameOfRow, type Row } from '../../../../client/api/rows';
import { sizeText, utcText } from '../../../../client/values/amount-text';
import { toCounters } from '../../../../client/values/counters';
import { capitalized } from '../../../../client/values/text';
import { readAddress } from '../../fields/address';
import type { RunContext } from '../../model/run-context';
import { expressionFor, kindOfElement } from '../../statistics/element-expression';
import { displayName } from '../../statistics/lists/ranking';
import { eventText, named } from '../event-text';
import type { TriggerEvent } from '../trigger';
import { isoOf, type Window } from '../window';
import type { NewElementValues } from './fields';
import type { FoundElement } from './read-elements';

/** Who an element is, as far as the appliance tells. */
interface Identity {
  ip: string | null;
  mac: string | null;
  hostName: string | null;
  macVendor: string | null;
}

type Kind = NewElementValues['elementKind'];

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  mac: 'MAC address',
  ip: 'IP address',
  hostPort: 'server port',
  tcpPort: 'TCP server port',
  udpPort: 'UDP server port',
  dnsServer: 'DNS server',
  dhcpServer: 'DHCP server',
  protocol: 'protocol',
};

/** Kinds that are about a host. */
const HOST_KINDS: readonly Kind[] = ['mac', 'ip', 'hostPort', 'dnsServer', 'dhcpServer'];
/** Of more new elements in a poll the rest is what their lists say: each is another request. */
const MAX_ASKED = 20;

/** The events of elements, with who they are. */
export async function newElementEvents(
  context: RunContext,
  values: NewElementValues,
  found: readonly FoundElement[],
  { window, event, options }: { window: Window; event: 'new' | 'preview'; options: CallOptions },
): Promise<TriggerEvent[]> {
  const { client } = context;
  const { elementKind: kind } = values;
  const address = readAddress(values);
  const { mmId, group } = address;
  const alertTime = isoOf(window.end);
  return Promise.all(
    found.map(async ({ element, row }, index) => {
      const dedupKey = [client.baseUrl, mmId ?? '', group ?? '', kind, element].join('|');
      const identity = HOST_KINDS.includes(kind)
        ? await identify(context, kind, { element, row }, index < MAX_ASKED, options)
        : {};
      const counters = kind === 'dnsServer' ? undefined : toCounters(row.interval);
      const { name } = displayName(row, nameOfRow(row)?.field);
      const who = named(element, ...knownOf(kind, identity, name));
      const traffic = counters
        ? `, ${sizeText(counters.totalBytes)} since ${utcText(isoOf(window.start))}`
        : '';
      const kindName = event === 'new' ? `new ${KIND_NAMES[kind]}` : KIND_NAMES[kind];
      const what = `${capitalized(kindName)} ${who}${traffic}.`;
      return {
        event,
        text: eventText(what, { event, device: client.baseUrl, address, alertTime }),
        elementKind: kind,
        element,
        ...(name === undefined ? {} : { name }),
        ...identity,
        ...(kind === 'hostPort' ? { port: row.port } : {}),
        alertTime,
        from: isoOf(window.start),
        to: alertTime,
        ...counters,
        expression: expressionFor(kind, element),
        device: client.baseUrl,
        mmId: mmId ?? null,
        eventId: [dedupKey, event, alertTime].join('|'),
        dedupKey,
      };
    }),
  );
}

/** What a text says of an element besides itself. An end names its address. */
function knownOf(kind: Kind, { ip, mac, hostName, macVendor }: Partial<Identity>, name?: string) {
  return [kind === 'hostPort' ? null : ip, mac, hostName, name, macVendor];
}

/**
 * What the row of an element tells, and the statistics of its address. That those cannot be read is
 * no reason to hold an event back.
 */
async function identify(
  context: RunContext,
  kind: Kind,
  { element, row }: FoundElement,
  mayAsk: boolean,
  options: CallOptions,
): Promise<Identity> {
  const own = kind === 'mac' ? { ...row, mac: element } : row;
  const address = text(row.ip) ?? element;
  const ip = kindOfElement(address) === 'ip' ? address : null;
  // A row of the list of addresses has all there is.
  const more =
    kind === 'ip' || !mayAsk
      ? {}
      : await readMore(context, kind === 'mac' ? element : null, ip, options);
  const rows = [own, more];
  return {
    ip: ip ?? text(more.ip),
    mac: find(rows, 'mac', 'macAddress'),
    hostName: find(rows, 'dhcpHostName', 'dnsName', 'dhcpHostNameFromMAC', 'hostName'),
    macVendor: find(rows, 'macVendor'),
  };
}

/** @returns nothing where it cannot be read */
async function readMore(
  { client, signal }: RunContext,
  mac: string | null,
  ip: string | null,
  options: CallOptions,
): Promise<Row> {
  const query = { skiphistorydata: true };
  try {
    if (mac !== null) {
      const busiest = { ...query, sort: 'bytes', reverse: true };
      const request = { path: macIpsPath(mac.toLowerCase()), query: busiest, limit: 1 };
      return (await client.rows(request, options)).rows[0] ?? {};
    }
    return ip === null ? {} : (((await client.get(ipPath(ip), query, options)) ?? {}) as Row);
  } catch (error) {
    return signal.aborted ? Promise.reject(error) : {};
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function find(rows: readonly Row[], ...names: string[]): string | null {
  for (const row of rows) {
    for (const name of names) {
      const value = text(row[name]);
      if (value !== null) return value;
    }
  }
  return null;
}
