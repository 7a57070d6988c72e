import {
  countText,
  durationText,
  numberText,
  sizeText,
  utcText,
} from '../../../client/values/amount-text';
import type { PcapContent, Traffic } from '../../../client/pcap';

type Conversation = Traffic['conversations'][number];

/** One to five lines for a chat or the head of a ticket: the file, the verdict, what stands out. */
export function summaryText(fileName: string, { file, traffic }: PcapContent): string {
  const lines = [fileLine(fileName, file)];
  if (file.packets === 0) return lines[0];
  const { tcp, rtp } = traffic;
  if (tcp.connections > 0) lines.push(traffic.verdict.reasons.slice(0, 2).join(' '));
  else if (rtp.list.length > 0) lines.push(voiceLine(rtp));
  const [largest] = traffic.conversations;
  if (largest) lines.push(`Most bytes: ${conversationLine(largest, file.packetBytes)}.`);
  const { findings, worst } = traffic;
  if (findings.length > 0) {
    const [first, second] = findings.filter(
      ({ rule }, index) => findings.findIndex((other) => other.rule === rule) === index,
    );
    const shown = second ? [first.text, second.text] : [first.text];
    const more = findings.length - shown.length;
    lines.push(`Stands out: ${shown.join(' ')}${more > 0 ? ` And ${more} more.` : ''}`);
  }
  if (worst?.verdict && traffic.conversationCount > 1) {
    lines.push(`Worst: ${endsText(worst)}: ${worst.verdict.reasons[0]}`);
  }
  return lines.join('\n');
}

function fileLine(fileName: string, file: PcapContent['file']): string {
  const { firstPacket, lastPacket, packets, packetBytes, complete } = file;
  if (packets === 0) return `${fileName}: no packets.`;
  const parts = [countText(packets, 'packet'), `${sizeText(packetBytes)} on the wire`];
  if (firstPacket && lastPacket) {
    const seconds = (lastPacket.microseconds - firstPacket.microseconds) / 1e6;
    parts.push(`${durationText(seconds)} from ${utcText(firstPacket.iso)}`);
  }
  if (!complete) parts.push('the file is damaged');
  return `${fileName}: ${parts.join(', ')}.`;
}

function voiceLine({ streams, list: [worst] }: Traffic['rtp']): string {
  const all = `Voice or video: ${countText(streams, 'stream')}`;
  const { from, to, lost, lostPercent, meanJitterMs } = worst;
  if (lost === 0) return `${all}, no packet lost.`;
  const jitter =
    meanJitterMs === null
      ? 'unknown jitter'
      : `a mean jitter of ${durationText(meanJitterMs / 1000)}`;
  return `${all}. Most loss: ${lostPercent} %, with ${jitter}, from ${from} to ${to}.`;
}

function conversationLine(conversation: Conversation, allBytes: number): string {
  const { bytes } = conversation;
  return `${endsText(conversation)}, ${sizeText(bytes)} (${percentOf(bytes, allBytes)} %)`;
}

/** As `10.1.2.3 ↔ 10.1.2.100:443 (files.example)`. */
function endsText({ a, b, name, ...ports }: Conversation): string {
  const end = (address: string, port?: number) => {
    if (port === undefined) return address;
    return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  };
  const ends = `${end(a, ports.aPort)} ↔ ${end(b, ports.bPort)}`;
  return name === null ? ends : `${ends} (${name})`;
}

/** The conversations as a Markdown table, with what stands out under it. */
export function summaryMarkdown({ file, traffic }: PcapContent): string {
  const rows = traffic.conversations.map((conversation) => [
    endsText(conversation),
    numberText(conversation.packets),
    sizeText(conversation.bytes),
    `${percentOf(conversation.bytes, file.packetBytes)} %`,
    conversation.verdict?.reasons[0] ?? '',
  ]);
  const head = ['Conversation', 'Packets', 'Bytes', 'Share', 'TCP'];
  const table = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map(escapeCell).join(' | ')} |`,
  );
  const { findings } = traffic;
  if (findings.length === 0) return table.join('\n');
  const found = findings.map(
    ({ text, displayFilter }) => `- ${escapeCell(text)} \`${displayFilter}\``,
  );
  return [...table, '', '**What stands out**', '', ...found].join('\n');
}

/** Names come from the network: nothing in them may end a cell or become a link. */
const escapeCell = (text: string) => text.replace(/[\\|[\]<>*_`]/g, '\\$&').replace(/\s+/g, ' ');

export function percentOf(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0;
}
