import type { Decoded, Headers, Layer4 } from '../packets/packet';
import { TCP_FLAG } from '../packets/frames';
import { byPayload, protocolOf } from './protocol';
import { RtpStream } from './rtp-stream';

/** One connection: two ends, their ports, a layer-4 protocol. */
export interface Connection {
  /** The key of its counters. */
  id: string;
  clientIp: string;
  clientPort: number;
  serverIp: string;
  serverPort: number;
  layer4: Layer4;
  protocol: string;
  firstUs: number;
  lastUs: number;
  /** Packets in which the protocol was looked for. */
  searched: number;
  /** Mostly one in each direction. */
  flows: Flow[];
}

/** Packets with the same headers: one direction of a connection, or of what has no ports. */
export interface Flow {
  headers: Headers;
  connection?: Connection;
  /** Whether it goes to the server; for what is no connection, too. */
  isToServer: boolean;
  /** RTP streams by their source (SSRC). */
  rtp?: Map<number, RtpStream>;
  /** The newest of its counters. */
  row?: Row;
  /** Of TCP: the sequence number that is due. */
  nextSequence?: number;
}

/** Packets of one flow in one second. */
export interface Row {
  readonly second: number;
  readonly flow: Flow;
  packets: number;
  bytes: number;
  /** Bytes above TCP, and how many of them were sent before. */
  payload: number;
  resent: number;
}

/** A connection that was silent for so long has ended; the next packet begins a new one. */
const SILENCE_US = 60 * 1e6;
/** Packets with payload that may still tell the protocol of a connection. */
const MOST_SEARCHED = 8;

/** Finds the flow and the connection of each packet. */
export class FlowTable {
  readonly connections: Connection[] = [];
  /** The MAC address of each IP, as last seen. */
  readonly macOfIp = new Map<string, string>();
  private readonly open = new Map<string, Connection>();
  private readonly withoutPorts = new Map<string, Flow[]>();

  /** `onProtocol` is told when the protocol of a connection turns out to be another. */
  constructor(private readonly onProtocol: () => void) {}

  note(packet: Decoded, timeUs: number): Flow {
    const { headers } = packet;
    headers.key ??= keyOf(headers);
    const connection = headers.sourcePort === undefined ? undefined : this.connect(packet, timeUs);
    const flows = connection?.flows ?? this.flowsWithoutPorts(headers.key);
    let flow = flows.find((candidate) => isSame(candidate.headers, headers));
    if (!flow) {
      flow = { headers, connection, isToServer: !connection || isToServer(headers, connection) };
      flows.push(flow);
      const { sourceIp, sourceMac } = headers;
      if (sourceIp !== undefined && sourceMac) this.macOfIp.set(sourceIp, sourceMac);
    }
    if (connection?.protocol === 'RTP') noteRtp(flow, packet, timeUs);
    return flow;
  }

  private flowsWithoutPorts(key: string): Flow[] {
    let flows = this.withoutPorts.get(key);
    if (!flows) {
      flows = [];
      this.withoutPorts.set(key, flows);
    }
    return flows;
  }

  private connect(packet: Decoded, timeUs: number): Connection {
    const key = packet.headers.key!;
    let connection = this.open.get(key);
    if (!connection || isOpening(packet) || timeUs - connection.lastUs > SILENCE_US) {
      connection = begin(packet, timeUs, String(this.connections.length));
      this.open.set(key, connection);
      this.connections.push(connection);
    }
    connection.lastUs = Math.max(connection.lastUs, timeUs);
    if (connection.protocol === connection.layer4 && connection.searched < MOST_SEARCHED) {
      this.search(packet, connection);
    }
    return connection;
  }

  private search(packet: Decoded, connection: Connection): void {
    if (!packet.payload?.length) return;
    connection.searched++;
    const protocol = byPayload(packet);
    if (protocol === undefined) return;
    connection.protocol = protocol;
    this.onProtocol();
  }
}

/** Both ends, in one order, so that both directions have the same key. */
function keyOf({ sourceIp, destinationIp, sourcePort, destinationPort, layer4 }: Headers): string {
  const source = `${sourceIp} ${sourcePort}`;
  const destination = `${destinationIp} ${destinationPort}`;
  const ends = source < destination ? `${source} ${destination}` : `${destination} ${source}`;
  return `${layer4} ${ends}`;
}

/** Whether two packets of the same ends go the same way, over the same link. */
function isSame(a: Headers, b: Headers): boolean {
  return (
    a === b ||
    (a.sourceIp === b.sourceIp &&
      a.sourcePort === b.sourcePort &&
      a.sourceMac === b.sourceMac &&
      a.destinationMac === b.destinationMac &&
      a.etherType === b.etherType &&
      a.vlans.length === b.vlans.length &&
      a.vlans.every((vlan, index) => vlan === b.vlans[index]))
  );
}

function isToServer({ destinationIp, destinationPort }: Headers, connection: Connection): boolean {
  return connection.serverIp === destinationIp && connection.serverPort === destinationPort;
}

function isOpening({ tcpFlags }: Decoded): boolean {
  return tcpFlags !== undefined && (tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
}

const FIRST_DYNAMIC_PORT = 10_000;

function begin(packet: Decoded, timeUs: number, id: string): Connection {
  const { headers } = packet;
  const source = { ip: headers.sourceIp!, port: headers.sourcePort! };
  const destination = { ip: headers.destinationIp!, port: headers.destinationPort! };
  // Who speaks first is the client, unless its port says that it is the one that is called.
  const isAnswer =
    !isOpening(packet) && source.port < destination.port && source.port < FIRST_DYNAMIC_PORT;
  const [client, server] = isAnswer ? [destination, source] : [source, destination];
  return {
    id,
    clientIp: client.ip,
    clientPort: client.port,
    serverIp: server.ip,
    serverPort: server.port,
    layer4: headers.layer4!,
    protocol: protocolOf(packet, server.port),
    firstUs: timeUs,
    lastUs: timeUs,
    searched: 0,
    flows: [],
  };
}

function noteRtp(flow: Flow, { payload }: Decoded, timeUs: number): void {
  if (!payload || payload.length < 12) return;
  const ssrc = payload.readUInt32BE(8);
  flow.rtp ??= new Map();
  let stream = flow.rtp.get(ssrc);
  if (!stream) {
    stream = new RtpStream(flow.headers.sourceIp!, ssrc, payload[1] & 0x7f);
    flow.rtp.set(ssrc, stream);
  }
  stream.note(payload.readUInt16BE(2), payload.readUInt32BE(4), timeUs);
}
