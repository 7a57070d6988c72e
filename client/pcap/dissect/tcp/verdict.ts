import { countText, durationText, numberText, percentText } from '../../../values/amount-text';
import { SLOW_HANDSHAKE_US, SLOW_RESPONSE_US, type BySide, type TcpFigures } from './tally';

/**
 * Who is to blame, by the TCP figures alone. `unreachable`: nobody answered, which a server, a
 * firewall and a broken network look like. `none`: nothing stands out. `unknown`: cannot tell.
 */
type Cause = 'network' | 'server' | 'client' | 'unreachable' | 'none' | 'unknown';

export interface Verdict {
  /** The most likely first. */
  causes: Cause[];
  /** One sentence for each cause, with the figures that it rests on. */
  reasons: string[];
}

/** From 0 on: how far beyond the limits, times how many connections have it, up to ten. */
export function severityOf(tcp: TcpFigures): number {
  const weight = Math.max(0, ...suspicions(tcp).map((found) => found.weight));
  return weight * Math.min(tcp.connections, 10);
}

/** From these on, something stands out. Times in milliseconds, shares from 0 to 1. */
export const LIMITS = {
  /** Share of the packets with data that were sent again. */
  loss: 0.01,
  /** Share of the handshakes, and of the responses, that were slow. */
  slow: 0.02,
  /** Zero windows for each data packet of the other end: a long transfer has a few. */
  stopped: 0.001,
  /** Copies for each data packet. From this share on, packets that are sent again cannot be told from copies. */
  copies: 0.1,
  /** Fewer events than this are chance. */
  events: 3,
  /** Share of the connections of which one direction is missing. */
  oneSided: 0.5,
  /** Share of the connections that were refused, unanswered or reset. */
  failed: 0.1,
};

/** Judges one conversation, or all of them together. */
export function judge(tcp: TcpFigures): Verdict {
  const { connections, oneSided } = tcp;
  if (connections === 0) return unknown('There is no TCP connection.');
  if (oneSided / connections >= LIMITS.oneSided) {
    return unknown(
      `Cannot tell: of ${numberText(oneSided)} of ${countText(connections, 'connection')} one direction alone is in the capture.`,
    );
  }
  const found = suspicions(tcp);
  if (found.length > 0) {
    return {
      causes: [...new Set(found.map(({ cause }) => cause))],
      reasons: found.map(({ reason }) => reason),
    };
  }
  if (tcp.handshakes === 0 && tcp.responseTime === null) {
    return unknown(
      'Cannot tell: neither a handshake nor a request with its response was captured.',
    );
  }
  return { causes: ['none'], reasons: [quietReason(tcp)] };
}

function suspicions(tcp: TcpFigures): Found[] {
  return [
    ...serverReasons(tcp),
    ...networkReasons(tcp),
    ...clientReasons(tcp),
    ...unreachableReasons(tcp),
  ].sort((one, other) => other.weight - one.weight);
}

interface Found {
  cause: Cause;
  reason: string;
  /** How far beyond its limit. */
  weight: number;
}

const unknown = (reason: string): Verdict => ({ causes: ['unknown'], reasons: [reason] });

function serverReasons(tcp: TcpFigures): Found[] {
  const found: Found[] = [];
  const { responseTime, handshakeTime, refused, connections, resets } = tcp;
  if (responseTime && isSlow(tcp.slowResponses, responseTime.count)) {
    found.push({
      cause: 'server',
      weight: tcp.slowResponses / responseTime.count / LIMITS.slow,
      reason: `Server: ${numberText(tcp.slowResponses)} of ${countText(responseTime.count, 'response')} took ${ms(SLOW_RESPONSE_US / 1000)} or longer beyond the round trip (median of all ${ms(responseTime.medianMs)}, longest ${ms(responseTime.maxMs)}; a round trip takes ${handshakeTime ? ms(handshakeTime.medianMs) : 'an unknown time'}).`,
    });
  }
  if (isMany(refused, connections)) {
    found.push({
      cause: 'server',
      weight: refused / connections / LIMITS.failed,
      reason: `Server: refused ${numberText(refused)} of ${countText(connections, 'connection')} (nothing listens on that port, or a firewall rejects).`,
    });
  }
  if (isMany(resets.server, connections)) {
    found.push({
      cause: 'server',
      weight: resets.server / connections / LIMITS.failed,
      reason: `Server: reset ${numberText(resets.server)} of ${countText(connections, 'connection')}.`,
    });
  }
  return [...found, ...stoppedReasons(tcp, 'server')];
}

function networkReasons(tcp: TcpFigures): Found[] {
  const found: Found[] = [];
  const { handshakeTime, serverRoundTrip, clientRoundTrip } = tcp;
  const { resent, sent, share } = lossOf(tcp);
  if (resent >= LIMITS.events && share >= LIMITS.loss) {
    found.push({
      cause: 'network',
      weight: share / LIMITS.loss,
      reason: `Network: ${numberText(resent)} of ${countText(sent, 'data packet')} were sent again (${percentText(share)}; ${numberText(tcp.resent.server)} by the server, ${numberText(tcp.resent.client)} by the client).`,
    });
  }
  if (handshakeTime && isSlow(tcp.slowHandshakes, handshakeTime.count)) {
    found.push({
      cause: 'network',
      weight: tcp.slowHandshakes / handshakeTime.count / LIMITS.slow,
      reason: `Network: ${numberText(tcp.slowHandshakes)} of ${countText(handshakeTime.count, 'handshake')} took ${ms(SLOW_HANDSHAKE_US / 1000)} or longer (longest ${ms(handshakeTime.maxMs)}; longest on the server's side of the capture ${ms(serverRoundTrip?.maxMs ?? 0)}, on the client's ${ms(clientRoundTrip?.maxMs ?? 0)}).`,
    });
  }
  return found;
}

function clientReasons(tcp: TcpFigures): Found[] {
  const { abandoned, connections } = tcp;
  const found = stoppedReasons(tcp, 'client');
  // Browsers, phones and health checks end idle connections by a reset: that is no trouble.
  if (isMany(abandoned, connections)) {
    found.push({
      cause: 'client',
      weight: abandoned / connections / LIMITS.failed,
      reason: `Client: reset ${numberText(abandoned)} of ${countText(connections, 'connection')} before the response came.`,
    });
  }
  return found;
}

function stoppedReasons({ zeroWindows, dataPackets }: TcpFigures, cause: keyof BySide): Found[] {
  const times = zeroWindows[cause];
  const received = dataPackets[cause === 'server' ? 'client' : 'server'];
  if (times < LIMITS.events || times < received * LIMITS.stopped) return [];
  const who = cause === 'server' ? 'Server' : 'Client';
  return [{ cause, weight: 1, reason: stopped(who, times) }];
}

function unreachableReasons({ unanswered, connections }: TcpFigures): Found[] {
  if (!isMany(unanswered, connections)) return [];
  return [
    {
      cause: 'unreachable',
      weight: unanswered / connections / LIMITS.failed,
      reason: `Server down, or a firewall drops: ${numberText(unanswered)} of ${countText(connections, 'connection')} got no answer at all.`,
    },
  ];
}

/** A share that matters; a single connection that fails matters too if it is the only one. */
function isMany(count: number, connections: number): boolean {
  const isShare = count / connections >= LIMITS.failed;
  return isShare && (count >= LIMITS.events || count === connections);
}

/** A share that matters, and more than chance; or all of the few that there are. */
function isSlow(count: number, all: number): boolean {
  return count / all >= LIMITS.slow && (count >= LIMITS.events || count === all);
}

/** Data packets that were sent again, of how many; the share is 0 where copies hide it. */
export function lossOf({ resent, dataPackets, copies }: TcpFigures) {
  const again = resent.client + resent.server;
  const sent = dataPackets.client + dataPackets.server - copies;
  const isKnown = sent > 0 && copies < sent * LIMITS.copies;
  return { resent: again, sent, share: isKnown ? again / sent : 0 };
}

function quietReason(tcp: TcpFigures): string {
  const { handshakeTime, responseTime } = tcp;
  const { resent, sent } = lossOf(tcp);
  const parts = [
    handshakeTime && `round trip ${ms(handshakeTime.medianMs)}`,
    responseTime && `server response ${ms(responseTime.medianMs)}`,
    `${numberText(resent)} of ${countText(sent, 'data packet')} sent again`,
  ];
  return `Neither network, server nor client stands out: ${parts.filter(Boolean).join(', ')}.`;
}

const stopped = (who: string, times: number) =>
  `${who}: too slow to take data (told the other end to stop ${countText(times, 'time')}: zero window).`;

const ms = (milliseconds: number) => durationText(milliseconds / 1000);
