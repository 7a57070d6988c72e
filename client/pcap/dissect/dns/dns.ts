import { addressText } from '../../content/addresses';
import { BoundedTable, TopCounter } from '../../content/bounded-table';
import type { Direction, Flow, FlowReader } from '../../content/flows';
import type { Packet } from '../../content/packet';
import { Bytes } from '../bytes';
import type { Dissector } from '../dissector';
import { Sightings, type Finding } from '../finding';
import { round, Timing, type TimingFigures } from '../timing';
import {
  dnsFindings,
  LONG_NAME,
  MANY_NAMES,
  type Client,
  type LongNames,
  type Server,
} from './findings';
import { AddressNames, readName } from './names';

/** Source: RFC 1035. Queries and responses at port 53, over UDP and TCP. */

interface NamedCount {
  name: string;
  count: number;
}

export interface DnsFigures {
  queries: number;
  responses: number;
  /** Queries without a response for a second or more. */
  unanswered: number;
  /** Queries that were dropped sooner, because too many were open: a response may have come. */
  responseUnknown: number;
  /** How often each response code came, e.g. `NOERROR`. */
  responseCodes: Record<string, number>;
  responseTime: TimingFigures | null;
  /** Names that were asked for most. */
  names: NamedCount[];
  /** Names that do not exist, that the server failed at, and without a response. */
  nxdomain: NamedCount[];
  servfail: NamedCount[];
  unansweredNames: NamedCount[];
  servers: Array<{ server: string; queries: number; responses: number; medianMs: number | null }>;
  slowest: Array<{ name: string; server: string; ms: number }>;
}

const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const PORT = 53;
const ANSWER_LIMIT = 1e6;
/** Names for reverse lookups are long, and most do not exist: that says nothing. */
const ADDRESS_NAME = /\.(?:in-addr|ip6)\.arpa$/;

interface Pending {
  name: string;
  us: number;
  server: Server;
}

export class DnsDissector implements Dissector<DnsFigures>, FlowReader {
  private queries = 0;
  private responses = 0;
  private unanswered = 0;
  private responseUnknown = 0;
  private readonly codes: Record<string, number> = {};
  private readonly time = new Timing();
  private readonly names = new TopCounter();
  private readonly missing = new TopCounter();
  private readonly failed = new TopCounter();
  private readonly silent = new TopCounter();
  private readonly servers = new BoundedTable<string, Server>(2000, ({ queries }) => queries);
  private readonly clients = new BoundedTable<string, Client>(5000, ({ queries }) => queries);
  private readonly pending = new BoundedTable<string, Pending>(
    5000,
    ({ us }) => us,
    'time',
    (entry) => this.drop(entry),
  );
  private readonly longNames = new BoundedTable<string, LongNames>(500, ({ seen }) => seen.count);
  private readonly addresses = new AddressNames();
  private slowest: DnsFigures['slowest'] = [];
  private lastUs = NaN;

  open(packet: Packet): FlowReader | undefined {
    return packet.sourcePort === PORT || packet.destinationPort === PORT ? this : undefined;
  }

  read(packet: Packet, flow: Flow, direction: Direction): void {
    const reader = new Bytes(packet.content());
    if (packet.ipProtocol === 6) reader.number(2);
    const start = reader.at;
    const id = reader.number(2);
    const flags = reader.number(2);
    const questions = reader.number(2);
    const answers = reader.number(2);
    reader.skip(4);
    if (reader.failed || ((flags >> 11) & 0xf) !== 0) return;
    const name = questions > 0 ? readName(reader, start) : '';
    reader.skip(4);
    if (reader.failed || questions > 1) return;
    if (packet.timeUs > this.lastUs || !(this.lastUs >= 0)) this.lastUs = packet.timeUs;
    const isResponse = (flags & 0x8000) !== 0;
    const { ends } = flow;
    const server = this.serverOf(ends[isResponse ? direction : other(direction)].address);
    const client = this.clientOf(ends[isResponse ? other(direction) : direction].address);
    const key = flow.key + String.fromCharCode(id);
    if (!isResponse) {
      this.countQuery({ name, us: packet.timeUs, server }, client, key);
      return;
    }
    this.countResponse(name, flags & 0xf, server, client, packet.timeUs, key);
    this.addresses.read(reader, start, answers, name, packet.timeUs);
  }

  private countQuery(query: Pending, client: Client, key: string): void {
    const { name, us, server } = query;
    this.queries++;
    server.queries++;
    client.queries++;
    this.names.add(name);
    if (!this.pending.get(key)) this.pending.add(key, query);
    if (name.length < LONG_NAME || ADDRESS_NAME.test(name)) return;
    const domain = name.split('.').slice(-2).join('.');
    const made = { seen: new Sightings(), client, example: name, names: new Set<string>() };
    const found = this.longNames.get(domain) ?? this.longNames.add(domain, made);
    found.seen.add(us);
    if (found.names.size < MANY_NAMES) found.names.add(name);
  }

  private countResponse(
    name: string,
    code: number,
    server: Server,
    client: Client,
    us: number,
    key: string,
  ): void {
    this.responses++;
    server.responses++;
    const codeName = CODES[code] ?? `RCODE ${code}`;
    this.codes[codeName] = (this.codes[codeName] ?? 0) + 1;
    if (codeName === 'NXDOMAIN') {
      this.missing.add(name);
      if (!ADDRESS_NAME.test(name)) {
        client.missing.add(us);
        client.example ??= name;
      }
    } else if (codeName === 'SERVFAIL') {
      this.failed.add(name);
      server.failed.add(us);
    }
    const query = this.pending.get(key);
    if (!query) return;
    this.pending.delete(key);
    const duration = us - query.us;
    this.time.add(duration);
    server.time.add(duration);
    this.noteSlow(name, server.address, duration);
  }

  private noteSlow(name: string, server: string, duration: number): void {
    const ms = round(duration / 1000);
    if (!(ms > (this.slowest[9]?.ms ?? -1))) return;
    this.slowest = [...this.slowest, { name, server: addressText(server), ms }]
      .sort((one, another) => another.ms - one.ms)
      .slice(0, 10);
  }

  /** What an address (two bytes a character) is called, by the responses. */
  nameOf(address: string): string | undefined {
    return this.addresses.nameOf(address);
  }

  private drop(entry: Pending): void {
    if (this.isOverdue(entry)) this.giveUp(entry);
    else this.responseUnknown++;
  }

  private isOverdue({ us }: Pending): boolean {
    return this.lastUs - us >= ANSWER_LIMIT;
  }

  private giveUp({ name, us, server }: Pending): void {
    this.unanswered++;
    this.silent.add(name);
    server.failed.add(us);
  }

  private serverOf(address: string): Server {
    return (
      this.servers.get(address) ??
      this.servers.add(address, {
        ...{ address, queries: 0, responses: 0 },
        failed: new Sightings(),
        time: new Timing(),
      })
    );
  }

  private clientOf(address: string): Client {
    return (
      this.clients.get(address) ??
      this.clients.add(address, { address, queries: 0, missing: new Sightings() })
    );
  }

  /** To be called once, before the figures are read: what is still open has no response. */
  end(): void {
    for (const [key, entry] of this.pending.top(Infinity)) {
      if (!this.isOverdue(entry)) continue;
      this.pending.delete(key);
      this.giveUp(entry);
    }
  }

  tables() {
    return {
      dnsNames: this.names,
      dnsMissingNames: this.missing,
      dnsFailedNames: this.failed,
      dnsUnansweredNames: this.silent,
      dnsServers: this.servers,
      dnsClients: this.clients,
      dnsOpenQueries: this.pending,
      dnsLongNames: this.longNames,
      dnsAddresses: this.addresses.table,
    };
  }

  result(limit: number): DnsFigures {
    return {
      queries: this.queries,
      responses: this.responses,
      unanswered: this.unanswered,
      responseUnknown: this.responseUnknown,
      responseCodes: this.codes,
      responseTime: this.time.figures(),
      names: this.names.top(limit),
      nxdomain: this.missing.top(limit),
      servfail: this.failed.top(limit),
      unansweredNames: this.silent.top(limit),
      servers: this.servers.top(limit).map(([address, { queries, responses, time }]) => ({
        ...{ server: addressText(address), queries, responses },
        medianMs: time.count > 0 ? round(time.quantile(0.5)) : null,
      })),
      slowest: this.slowest.slice(0, limit),
    };
  }

  findings(): Finding[] {
    const { clients, servers, longNames } = this;
    return dnsFindings(clients.values(), servers.values(), longNames.top(Infinity));
  }
}

const other = (direction: Direction): Direction => (direction === 0 ? 1 : 0);
