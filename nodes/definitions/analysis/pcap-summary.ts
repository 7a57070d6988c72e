import { AllegroError, inputError } from '../../../client';
import { MAX_CONVERSATIONS, MAX_FLOWS, summarizePcap } from '../../../client/pcap';
import { defineLocalNode } from '../model/define-node';
import { fullJson, simplifiedJson, SUMMARY_DEFAULTS } from './pcap-summary-json';
import { say } from '../../../client/values/sentence';
import { asText } from '../../../client/values/text';

/** Tells what is in a capture file, and what is wrong with it. No appliance is asked. */
export const pcapSummary = defineLocalNode({
  name: 'pcapSummary',
  label: 'Pcap Summary',
  group: 'Pcap File',
  verb: 'Summarize',
  action: 'Summarize a pcap',
  description:
    'Summarizes a pcap or pcapng file and finds what is wrong: network, server or client, top conversations, protocols, and whether the file is complete',
  details: [
    'No appliance is needed: the file is read on this machine, once and as a stream, whatever its size. For packets that a node captures, set Summary in that node instead: they are summarized while they arrive.',
    '"text" is one to five lines for a chat or a ticket. "markdown" (without Simplify) is a table of the conversations.',
    '"verdict" says whether the network, the server or the client is slow, with the figures it rests on. It judges TCP alone: round trip of the handshake, time from the last byte of a request to the first of the response, refused, unanswered and reset connections, packets sent again, and zero windows. "unknown" means that it cannot tell, mostly because the capture has one direction only. It does not look into encrypted data and does not know what is usual in your network.',
    '"findings" is what stands out: scans, beacons, long DNS names, clear-text logins, expired certificates, several DHCP servers, address conflicts, loss, bad voice and more, each with addresses, times, a count and a display filter for Wireshark. A finding is a reason to look, not proof: monitoring looks like a beacon, and a failover like ARP spoofing. The rules and their thresholds are in the docs, under "Pcap Summary: rules and accuracy".',
    'Names come from DNS, TLS (server name, version, ALPN, JA4 fingerprint, and up to TLS 1.2 the certificate), HTTP/1 and the first packets of QUIC. Conversations carry the name of their server. ICMP, ARP, DHCP, SIP calls and RTP (loss and jitter by RFC 3550) are read as well. Passwords are never part of the output.',
    'As in a capture\'s result, "bytes" is the length of the file. "wireBytes" are the bytes of the packets on the wire; "capturedBytes" those in the file, less where packets were cut to a snap length ("truncatedPackets"). Bytes of conversations and protocols are those on the wire.',
    'Headers are decoded for Ethernet, Linux cooked captures (SLL, SLL2), raw IP and loopback; VLAN, QinQ, MPLS, PPPoE; IPv4, IPv6 with extension headers; GRE, VXLAN, GENEVE and IP in IP, which are seen through to the innermost addresses. Each packet counts once under "protocols", by its innermost header or, over TCP and UDP, by a well-known port of either end. Under "layers" it counts once for each header. Fragments are counted, not put together.',
    `Conversations are between two addresses: IP, or MAC where there is no IP. "a" is the end whose packet came first. Memory is bounded: at most ${MAX_CONVERSATIONS} conversations and ${MAX_FLOWS} connections are held, and so are names, addresses and calls. What did not fit, and by how much counts may be too low, is under "limits" and in a warning; totals and protocols are exact in any case.`,
    'A damaged or truncated file is described up to the damage: "complete" is false, and "fault" says what is wrong and where.',
  ],
  permission: 'None',
  source: 'Pcap extraction (the two formats)',
  needsAppliance: false,
  fields: [
    {
      name: 'file',
      label: 'File',
      type: 'file',
      default: '',
      required: true,
      description: 'The pcap or pcapng file',
    },
    {
      name: 'conversationLimit',
      label: 'Top Conversations',
      type: 'number',
      default: SUMMARY_DEFAULTS.conversationLimit,
      min: 0,
      max: 1000,
      integer: true,
      description: 'Number of conversations to list, by bytes',
    },
    {
      name: 'conversationEnds',
      label: 'Conversations Between',
      type: 'options',
      default: 'addresses',
      options: [
        { value: 'addresses', label: 'Addresses' },
        {
          value: 'ports',
          label: 'Addresses and Ports',
          description: 'One conversation per connection',
        },
      ],
      description: 'Ends of a conversation',
    },
    {
      name: 'simplify',
      label: 'Simplify',
      type: 'boolean',
      default: true,
      description: 'Whether to return a simplified version of the response instead of the raw data',
    },
    {
      name: 'maxCharacters',
      label: 'Max Characters',
      type: 'number',
      default: SUMMARY_DEFAULTS.maxCharacters,
      min: 2000,
      max: 100_000,
      integer: true,
      description: 'Maximum length of the JSON text. Longer lists are cut to fit',
      showWhen: { simplify: [true] },
      advanced: true,
    },
    {
      name: 'faultIsError',
      label: 'Fail If Damaged',
      type: 'boolean',
      default: false,
      description: 'Whether to fail if the file is truncated or damaged',
      advanced: true,
    },
  ],
  sampleOutput: {
    fileName: 'incident.pcapng',
    text: 'incident.pcapng: 1,834 packets, 1.5 MB on the wire, 119.8 s from 2026-11-23 15:49:00 UTC.\nServer: 9 of 14 responses took 500 ms or longer beyond the round trip (median of all 2.3 s, longest 3.9 s; a round trip takes 16 ms).\nMost bytes: 10.1.2.3 ↔ 10.1.2.100 (files.example), 1.2 MB (82.8 %).\nStands out: 10.1.2.66 connects to 198.51.100.66:8443 every 10 s (12 times): a beacon, or monitoring.',
    verdict: {
      causes: ['server'],
      reasons: [
        'Server: 9 of 14 responses took 500 ms or longer beyond the round trip (median of all 2.3 s, longest 3.9 s; a round trip takes 16 ms).',
      ],
    },
    packets: 1834,
    bytes: 1482034,
    format: 'pcapng',
    complete: true,
    fault: null,
    wireBytes: 1452690,
    capturedBytes: 1452690,
    truncatedPackets: 0,
    firstPacket: '2026-11-23T15:49:00.118223Z',
    lastPacket: '2026-11-23T15:50:59.870112Z',
    durationSeconds: 119.751889,
    outOfOrder: 0,
    normalizedTimes: 0,
    linkTypes: ['Ethernet'],
    snapLength: 65535,
    sha256: 'b1946ac92492d2347c6235b4d2611184e8d1c4c2b6f3a8d9a1c0b5d6e7f80912',
    tcp: {
      connections: 16,
      refused: 0,
      unanswered: 0,
      oneSided: 0,
      resets: 0,
      dataPackets: 1302,
      resent: 2,
      handshakeMedianMs: 16.033,
      responseMedianMs: 2311.482,
      responseMaxMs: 3901.277,
    },
    dns: { queries: 12, unanswered: 0, responseCodes: { NOERROR: 12 }, medianMs: 2.004 },
    conversationCount: 14,
    warnings: [],
    conversations: [
      {
        a: '10.1.2.3',
        b: '10.1.2.100',
        name: 'files.example',
        packets: 1210,
        bytes: 1203114,
        sharePercent: 82.8,
        verdict: 'server',
      },
    ],
    findings: [
      {
        rule: 'beacon',
        text: '10.1.2.66 connects to 198.51.100.66:8443 every 10 s (12 times): a beacon, or monitoring.',
        addresses: ['10.1.2.66', '198.51.100.66'],
        count: 12,
        from: '2026-11-23T15:49:00.500Z',
        to: '2026-11-23T15:50:50.500Z',
        displayFilter:
          'tcp.flags.syn == 1 && ip.addr == 10.1.2.66 && ip.addr == 198.51.100.66 && tcp.port == 8443',
      },
    ],
    dnsNames: [{ name: 'files.example', count: 12 }],
    failedNames: [],
    serverNames: [{ name: 'www.example.com', count: 4 }],
    httpHosts: [],
    voice: [],
    protocols: [{ protocol: 'SMB', packets: 1200, bytes: 1202514, sharePercent: 82.8 }],
  },
  producesFile: false,
  passesFileOn: true,

  async *run({ signal, progress }, values) {
    const file = values.file;
    const content = await summarizePcap(await file.open(true), {
      byPorts: values.conversationEnds === 'ports',
      conversations: values.conversationLimit,
      signal,
      onProgress: (bytes, packets) =>
        progress({ step: 'reading', bytes, totalBytes: file.size, packets }),
    }).catch((error: unknown) => {
      throw error instanceof AllegroError ? error : unreadableError(file.name, error);
    });
    const { fault } = content.file;
    const isOther = fault?.kind === 'notCapture' || fault?.kind === 'empty';
    if (fault && (isOther || values.faultIsError)) {
      throw inputError(
        'file',
        say`${file.name}: ${fault.message}`,
        isOther ? say`Use a pcap or pcapng file.` : say`Get the file again if you can.`,
      );
    }
    const json = values.simplify
      ? simplifiedJson(file.name, content, values.maxCharacters)
      : fullJson(file.name, content);
    yield { json };
  },
});

function unreadableError(name: string, cause: unknown): AllegroError {
  return new AllegroError({
    kind: 'incomplete',
    field: 'file',
    what: say`"${name}" could not be read completely (${cause instanceof Error ? cause.message : asText(cause)}).`,
    advice: say`Make sure that the file exists and is readable, then try again.`,
    canRetry: true,
    cause,
  });
}
