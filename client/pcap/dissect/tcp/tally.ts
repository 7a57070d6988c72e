import { Timing, type TimingFigures } from '../timing';

/** One figure for each end of a connection. */
export interface BySide {
  client: number;
  server: number;
}

/** The health of one or more TCP connections. Packets as Wireshark counts them, unless said. */
export interface TcpFigures {
  connections: number;
  /** Three-way handshakes that were seen from SYN to ACK. */
  handshakes: number;
  /** Connections whose SYN was answered by a reset. */
  refused: number;
  /** Connections whose SYN nobody answered for a second or more. */
  unanswered: number;
  /** Connections that a reset ended before any FIN, by whose reset it was. */
  resets: BySide;
  /** Packets with payload, by who sent them. */
  dataPackets: BySide;
  /** Packets that repeat what was sent, by who sent them. */
  retransmissions: BySide;
  outOfOrder: BySide;
  /** Packets that tell the other end to stop sending, by who sent them. */
  zeroWindows: BySide;
  /** Packets that acknowledge what is not in the capture: it lost packets. */
  ackedUnseen: number;
  /** Connections of which one direction alone is in the capture. */
  oneSided: number;
  /** From the SYN to the ACK that ends the handshake. */
  handshakeTime: TimingFigures | null;
  /** The two halves of the handshake: between capture and server, between capture and client. */
  serverRoundTrip: TimingFigures | null;
  clientRoundTrip: TimingFigures | null;
  /** From the last byte of a request to the first of the response. */
  responseTime: TimingFigures | null;
  /** Handshakes that took {@link SLOW_HANDSHAKE_US} or longer. */
  slowHandshakes: number;
  /** Responses that took {@link SLOW_RESPONSE_US} or longer beyond the connection's round trip. */
  slowResponses: number;
}

export const SLOW_HANDSHAKE_US = 150_000;
export const SLOW_RESPONSE_US = 500_000;

/** Collects {@link TcpFigures}. */
export class TcpTally {
  connections = 0;
  handshakes = 0;
  refused = 0;
  unanswered = 0;
  ackedUnseen = 0;
  oneSided = 0;
  slowHandshakes = 0;
  slowResponses = 0;
  readonly resets: BySide = { client: 0, server: 0 };
  readonly dataPackets: BySide = { client: 0, server: 0 };
  readonly retransmissions: BySide = { client: 0, server: 0 };
  readonly outOfOrder: BySide = { client: 0, server: 0 };
  readonly zeroWindows: BySide = { client: 0, server: 0 };
  readonly handshakeTime = new Timing();
  readonly serverRoundTrip = new Timing();
  readonly clientRoundTrip = new Timing();
  readonly responseTime = new Timing();

  figures(): TcpFigures {
    return {
      connections: this.connections,
      handshakes: this.handshakes,
      refused: this.refused,
      unanswered: this.unanswered,
      resets: this.resets,
      dataPackets: this.dataPackets,
      retransmissions: this.retransmissions,
      outOfOrder: this.outOfOrder,
      zeroWindows: this.zeroWindows,
      ackedUnseen: this.ackedUnseen,
      oneSided: this.oneSided,
      handshakeTime: this.handshakeTime.figures(),
      serverRoundTrip: this.serverRoundTrip.figures(),
      clientRoundTrip: this.clientRoundTrip.figures(),
      responseTime: this.responseTime.figures(),
      slowHandshakes: this.slowHandshakes,
      slowResponses: this.slowResponses,
    };
  }
}
