import { timeWarnings, type PcapContent, type Traffic } from '../../../client/pcap';
import { percentOf, summaryMarkdown, summaryText } from './pcap-summary-text';
import { listed, say, type Sentence } from '../../../client/values/sentence';

type Json = Record<string, unknown>;

/** Defaults of the fields of Pcap Summary; what a capture's own summary is like. */
export const SUMMARY_DEFAULTS = {
  conversationLimit: 10,
  maxCharacters: 4000,
} as const;

/** Everything that was found. */
export function fullJson(fileName: string, content: PcapContent): Json {
  const { file, traffic } = content;
  const share = (bytes: number) => percentOf(bytes, file.packetBytes);
  const { verdict, conversations, protocols, ...others } = traffic;
  return {
    // What a person looks for first.
    fileName,
    text: summaryText(fileName, content),
    verdict,
    ...fileJson(content),
    markdown: summaryMarkdown(content),
    conversations: conversations.map((conversation, index) => ({
      rank: index + 1,
      ...conversation,
      sharePercent: share(conversation.bytes),
    })),
    protocols: protocols.map((entry) => ({ ...entry, sharePercent: share(entry.bytes) })),
    ...others,
    warnings: warningsFor(content),
  };
}

/** The file itself. The same names as in a capture's result mean the same. */
function fileJson({ file, sha256 }: PcapContent): Json {
  const { firstPacket, lastPacket } = file;
  return {
    packets: file.packets,
    bytes: file.bytes,
    format: file.format,
    complete: file.complete,
    fault: file.fault ?? null,
    wireBytes: file.packetBytes,
    capturedBytes: file.capturedBytes,
    truncatedPackets: file.truncatedPackets,
    firstPacket: firstPacket?.iso ?? null,
    lastPacket: lastPacket?.iso ?? null,
    durationSeconds:
      firstPacket && lastPacket ? (lastPacket.microseconds - firstPacket.microseconds) / 1e6 : null,
    outOfOrder: file.outOfOrder,
    normalizedTimes: file.normalizedTimes,
    linkTypes: file.linkTypeNames,
    snapLength: file.snapLength ?? null,
    sha256,
  };
}

/**
 * The same in few words, for a message or a language model: figures of the file, the text, and lists
 * as long as they fit.
 *
 * @param maxCharacters of the JSON text; what has no list is never cut, some 1,500 characters
 */
export function simplifiedJson(
  fileName: string,
  content: PcapContent,
  maxCharacters: number,
): Json {
  const { traffic, file } = content;
  const share = (bytes: number) => percentOf(bytes, file.packetBytes);
  const lists: Record<string, unknown[]> = {
    warnings: warningsFor(content),
    conversations: traffic.conversations.map(({ a, b, aPort, bPort, ...conversation }) => ({
      ...{ a, aPort, b, bPort },
      ...(conversation.name === null ? {} : { name: conversation.name }),
      packets: conversation.packets,
      bytes: conversation.bytes,
      sharePercent: share(conversation.bytes),
      ...(conversation.verdict ? { verdict: conversation.verdict.causes.join(', ') } : {}),
    })),
    findings: traffic.findings,
    dnsNames: traffic.dns.names,
    failedNames: [...traffic.dns.nxdomain, ...traffic.dns.servfail, ...traffic.dns.unansweredNames],
    serverNames: traffic.tls.serverNames,
    httpHosts: traffic.http.hosts,
    voice: traffic.rtp.list.map(({ from, to, packets, lostPercent, meanJitterMs }) => ({
      ...{ from, to, packets, lostPercent, meanJitterMs },
    })),
    protocols: traffic.protocols.map(({ protocol, packets, bytes }) => ({
      ...{ protocol, packets, bytes },
      sharePercent: share(bytes),
    })),
  };
  const fixed = {
    fileName,
    text: summaryText(fileName, content),
    verdict: { causes: traffic.verdict.causes, reasons: traffic.verdict.reasons.slice(0, 3) },
    ...fileJson(content),
    tcp: compactTcp(traffic.tcp),
    dns: compactDns(traffic.dns),
    conversationCount: traffic.conversationCount,
  };
  return fit(fixed, lists, maxCharacters);
}

function compactTcp(tcp: Traffic['tcp']): Json {
  const { connections, refused, unanswered, oneSided } = tcp;
  return {
    ...{ connections, refused, unanswered, oneSided },
    resets: tcp.resets.client + tcp.resets.server,
    dataPackets: tcp.dataPackets.client + tcp.dataPackets.server,
    resent: tcp.resent.client + tcp.resent.server,
    handshakeMedianMs: tcp.handshakeTime?.medianMs ?? null,
    responseMedianMs: tcp.responseTime?.medianMs ?? null,
    responseMaxMs: tcp.responseTime?.maxMs ?? null,
  };
}

function compactDns({ queries, unanswered, responseUnknown, ...dns }: Traffic['dns']): Json {
  return {
    ...{ queries, unanswered, ...(responseUnknown > 0 ? { responseUnknown } : {}) },
    responseCodes: dns.responseCodes,
    medianMs: dns.responseTime?.medianMs ?? null,
  };
}

/** Cuts the list that takes the most room until all fit; says how many entries are left out. */
function fit(fixed: Json, lists: Record<string, unknown[]>, maxCharacters: number): Json {
  const cuts = Object.entries(lists).map(([name, list]) => new ListCut(name, list));
  for (;;) {
    const cut = cuts.filter(({ omitted }) => omitted > 0);
    const json = {
      ...fixed,
      ...Object.fromEntries(cuts.map(({ name, kept }) => [name, kept])),
      ...(cut.length > 0
        ? { omitted: Object.fromEntries(cut.map(({ name, omitted }) => [name, omitted])) }
        : {}),
    };
    let excess = JSON.stringify(json).length - maxCharacters;
    if (excess <= 0 || cuts.every(({ size }) => size === 0)) return json;
    while (excess > 0) {
      const largest = cuts.reduce((one, other) => (other.size > one.size ? other : one));
      if (largest.size === 0) break;
      excess -= largest.dropLast();
    }
  }
}

/** A list that loses its last entries. They are measured once: there may be thousands. */
class ListCut {
  private readonly sizes: number[];
  size: number;

  constructor(
    readonly name: string,
    private readonly list: readonly unknown[],
  ) {
    this.sizes = list.map((entry) => JSON.stringify(entry).length + 1);
    this.size = this.sizes.reduce((sum, size) => sum + size, 0);
  }

  get kept(): unknown[] {
    return this.list.slice(0, this.sizes.length);
  }

  get omitted(): number {
    return this.list.length - this.sizes.length;
  }

  /** @returns characters that are saved */
  dropLast(): number {
    const size = this.sizes.pop() ?? 0;
    this.size -= size;
    return size;
  }
}

function warningsFor({ file, traffic }: PcapContent): Sentence[] {
  const warnings: Sentence[] = [];
  if (file.fault) warnings.push(say`The file is damaged. ${file.fault.message}`);
  warnings.push(...timeWarnings(file));
  warnings.push(...limitWarnings(traffic.limits));
  if (traffic.notDecoded > 0) {
    warnings.push(
      say`${traffic.notDecoded} [packet is|packets are] of a link type that is not decoded (${listed(file.linkTypeNames)}).`,
    );
  }
  return warnings;
}

/** What memory could not hold. All that is not in a list is exact. */
function limitWarnings(limits: Traffic['limits']): Sentence[] {
  const warnings: Sentence[] = [];
  const others: Sentence[] = [];
  for (const { table, max, dropped, error } of limits) {
    if (table === 'conversations') {
      warnings.push(
        say`There are more than ${max} [conversation|conversations]: ${dropped} with few bytes were combined as others. A conversation that is listed may lack up to ${error ?? 0} [byte|bytes].`,
      );
    } else if (table === 'flows') {
      warnings.push(
        say`There are more than ${max} [connection|connections] at once: ${dropped} that were idle for longest were closed early, and may count twice.`,
      );
    } else others.push(say`${table} (${dropped} beyond ${max})`);
  }
  if (others.length > 0) {
    warnings.push(
      say`Some lists are incomplete, because they have more entries than are held: ${listed(others)}. The full result says under "limits" how far their counts may be too low.`,
    );
  }
  return warnings;
}
