import type { Decoded, Layer4 } from '../packets/decode';
import { TCP_FLAG } from '../packets/frames';
import { Series } from './counters';
import { byPayload, protocolOf } from './protocol';
import { RtpStream } from './rtp-stream';

/** One connection: two ends, their ports, a layer-4 protocol. */
export interface Connection {
  clientIp: string;
  clientPort: number;
  serverIp: string;
  serverPort: number;
  layer4: Layer4;
  protocol: string;
  firstUs: number;
  lastUs: number;
  /** Received is what went to the server. */
  series: Series;
  /** RTP streams by their source (SSRC) and address. */
  rtp: Map<string, RtpStream>;
}

/** A connection that was silent for so long has ended; the next packet begins a new one. */
const SILENCE_US = 60 * 1e6;

/** Finds the connection of each packet. */
export class ConnectionTable {
  readonly all: Connection[] = [];
  private readonly open = new Map<string, Connection>();

  /** Undefined for packets without ports. */
  note(
    packet: Decoded,
    timeUs: number,
  ): { connection: Connection; isToServer: boolean } | undefined {
    const { sourceIp, destinationIp, sourcePort, destinationPort } = packet;
    if (sourceIp === undefined || sourcePort === undefined || destinationPort === undefined) {
      return undefined;
    }
    const source = `${sourceIp} ${sourcePort}`;
    const destination = `${destinationIp} ${destinationPort}`;
    const ends = source < destination ? `${source} ${destination}` : `${destination} ${source}`;
    const key = `${packet.layer4} ${ends}`;
    let connection = this.open.get(key);
    const isNew = isOpening(packet) || (connection && timeUs - connection.lastUs > SILENCE_US);
    if (!connection || isNew) {
      connection = begin(packet, timeUs);
      this.open.set(key, connection);
      this.all.push(connection);
    }
    connection.lastUs = Math.max(connection.lastUs, timeUs);
    if (connection.protocol === connection.layer4) {
      connection.protocol = byPayload(packet) ?? connection.protocol;
    }
    if (connection.protocol === 'RTP') noteRtp(connection, packet, source, timeUs);
    const isToServer =
      connection.serverIp === destinationIp && connection.serverPort === destinationPort;
    return { connection, isToServer };
  }
}

function isOpening({ tcpFlags }: Decoded): boolean {
  return tcpFlags !== undefined && (tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
}

function begin(packet: Decoded, timeUs: number): Connection {
  const source = { ip: packet.sourceIp!, port: packet.sourcePort! };
  const destination = { ip: packet.destinationIp!, port: packet.destinationPort! };
  // Who speaks first is the client, unless its port says that it is the one that is called.
  const isAnswer =
    !isOpening(packet) && source.port < destination.port && source.port < FIRST_DYNAMIC_PORT;
  const [client, server] = isAnswer ? [destination, source] : [source, destination];
  return {
    clientIp: client.ip,
    clientPort: client.port,
    serverIp: server.ip,
    serverPort: server.port,
    layer4: packet.layer4!,
    protocol: protocolOf(packet, server.port),
    firstUs: timeUs,
    lastUs: timeUs,
    series: new Series(),
    rtp: new Map(),
  };
}

const FIRST_DYNAMIC_PORT = 10_000;

function noteRtp(
  connection: Connection,
  { payload }: Decoded,
  source: string,
  timeUs: number,
): void {
  if (!payload || payload.length < 12) return;
  const key = `${source} ${payload.readUInt32BE(8)}`;
  let stream = connection.rtp.get(key);
  if (!stream) {
    stream = new RtpStream(source.split(' ')[0], payload.readUInt32BE(8), payload[1] & 0x7f);
    connection.rtp.set(key, stream);
  }
  stream.note(payload.readUInt16BE(2), payload.readUInt32BE(4), timeUs);
}
