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
  /** Those of them that the client ended while a request had no response yet. */
  abandoned: number;
  /** Packets with payload, by who sent them. */
  dataPackets: BySide;
  /** Packets that repeat what was sent, by who sent them. */
  retransmissions: BySide;
  /** Of these the ones with data, without {@link copies}: what the network lost, or delayed. */
  resent: BySide;
  /** Packets with data that come twice within a millisecond: a mirror port sends both. */
  copies: number;
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

/** Longer than a round trip between most continents: a server far away is no trouble. */
export const SLOW_HANDSHAKE_US = 250_000;
export const SLOW_RESPONSE_US = 500_000;

/** Collects {@link TcpFigures}. What most conversations never have is made when it is first needed. */
export class TcpTally {
  connections = 0;
  handshakes = 0;
  refused = 0;
  unanswered = 0;
  abandoned = 0;
  copies = 0;
  ackedUnseen = 0;
  oneSided = 0;
  slowHandshakes = 0;
  slowResponses = 0;
  readonly dataPackets: BySide = { client: 0, server: 0 };
  private rare?: Record<RareSide, BySide>;
  private times?: Record<TimeName, Timing>;

  /** Where to count what is given by side, but data packets. */
  get troubles(): Record<RareSide, BySide> {
    return (this.rare ??= noTroubles());
  }

  /** Where to add durations. */
  get timings(): Record<TimeName, Timing> {
    return (this.times ??= {
      handshakeTime: new Timing(),
      serverRoundTrip: new Timing(),
      clientRoundTrip: new Timing(),
      responseTime: new Timing(),
    });
  }

  figures(): TcpFigures {
    const { resets, retransmissions, resent, outOfOrder, zeroWindows } = this.rare ?? noTroubles();
    const { times } = this;
    return {
      connections: this.connections,
      handshakes: this.handshakes,
      refused: this.refused,
      unanswered: this.unanswered,
      ...{ resets, abandoned: this.abandoned, dataPackets: this.dataPackets },
      ...{ retransmissions, resent, copies: this.copies, outOfOrder, zeroWindows },
      ackedUnseen: this.ackedUnseen,
      oneSided: this.oneSided,
      handshakeTime: times?.handshakeTime.figures() ?? null,
      serverRoundTrip: times?.serverRoundTrip.figures() ?? null,
      clientRoundTrip: times?.clientRoundTrip.figures() ?? null,
      responseTime: times?.responseTime.figures() ?? null,
      slowHandshakes: this.slowHandshakes,
      slowResponses: this.slowResponses,
    };
  }
}

type RareSide = 'resets' | 'retransmissions' | 'resent' | 'outOfOrder' | 'zeroWindows';
type TimeName = 'handshakeTime' | 'serverRoundTrip' | 'clientRoundTrip' | 'responseTime';

const noTroubles = (): Record<RareSide, BySide> => ({
  resets: { client: 0, server: 0 },
  retransmissions: { client: 0, server: 0 },
  resent: { client: 0, server: 0 },
  outOfOrder: { client: 0, server: 0 },
  zeroWindows: { client: 0, server: 0 },
});
