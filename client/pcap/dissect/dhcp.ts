import { countText } from '../../values/amount-text';
import { addressText } from '../content/addresses';
import { BoundedTable } from '../content/bounded-table';
import type { FlowReader } from '../content/flows';
import type { Packet } from '../content/packet';
import { Bytes } from './bytes';
import type { Dissector } from './dissector';
import { finding, Sightings, type Finding } from './finding';

/** Source: RFC 2131 and 2132. Who gives out addresses. */

export interface DhcpFigures {
  discovers: number;
  requests: number;
  servers: Array<{ server: string; offers: number; acks: number; naks: number }>;
  /** Requests of one client that more than one server made an offer for. */
  contested: number;
}

interface Server {
  offers: number;
  acks: number;
  naks: number;
  seen: Sightings;
}

const COOKIE = 0x63825363;
const COOKIE_AT = 236;
const MESSAGE_TYPE = 53;
const SERVER_ID = 54;
const MAX_RIVALS = 100;

export class DhcpDissector implements Dissector<DhcpFigures>, FlowReader {
  private discovers = 0;
  private requests = 0;
  private readonly contested = new Sightings();
  /** Servers of contested requests; few are kept. */
  private readonly rivals = new Set<string>();
  private readonly servers = new BoundedTable<string, Server>(500, ({ seen }) => seen.count);
  private readonly offers = new BoundedTable<number, { servers: Set<string>; us: number }>(
    5000,
    ({ us }) => us,
    'time',
  );

  open(packet: Packet): FlowReader | undefined {
    const isDhcp = packet.ipProtocol === 17 && isPort(packet.sourcePort, packet.destinationPort);
    return isDhcp ? this : undefined;
  }

  read(packet: Packet): void {
    const reader = new Bytes(packet.content());
    reader.take(4);
    const transaction = reader.number(4);
    reader.take(COOKIE_AT - 8);
    if (reader.number(4) !== COOKIE) return;
    const { type, server } = readOptions(reader);
    if (type === 1) this.discovers++;
    else if (type === 3) this.requests++;
    if (type !== 2 && type !== 5 && type !== 6) return;
    const name = server ?? addressText(packet.source);
    const made = { offers: 0, acks: 0, naks: 0, seen: new Sightings() };
    const entry = this.servers.get(name) ?? this.servers.add(name, made);
    entry.seen.add(packet.timeUs);
    if (type === 5) entry.acks++;
    else if (type === 6) entry.naks++;
    else {
      entry.offers++;
      this.countOffer(transaction, name, packet.timeUs);
    }
  }

  private countOffer(transaction: number, server: string, us: number): void {
    const offer =
      this.offers.get(transaction) ?? this.offers.add(transaction, { servers: new Set(), us });
    if (offer.servers.size > 4) return;
    const before = offer.servers.size;
    offer.servers.add(server);
    if (before === 1 && offer.servers.size === 2) this.contested.add(us);
    if (offer.servers.size < 2 || this.rivals.size >= MAX_RIVALS) return;
    for (const name of offer.servers) this.rivals.add(name);
  }

  tables() {
    return { dhcpServers: this.servers, dhcpOffers: this.offers };
  }

  result(limit: number): DhcpFigures {
    return {
      discovers: this.discovers,
      requests: this.requests,
      servers: this.servers.top(limit).map(([server, { offers, acks, naks }]) => ({
        ...{ server, offers, acks, naks },
      })),
      contested: this.contested.count,
    };
  }

  findings(): Finding[] {
    // Each network may have its own: two of them are in one only if a request got offers from both.
    const { contested } = this;
    if (contested.count === 0) return [];
    const names = [...this.rivals];
    const text = `${names.length} DHCP servers make offers: ${names.slice(0, 5).join(', ')}. Check that each is meant to (${countText(contested.count, 'request')} got more than one offer).`;
    return [finding('dhcp', contested, names, text, 'dhcp.option.dhcp == 2')];
  }
}

const isPort = (source: number, destination: number) =>
  (source === 67 || source === 68) && (destination === 67 || destination === 68);

function readOptions(reader: Bytes): { type: number; server?: string } {
  let type = 0;
  let server: string | undefined;
  while (reader.left > 1) {
    const code = reader.number(1);
    if (code === 0) continue;
    if (code === 255) break;
    const value = reader.part(1).bytes;
    if (code === MESSAGE_TYPE) type = value[0] ?? 0;
    else if (code === SERVER_ID && value.length === 4) server = value.join('.');
  }
  return { type, server };
}
