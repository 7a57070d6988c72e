import { directionOf, type Flow, type FlowReader, type Flows } from '../content/flows';
import type { Packet } from '../content/packet';
import type { Dissector } from './dissector';
import { TcpDissector } from './tcp';
import type { TcpFigures } from './tcp-tally';
import { judge, type Verdict } from './verdict';

/** After so many payloads that nobody understands, a flow is left alone. */
const MAX_ATTEMPTS = 4;

/** What the dissectors found. Each list has as many entries as asked for. */
export interface Findings {
  tcp: TcpFigures;
  verdict: Verdict;
}

/** Hands packets to the dissectors. */
export class Dissectors {
  private readonly tcp = new TcpDissector();
  private readonly byPayload: ReadonlyArray<Dissector<unknown>> = [];
  private readonly byPacket: ReadonlyArray<Dissector<unknown>> = [];
  private endUs = NaN;

  /** @returns the flow, which may have begun anew */
  look(packet: Packet, flows: Flows): Flow {
    let flow = flows.of(packet);
    let direction = directionOf(flow, packet);
    if (!(packet.timeUs <= this.endUs)) this.endUs = packet.timeUs;
    if (packet.ipProtocol === 6 && packet.flags !== 0) {
      if (this.tcp.isReused(packet, flow, direction)) {
        flow = flows.restart(flow, packet);
        direction = 0;
      }
      this.tcp.look(packet, flow, direction);
    }
    if (packet.end <= packet.at || packet.isRepeated || flow.reader === null) return flow;
    flow.reader ??= this.open(packet, flow, direction);
    flow.reader?.read(packet, flow, direction);
    return flow;
  }

  /** A packet without ports. */
  lookAside(packet: Packet): void {
    for (const dissector of this.byPacket) dissector.look?.(packet);
  }

  /** A flow is over, or forgotten. */
  finish(flow: Flow): void {
    this.tcp.finish(flow, this.endUs);
  }

  private open(packet: Packet, flow: Flow, direction: 0 | 1): FlowReader | null | undefined {
    for (const dissector of this.byPayload) {
      const reader = dissector.open?.(packet, flow, direction);
      if (reader) return reader;
    }
    flow.attempts++;
    return flow.attempts >= MAX_ATTEMPTS ? null : undefined;
  }

  result(_limit: number): Findings {
    const tcp = this.tcp.total.figures();
    return { tcp, verdict: judge(tcp) };
  }
}
