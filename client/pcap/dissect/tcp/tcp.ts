import type { Flow, Direction } from '../../content/flows';
import type { Packet } from '../../content/packet';
import { serviceName } from '../../content/protocol-names';
import { ACK, ANSWER_LIMIT, SYN, TcpConnection } from './connection';
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
  /** The total's and a conversation's: one list for all packets. */
  private readonly tallies = [this.total, this.total];

  constructor(
    private readonly onOpened: (flow: Flow, client: Direction) => void = () => undefined,
    private readonly onFailed: (attempt: FailedAttempt) => void = () => undefined,
  ) {}

  /** Whether the flow has to begin anew before the packet is looked at. */
  isReused(packet: Packet, flow: Flow, direction: Direction): boolean {
    if (!flow.isSyn) return flow.tcp?.isReusedBy(packet, direction) === true;
    return isOpening(packet) && direction === 0 && packet.sequence !== flow.sequence;
  }

  look(packet: Packet, flow: Flow, direction: Direction): void {
    if (!flow.tcp && !flow.isSyn) {
      this.total.connections++;
      if (isOpening(packet)) {
        this.onOpened(flow, direction);
        if (packet.wireLength === 0) {
          flow.isSyn = true;
          flow.sequence = packet.sequence;
          flow.window = packet.window;
          return;
        }
      }
    }
    const tcp = flow.tcp ?? begin(flow, flow.isSyn ? 0 : clientOf(packet, flow, direction));
    tcp.look(packet, direction, this.talliesOf(flow));
  }

  finish(flow: Flow, endUs: number): void {
    if (flow.isSyn) this.finishSyn(flow, endUs);
    else if (flow.tcp) {
      const how = flow.tcp.finish(endUs, this.talliesOf(flow));
      if (how !== 'open') this.onFailed({ flow, client: flow.tcp.client, how });
    }
  }

  /** A flood ends here: nothing is made for it. */
  private finishSyn(flow: Flow, endUs: number): void {
    const isUnanswered = endUs - flow.firstUs >= ANSWER_LIMIT;
    // Nobody would see the figures of a conversation that was dropped.
    if (!flow.conversation.isDropped) {
      const tally = tallyOf(flow);
      tally.connections++;
      if (isUnanswered) tally.unanswered++;
    }
    if (!isUnanswered) return;
    this.total.unanswered++;
    this.onFailed({ flow, client: 0, how: 'unanswered' });
  }

  private talliesOf(flow: Flow): readonly TcpTally[] {
    this.tallies[1] = tallyOf(flow);
    return this.tallies;
  }
}

const isOpening = ({ flags }: Packet) => (flags & (SYN | ACK)) === SYN;
const tallyOf = ({ conversation }: Flow) => (conversation.tcp ??= new TcpTally());

/** What a flow keeps once more than a SYN is known of it. */
function begin(flow: Flow, client: Direction): TcpConnection {
  tallyOf(flow).connections++;
  const tcp = new TcpConnection(client);
  if (flow.isSyn) tcp.open(flow.sequence, flow.window, flow.firstUs);
  flow.isSyn = false;
  flow.tcp = tcp;
  return tcp;
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
