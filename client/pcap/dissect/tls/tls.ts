import { createHash, X509Certificate } from 'crypto';
import { BoundedTable, TopCounter } from '../../content/bounded-table';
import { endText, type Direction, type Flow, type FlowReader } from '../../content/flows';
import type { Packet } from '../../content/packet';
import { Bytes, joined } from '../bytes';
import type { Dissector } from '../dissector';
import { finding, ipFilter, Sightings, type Finding } from '../finding';
import { ja4 } from './ja4';
import { readClientHello, readServerHello, versionName, type ClientHello } from './hello';

/** Sources: RFC 5246 and 8446. Reads the handshake in the clear; nothing is decrypted. */

export interface TlsFigures {
  /** Connections of which the ClientHello was seen. */
  connections: number;
  /** Of QUIC. */
  quicConnections: number;
  /** What servers chose, e.g. `TLS 1.2`. */
  versions: Record<string, number>;
  /** What servers chose, e.g. `h2`. With TLS 1.3 the choice is encrypted. */
  alpn: Record<string, number>;
  serverNames: Array<{ name: string; count: number }>;
  /** Fingerprints of clients. */
  ja4: Array<{ name: string; count: number }>;
  /** Fatal alerts in the clear. */
  alerts: number;
  certificates: Array<{
    subject: string;
    issuer: string;
    validFrom: string;
    validTo: string;
    server: string;
    count: number;
  }>;
}

/** Longest part of a handshake that is kept, for each direction of a connection. */
const MAX_HEAD = 16_384;
/** Bytes that all connections together keep while their handshakes are not over. */
const MAX_KEPT = 8e6;
/** More than any handshake has: each packet reads all of them again. */
const MAX_RECORDS = 64;
const MAX_MESSAGES = 32;
const ALERT = 21;
const HANDSHAKE = 22;

interface CertificateEntry {
  subject: string;
  issuer: string;
  validFrom: string;
  validTo: string;
  server: string;
  serverName?: string;
  seen: Sightings;
}

export class TlsDissector implements Dissector<TlsFigures> {
  /** Bytes of handshakes that are kept now, over TCP and QUIC. */
  kept = 0;
  private connections = 0;
  private quicConnections = 0;
  private alerts = 0;
  private readonly versions = new Map<string, number>();
  /** By what a server wrote, which may be the name of a property that every object has. */
  private readonly alpn = new Map<string, number>();
  private readonly serverNames = new TopCounter();
  private readonly fingerprints = new TopCounter();
  private readonly certificates = new BoundedTable<string, CertificateEntry | null>(
    500,
    (entry) => entry?.seen.count ?? 0,
  );

  open(packet: Packet): FlowReader | undefined {
    if (packet.ipProtocol !== 6 || this.isFull) return undefined;
    const bytes = packet.content();
    const isRecord = bytes.length >= 6 && bytes[0] === HANDSHAKE && bytes[1] === 3 && bytes[2] <= 4;
    return isRecord && (bytes[5] === 1 || bytes[5] === 2) ? new TlsReader(this) : undefined;
  }

  get isFull(): boolean {
    return this.kept > MAX_KEPT;
  }

  countClient(hello: ClientHello, flow: Flow, over: 'TCP' | 'QUIC'): void {
    this.connections++;
    if (over === 'QUIC') this.quicConnections++;
    if (hello.serverName) {
      this.serverNames.add(hello.serverName);
      flow.conversation.name ??= hello.serverName;
    }
    this.fingerprints.add(ja4(hello, over));
  }

  countServer(version: number, alpn: string | undefined): void {
    count(this.versions, versionName(version), 20);
    if (alpn) count(this.alpn, alpn, 50);
  }

  countAlert(): void {
    this.alerts++;
  }

  countCertificate(der: Uint8Array, flow: Flow, direction: Direction, timeUs: number): void {
    const key = createHash('sha1').update(der).digest('base64');
    let entry = this.certificates.get(key);
    if (entry === undefined) {
      const certificate = readCertificate(der);
      const server = endText(flow.ends[direction]);
      const { name } = flow.conversation;
      const others = { server, serverName: name, seen: new Sightings() };
      entry = this.certificates.add(key, certificate ? { ...certificate, ...others } : null);
    }
    entry?.seen.add(timeUs);
  }

  tables() {
    return {
      tlsServerNames: this.serverNames,
      tlsClients: this.fingerprints,
      tlsCertificates: this.certificates,
    };
  }

  result(limit: number): TlsFigures {
    const known = this.certificates.top(limit).flatMap(([, entry]) => (entry ? [entry] : []));
    return {
      connections: this.connections,
      quicConnections: this.quicConnections,
      versions: Object.fromEntries(this.versions),
      alpn: Object.fromEntries(this.alpn),
      serverNames: this.serverNames.top(limit),
      ja4: this.fingerprints.top(limit),
      alerts: this.alerts,
      certificates: known.map(({ subject, issuer, validFrom, validTo, server, seen }) => ({
        ...{ subject, issuer, validFrom, validTo, server },
        count: seen.count,
      })),
    };
  }

  findings(): Finding[] {
    const found: Finding[] = [];
    for (const entry of this.certificates.values()) {
      if (!entry) continue;
      const { subject, validFrom, validTo, seen, server, serverName } = entry;
      const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
      const isEarly = seen.firstUs / 1000 < from;
      if (!isEarly && !(seen.lastUs / 1000 > to)) continue;
      const what = isEarly ? `is not valid before ${validFrom}` : `expired at ${validTo}`;
      const text = `The certificate of ${serverName ?? server} (${subject}) ${what}.`;
      const address = server.slice(0, server.lastIndexOf(':')).replace(/[[\]]/g, '');
      const filter = `tls.handshake.certificate && ${ipFilter(address, 'src')}`;
      found.push(finding('certificate', seen, [address], text, filter));
    }
    return found;
  }
}

function count(counts: Map<string, number>, name: string, max: number): void {
  const before = counts.get(name) ?? 0;
  if (before > 0 || counts.size < max) counts.set(name, before + 1);
}

/** Reads the beginning of both directions of a connection, in order of their bytes. */
class TlsReader implements FlowReader {
  private readonly heads: [Head, Head] = [new Head(), new Head()];

  constructor(private readonly owner: TlsDissector) {}

  read(packet: Packet, flow: Flow, direction: Direction): void {
    const head = this.heads[direction];
    if (head.isDone) return;
    this.owner.kept += head.add(packet);
    if (this.readMessages(head, flow, direction, packet.timeUs)) this.release(head);
    if (this.heads[0].isDone && this.heads[1].isDone) flow.reader = null;
  }

  close(): void {
    for (const head of this.heads) this.release(head);
  }

  private release(head: Head): void {
    this.owner.kept -= head.bytes.length;
    head.bytes = new Uint8Array(0);
    head.isDone = true;
  }

  /** @returns whether nothing more can come */
  private readMessages(head: Head, flow: Flow, direction: Direction, timeUs: number): boolean {
    const { messages, isOver, alerts } = handshakeOf(head.bytes);
    for (const { type, body } of messages.slice(head.messages)) {
      head.messages++;
      if (type === 1) {
        const hello = readClientHello(body);
        if (hello) this.owner.countClient(hello, flow, 'TCP');
        return true;
      }
      if (type === 2) {
        const hello = readServerHello(body);
        if (hello) this.owner.countServer(hello.version, hello.alpn);
        if (!hello || hello.version >= 0x0304) return true;
      } else if (type === 11) {
        const list = new Bytes(body).part(3);
        const der = list.part(3).bytes;
        if (der.length > 0) this.owner.countCertificate(der, flow, direction, timeUs);
        return true;
      }
    }
    if (alerts > 0) this.owner.countAlert();
    return isOver || alerts > 0 || head.hasGap || head.bytes.length >= MAX_HEAD;
  }
}

/** The first bytes that one end sends. */
class Head {
  bytes = new Uint8Array(0);
  /** How many messages were read. */
  messages = 0;
  isDone = false;
  hasGap = false;
  private next: number | undefined;

  /** @returns how many bytes were added */
  add(packet: Packet): number {
    const content = packet.content();
    this.next ??= packet.sequence;
    const early = (this.next - packet.sequence) | 0;
    if (early < 0) this.hasGap = true;
    if (early < 0 || early >= content.length) return 0;
    const fresh = content.subarray(early, early + MAX_HEAD - this.bytes.length);
    // Cut packets end the sequence: what follows does not join.
    this.next = (packet.sequence + content.length) >>> 0;
    this.bytes = new Uint8Array(joined([this.bytes, fresh]));
    return fresh.length;
  }
}

/** The complete handshake messages at the beginning of a connection. */
function handshakeOf(bytes: Uint8Array) {
  const reader = new Bytes(bytes);
  const fragments: Uint8Array[] = [];
  let isOver = false;
  let alerts = 0;
  for (let records = 0; reader.left >= 5 && !isOver; records++) {
    if (records === MAX_RECORDS) return { messages: [], isOver: true, alerts };
    const type = reader.number(1);
    reader.take(2);
    const length = reader.number(2);
    if (type === HANDSHAKE) {
      fragments.push(reader.take(Math.min(length, reader.left)));
    } else if (type === ALERT && length === 2) {
      if (reader.number(1) === 2) alerts++;
      reader.take(1);
    } else isOver = true;
  }
  const content = new Bytes(joined(fragments));
  const messages: Array<{ type: number; body: Uint8Array }> = [];
  while (content.left >= 4 && messages.length < MAX_MESSAGES) {
    const type = content.number(1);
    const body = content.part(3);
    if (content.failed) break;
    messages.push({ type, body: body.bytes });
  }
  if (messages.length === MAX_MESSAGES) isOver = true;
  return { messages, isOver, alerts };
}

/** Texts alone are kept: the object of Node.js holds memory that the collector does not see. */
function readCertificate(der: Uint8Array) {
  try {
    const { subject, issuer, validFrom, validTo } = new X509Certificate(der);
    return {
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      validFrom: isoOf(validFrom),
      validTo: isoOf(validTo),
    };
  } catch {
    return undefined;
  }
}

/** Node.js gives one part of a name a line. Nothing that is written by others steers a terminal. */
const oneLine = (name: string | undefined) =>
  (name ?? '').slice(0, 1000).split('\n').join(', ').replace(/\p{C}/gu, '.').slice(0, 200);

function isoOf(date: string): string {
  const time = Date.parse(date);
  return Number.isNaN(time) ? date : new Date(time).toISOString();
}
