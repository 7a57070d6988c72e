import type { Flow, Direction } from '../../content/flows';
import type { Packet } from '../../content/packet';
import { serviceName } from '../../content/protocol-names';
import { ACK, SYN, TcpConnection } from './connection';
import { TcpTally } from './tally';

/** How a connection ended that never opened: for whoever looks for scans. */
export interface FailedAttempt {
  flow: Flow;
  client: Direction;
  how: 'refused' | 'unanswered';
}

/** Follows TCP connections and counts their health, in all and for each conversation. */
export class TcpDissector {
  readonly total = new TcpTally();

  constructor(
    private readonly onOpened: (flow: Flow, client: Direction) => void = () => undefined,
    private readonly onFailed: (attempt: FailedAttempt) => void = () => undefined,
  ) {}

  /** Whether the flow has to begin anew before the packet is looked at. */
  isReused(packet: Packet, flow: Flow, direction: Direction): boolean {
    return flow.tcp?.isReusedBy(packet, direction) === true;
  }

  look(packet: Packet, flow: Flow, direction: Direction): void {
    const { conversation } = flow;
    conversation.tcp ??= new TcpTally();
    const tallies = [this.total, conversation.tcp];
    if (!flow.tcp) {
      flow.tcp = new TcpConnection(clientOf(packet, flow, direction));
      for (const tally of tallies) tally.connections++;
      if ((packet.flags & (SYN | ACK)) === SYN) this.onOpened(flow, direction);
    }
    flow.tcp.look(packet, direction, tallies);
  }

  finish(flow: Flow, endUs: number): void {
    const { tcp, conversation } = flow;
    if (!tcp) return;
    const how = tcp.finish(endUs, [this.total, (conversation.tcp ??= new TcpTally())]);
    if (how !== 'open') this.onFailed({ flow, client: tcp.client, how });
  }
}

/** By the handshake; without it by the ports: a known one, else the lower one, is the server's. */
function clientOf({ flags }: Packet, flow: Flow, direction: Direction): Direction {
  if (flags & SYN) {
    const opens = (flags & ACK) === 0;
    return opens === (direction === 0) ? 0 : 1;
  }
  const [first, second] = flow.ends;
  const isFirstKnown = serviceName('TCP', first.port, first.port) !== undefined;
  const isSecondKnown = serviceName('TCP', second.port, second.port) !== undefined;
  if (isFirstKnown !== isSecondKnown) return isFirstKnown ? 1 : 0;
  return first.port < second.port ? 1 : 0;
}
