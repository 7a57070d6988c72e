import { AllegroError, inputError } from '../../../client';
import {
  MAX_CONVERSATIONS,
  summarizePcap,
  timeWarnings,
  type PcapContent,
} from '../../../client/pcap';
import { defineLocalNode } from '../model/define-node';

/** Tells what is in a capture file. No appliance is asked. */
export const pcapSummary = defineLocalNode({
  name: 'pcapSummary',
  label: 'Pcap Summary',
  group: 'Pcap File',
  verb: 'Summarize',
  action: 'Summarize pcap',
  description:
    'Tells what is in a pcap or pcapng file: packets, time, top conversations and protocols, whether it is whole, and its SHA-256',
  details: [
    'No appliance is asked: the file is read on this machine, once and as a stream, whatever its size.',
    'Bytes are those on the wire. "capturedBytes" are those in the file, less where packets were cut to a snap length ("truncatedPackets").',
    'Headers are decoded for Ethernet with VLAN and QinQ tags, Linux cooked captures (SLL, SLL2), raw IP and loopback; IPv4, IPv6 with extension headers, ARP, TCP, UDP, SCTP, ICMP and others. Each packet counts once under "protocols", by its innermost header or, over TCP and UDP, by a well-known port of either end; that is what the port says, not what was found in the payload. Under "layers" it counts with every header. Packets of other link types are counted as "notDecoded".',
    `Conversations are between two addresses: IP, or MAC where there is no IP. "a" is the end whose packet came first. At most ${MAX_CONVERSATIONS} are held in memory: when the table is full, the half with the fewest bytes is put together as "others", and a warning says so. The large ones stay; totals and protocols are exact in any case.`,
    'A file that is damaged or cut is described up to the damage: "complete" is then false, and "fault" says what is wrong and where.',
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
      default: 10,
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
    format: 'pcapng',
    fileBytes: 1482034,
    sha256: 'b1946ac92492d2347c6235b4d2611184e8d1c4c2b6f3a8d9a1c0b5d6e7f80912',
    complete: true,
    fault: null,
    packets: 1834,
    bytes: 1452690,
    capturedBytes: 1452690,
    truncatedPackets: 0,
    firstPacket: '2026-11-23T15:49:00.118223Z',
    lastPacket: '2026-11-23T15:50:59.870112Z',
    durationSeconds: 119.751889,
    outOfOrder: 0,
    normalizedTimes: 0,
    linkTypes: ['Ethernet'],
    snapLength: 65535,
    conversations: [
      {
        rank: 1,
        a: '10.1.2.3',
        b: '10.1.2.100',
        packets: 1210,
        bytes: 1203114,
        packetsAToB: 410,
        bytesAToB: 33050,
        packetsBToA: 800,
        bytesBToA: 1170064,
        sharePercent: 82.8,
      },
    ],
    conversationCount: 14,
    others: { packets: 0, bytes: 0 },
    protocols: [
      { protocol: 'SMB', transport: 'TCP', packets: 1200, bytes: 1202514, sharePercent: 82.8 },
    ],
    layers: [{ layer: 'Ethernet', packets: 1834, bytes: 1452690 }],
    notDecoded: 0,
    cutHeaders: 0,
    warnings: [],
  },
  producesFile: false,

  async *run({ signal, progress }, values) {
    const file = values.file;
    const content = await summarizePcap(await file.open(), {
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
        `${file.name}: ${fault.message}`,
        isOther ? 'Hand in a pcap or pcapng file.' : 'Fetch the file again, if that is possible.',
      );
    }
    yield { json: toJson(file.name, content) };
  },
});

function unreadableError(name: string, cause: unknown): AllegroError {
  return new AllegroError({
    kind: 'incomplete',
    field: 'file',
    what: `"${name}" could not be read to its end (${cause instanceof Error ? cause.message : String(cause)}).`,
    advice: 'Make sure that the file is there and can be read, and try again.',
    canRetry: true,
    cause,
  });
}

function toJson(fileName: string, { file, sha256, traffic }: PcapContent): Record<string, unknown> {
  const { firstPacket, lastPacket, packetBytes } = file;
  const share = (bytes: number) =>
    packetBytes > 0 ? Math.round((bytes / packetBytes) * 1000) / 10 : 0;
  return {
    fileName,
    format: file.format,
    fileBytes: file.bytes,
    sha256,
    complete: file.complete,
    fault: file.fault ?? null,
    packets: file.packets,
    bytes: packetBytes,
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
    conversations: traffic.conversations.map((conversation, index) => ({
      rank: index + 1,
      ...conversation,
      sharePercent: share(conversation.bytes),
    })),
    conversationCount: traffic.conversationCount,
    others: traffic.others,
    protocols: traffic.protocols.map((entry) => ({ ...entry, sharePercent: share(entry.bytes) })),
    layers: traffic.layers,
    notDecoded: traffic.notDecoded,
    cutHeaders: traffic.cutHeaders,
    warnings: warningsFor({ file, traffic }),
  };
}

function warningsFor({ file, traffic }: Pick<PcapContent, 'file' | 'traffic'>): string[] {
  const warnings: string[] = [];
  if (file.fault) warnings.push(`The file is not whole. ${file.fault.message}`);
  warnings.push(...timeWarnings(file));
  if (traffic.isOverflown) {
    warnings.push(
      `There are more than ${MAX_CONVERSATIONS} conversations: those with the fewest bytes were put together as others, so that figures of small ones may be too low, and their number too.`,
    );
  }
  if (traffic.notDecoded > 0) {
    warnings.push(
      `${traffic.notDecoded} packets are of a link type that is not decoded (${file.linkTypeNames.join(', ')}).`,
    );
  }
  return warnings;
}
