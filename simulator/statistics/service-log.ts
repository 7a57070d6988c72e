import { TCP_FLAG } from '../packets/frames';
import type { Decoded, Headers } from '../packets/packet';
import type { Connection, Flow } from './flows';

/** A question and its answer: how services, and networks, are found to be slow. */
export interface Exchange {
  /** Since 1970, when it was asked. */
  second: number;
  /** Of the question. */
  headers: Headers;
  clientIp: string;
  serverIp: string;
  /** Until the answer, in milliseconds; undefined where none came. */
  ms?: number;
  /** Of DNS: the name that was asked for, and the code of the answer. */
  name?: string;
  code?: number;
}

/** A message of DHCP. */
export interface DhcpMessage {
  second: number;
  headers: Headers;
  type: number;
  clientMac: string;
  /** Who answers, and with which address; in answers only. */
  serverIp?: string;
  ip?: string;
  /** Since the question, in milliseconds. */
  ms?: number;
}

/** What was asked and said. */
export interface Services {
  dns: Exchange[];
  /** From the ClientHello to the server's first packet. */
  hellos: Exchange[];
  /** From a SYN to its answer. */
  syns: Exchange[];
  dhcp: DhcpMessage[];
}

/** What is waited for in one connection. */
interface Waiting {
  dns?: Map<number, { asked: Exchange; us: number }>;
  syn?: { asked: Exchange; us: number };
  hello?: { asked: Exchange; us: number } | 'over';
}

const [DNS, HTTPS, DHCP_SERVER] = [53, 443, 67];
const DHCP_OPTIONS = 240;

/** Notes what services say: DNS, TLS handshakes, DHCP, and how TCP connections are answered. */
export class ServiceLog implements Services {
  readonly dns: Exchange[] = [];
  readonly hellos: Exchange[] = [];
  readonly syns: Exchange[] = [];
  readonly dhcp: DhcpMessage[] = [];
  private readonly waiting = new WeakMap<Connection, Waiting>();
  private readonly discovers = new Map<number, number>();

  note(packet: Decoded, flow: Flow, timeUs: number): void {
    const { connection } = flow;
    if (!connection) return;
    const { layer4, serverPort } = connection;
    if (layer4 === 'UDP' && serverPort === DNS) this.noteDns(packet, flow, connection, timeUs);
    else if (layer4 === 'UDP' && isDhcp(packet.headers)) this.noteDhcp(packet, timeUs);
    else if (layer4 === 'TCP') {
      if (packet.tcpFlags! & TCP_FLAG.syn) this.noteSyn(flow, connection, timeUs);
      const isTls = connection.protocol === 'SSL' || serverPort === HTTPS;
      if (isTls && packet.payloadLength) this.noteHello(packet, flow, connection, timeUs);
    }
  }

  filter(isWanted: (one: { second: number; headers: Headers }) => boolean): Services {
    return {
      dns: this.dns.filter(isWanted),
      hellos: this.hellos.filter(isWanted),
      syns: this.syns.filter(isWanted),
      dhcp: this.dhcp.filter(isWanted),
    };
  }

  private noteDns(packet: Decoded, flow: Flow, connection: Connection, us: number): void {
    const { payload } = packet;
    if (!payload || payload.length < 12) return;
    const waiting = this.waitingOf(connection);
    waiting.dns ??= new Map();
    const id = payload.readUInt16BE(0);
    if (flow.isToServer) {
      const asked = { ...begin(packet, connection, us), name: nameIn(payload, 12) };
      this.dns.push(asked);
      waiting.dns.set(id, { asked, us });
      return;
    }
    const question = waiting.dns.get(id);
    if (!question) return;
    waiting.dns.delete(id);
    question.asked.ms = (us - question.us) / 1000;
    question.asked.code = payload[3] & 0x0f;
  }

  /** The first SYN, and the SYN that answers it; a refusal leaves it unanswered. */
  private noteSyn(flow: Flow, connection: Connection, us: number): void {
    const waiting = this.waitingOf(connection);
    if (flow.isToServer) {
      if (waiting.syn) return;
      const asked = begin({ headers: flow.headers }, connection, us);
      this.syns.push(asked);
      waiting.syn = { asked, us };
    } else if (waiting.syn) waiting.syn.asked.ms ??= (us - waiting.syn.us) / 1000;
  }

  private noteHello(packet: Decoded, flow: Flow, connection: Connection, us: number): void {
    const waiting = this.waitingOf(connection);
    if (waiting.hello === 'over') return;
    const { payload } = packet;
    const isHandshake = payload !== undefined && payload.length > 5 && payload[0] === 22;
    if (flow.isToServer && isHandshake && !waiting.hello) {
      const asked = begin(packet, connection, us);
      this.hellos.push(asked);
      waiting.hello = { asked, us };
    } else if (!flow.isToServer && waiting.hello) {
      waiting.hello.asked.ms = (us - waiting.hello.us) / 1000;
      waiting.hello = 'over';
    }
  }

  private noteDhcp({ headers, payload }: Decoded, us: number): void {
    if (!payload || payload.length < DHCP_OPTIONS) return;
    const transaction = payload.readUInt32BE(4);
    const message: DhcpMessage = {
      second: Math.floor(us / 1e6),
      headers,
      type: dhcpType(payload),
      clientMac: [...payload.subarray(28, 34)].map((byte) => hex(byte)).join(':'),
    };
    this.dhcp.push(message);
    if (headers.destinationPort === DHCP_SERVER) {
      this.discovers.set(transaction, us);
      return;
    }
    const asked = this.discovers.get(transaction);
    message.serverIp = headers.sourceIp;
    message.ip = payload.subarray(16, 20).join('.');
    if (asked !== undefined) message.ms = (us - asked) / 1000;
  }

  private waitingOf(connection: Connection): Waiting {
    let waiting = this.waiting.get(connection);
    if (!waiting) {
      waiting = {};
      this.waiting.set(connection, waiting);
    }
    return waiting;
  }
}

function begin(
  { headers }: Pick<Decoded, 'headers'>,
  connection: Connection,
  us: number,
): Exchange {
  const { clientIp, serverIp } = connection;
  return { second: Math.floor(us / 1e6), headers, clientIp, serverIp };
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');

const isDhcp = ({ sourcePort, destinationPort }: Headers) =>
  sourcePort === DHCP_SERVER || destinationPort === DHCP_SERVER;

/** Labels up to the end or a pointer, which a question has no use for. */
function nameIn(message: Buffer, start: number): string {
  const labels: string[] = [];
  for (let at = start; at < message.length && message[at] > 0 && message[at] < 64;) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
    at += message[at] + 1;
  }
  return labels.join('.');
}

/** Option 53. */
function dhcpType(message: Buffer): number {
  for (let at = DHCP_OPTIONS; at + 2 < message.length && message[at] !== 255;) {
    if (message[at] === 53) return message[at + 2];
    at += message[at] === 0 ? 1 : message[at + 1] + 2;
  }
  return 0;
}
