import type { Tables } from '../content/bounded-table';
import type { Conversation } from '../content/conversations';
import {
  directionOf,
  type Direction,
  type Flow,
  type FlowReader,
  type Flows,
} from '../content/flows';
import type { Packet } from '../content/packet';
import { ArpDissector, type ArpFigures } from './arp';
import { AttemptDissector } from './tcp/attempts';
import { DhcpDissector, type DhcpFigures } from './dhcp';
import { DnsDissector, type DnsFigures } from './dns/dns';
import { RULES, Sightings, type Finding } from './finding';
import { HttpDissector, type HttpFigures } from './http';
import { IcmpDissector, type IcmpFigures } from './icmp';
import { Logins } from './logins';
import { QuicDissector } from './tls/quic';
import { RtpDissector, type RtpFigures } from './rtp';
import { SipDissector, type SipFigures } from './sip';
import { TcpDissector } from './tcp/tcp';
import { tcpFindings } from './tcp/findings';
import type { TcpFigures } from './tcp/tally';
import { TlsDissector, type TlsFigures } from './tls/tls';
import { judge, type Verdict } from './tcp/verdict';

/** After so many payloads that nobody understands, a flow is left alone, but for a head of HTTP. */
const MAX_ATTEMPTS = 4;
/** Of one rule. */
const MAX_FINDINGS = 20;

/** What the dissectors found. Lists have as many entries as asked for. */
export interface Findings {
  verdict: Verdict;
  /** What stands out, by {@link RULES} and in their order. */
  findings: Finding[];
  tcp: TcpFigures;
  dns: DnsFigures;
  tls: TlsFigures;
  http: HttpFigures;
  icmp: IcmpFigures;
  arp: ArpFigures;
  dhcp: DhcpFigures;
  sip: SipFigures;
  rtp: RtpFigures;
}

/** Hands packets to the dissectors, and collects what they found. */
export class Dissectors {
  private readonly attempts = new AttemptDissector();
  private readonly tcp = new TcpDissector(
    (flow, client) => this.attempts.open(flow, client),
    (attempt) => this.attempts.fail(attempt),
  );
  private readonly dns = new DnsDissector();
  private readonly tls = new TlsDissector();
  private readonly logins = new Logins();
  private readonly http = new HttpDissector(this.logins);
  private readonly icmp = new IcmpDissector();
  private readonly arp = new ArpDissector();
  private readonly dhcp = new DhcpDissector();
  private readonly rtp = new RtpDissector();
  private readonly sip = new SipDissector(this.rtp.rates);
  private readonly byPayload: ReadonlyArray<{
    open(packet: Packet, flow: Flow): FlowReader | undefined;
  }> = [
    this.dns,
    this.dhcp,
    this.tls,
    new QuicDissector(this.tls),
    this.sip,
    this.http,
    this.logins,
    this.rtp,
  ];
  private readonly seen = new Sightings();

  /** @returns the flow, which may have begun anew */
  look(packet: Packet, flows: Flows): Flow {
    let flow = flows.of(packet);
    let direction = directionOf(flow, packet);
    this.seen.add(packet.timeUs);
    if (packet.ipProtocol === 6 && packet.flags !== 0) {
      if (this.tcp.isReused(packet, flow, direction)) {
        flow = flows.restart(flow, packet);
        direction = 0;
      }
      this.tcp.look(packet, flow, direction);
    }
    if (packet.end > packet.at && !packet.isRepeated) this.readPayload(packet, flow, direction);
    return flow;
  }

  private readPayload(packet: Packet, flow: Flow, direction: Direction): void {
    if (flow.reader === undefined) {
      for (const dissector of this.byPayload) {
        flow.reader = dissector.open(packet, flow);
        if (flow.reader) break;
      }
      flow.attempts++;
      if (flow.reader === undefined && flow.attempts >= MAX_ATTEMPTS) flow.reader = null;
    } else if (flow.reader === null) {
      // A capture may begin within a long body, whose connection goes on to be used.
      flow.reader = this.http.open(packet) ?? null;
    }
    flow.reader?.read(packet, flow, direction);
  }

  /** A packet without ports. */
  lookAside(packet: Packet): void {
    this.seen.add(packet.timeUs);
    this.icmp.look(packet);
    this.arp.look(packet);
  }

  /** A flow is over, or forgotten. */
  finish(flow: Flow): void {
    this.tcp.finish(flow, this.seen.lastUs);
    flow.reader?.close?.();
  }

  /** All that grows with the traffic. */
  tables(): Tables {
    const { attempts, dns, tls, logins, http, icmp, arp, dhcp, rtp, sip } = this;
    const all = [attempts, dns, tls, logins, http, icmp, arp, dhcp, rtp, sip];
    return Object.assign({}, ...all.map((one) => one.tables())) as Tables;
  }

  /** What an address (two bytes a character) is called, by the DNS responses in the capture. */
  nameOf(address: string): string | undefined {
    return this.dns.nameOf(address);
  }

  /**
   * @param limit how many entries a list has at most
   * @param conversations all of them
   */
  result(limit: number, conversations: readonly Conversation[]): Findings {
    this.dns.end();
    const tcp = this.tcp.total.figures();
    return {
      verdict: judge(tcp),
      findings: this.findings(conversations),
      tcp,
      dns: this.dns.result(limit),
      tls: this.tls.result(limit),
      http: this.http.result(limit),
      icmp: this.icmp.result(limit),
      arp: this.arp.result(limit),
      dhcp: this.dhcp.result(limit),
      sip: this.sip.result(limit),
      rtp: this.rtp.result(limit),
    };
  }

  private findings(conversations: readonly Conversation[]): Finding[] {
    const { attempts, dns, tls, logins, icmp, arp, dhcp, rtp } = this;
    const counted = [attempts, dns, tls, logins, icmp, arp, dhcp].flatMap((one) => one.findings());
    counted.push(...tcpFindings(conversations, this.tcp.total, this.seen));
    counted.sort((one, other) => other.count - one.count);
    // Streams come with the worst first already, which is not the longest.
    const found = [...counted, ...rtp.findings()];
    return Object.keys(RULES).flatMap((rule) =>
      found.filter((entry) => entry.rule === rule).slice(0, MAX_FINDINGS),
    );
  }
}
