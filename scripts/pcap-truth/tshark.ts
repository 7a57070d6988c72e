import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HELLO_FIELDS, ja4OfColumns } from './tshark-tls';

/** Columns that tshark writes of each packet; several values of one are joined by commas. */
const FIELDS = [
  'frame.time_epoch',
  'tcp.stream',
  'ip.src',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.len',
  'tcp.flags',
  'tcp.analysis.retransmission',
  'tcp.analysis.out_of_order',
  'tcp.analysis.zero_window',
  'tcp.analysis.ack_lost_segment',
  'tcp.analysis.initial_rtt',
  'dns.flags.response',
  'dns.flags.rcode',
  'dns.qry.name',
  ...HELLO_FIELDS,
  'x509af.utcTime',
  'tls.handshake.extensions_server_name',
  'http.request.method',
  'http.host',
  'icmp.type',
  'arp.opcode',
  'dhcp.option.dhcp',
  'sip.CSeq.method',
  'sip.Call-ID',
  'frame.protocols',
] as const;

type Row = Record<(typeof FIELDS)[number], string>;

async function* packets(path: string): AsyncGenerator<Row> {
  const options = FIELDS.flatMap((field) => ['-e', field]);
  const { stdout } = await promisify(execFile)(
    'tshark',
    // Whole packets only: a message in several packets counts where it begins.
    ['-r', path, '-n', '-T', 'fields', ...options],
    { maxBuffer: 2e9, env: { ...process.env, TZ: 'UTC' } },
  );
  for (const line of stdout.split('\n')) {
    if (line === '') continue;
    const values = line.split('\t');
    yield Object.fromEntries(FIELDS.map((name, index) => [name, values[index] ?? ''])) as Row;
  }
}

interface Stream {
  client: string;
  hasAnswer: boolean;
  isOpen: boolean;
  hasSynAck: boolean;
  hasFin: boolean;
  firstUs: number;
  sides: Set<string>;
  hasMore: boolean;
  isRefused: boolean;
  reset: string;
  requestUs: number;
}

/** What tshark says of a file, in the figures of {@link ourFigures}. */
export async function tsharkFigures(path: string): Promise<Record<string, number>> {
  const figures = new Counts();
  const streams = new Map<string, Stream>();
  const roundTrips = new Map<string, number>();
  const calls = new Set<string>();
  let endUs = 0;
  for await (const row of packets(path)) {
    const us = Number(row['frame.time_epoch']) * 1e6;
    endUs = Math.max(endUs, us);
    countFields(figures, row);
    if (row['sip.CSeq.method'] === 'INVITE') calls.add(row['sip.Call-ID']);
    if (row['tcp.stream'] === '') continue;
    followStream(figures, streams, row, us);
    const trip = row['tcp.analysis.initial_rtt'];
    if (trip !== '') roundTrips.set(row['tcp.stream'], Number(trip) * 1000);
  }
  for (const stream of streams.values()) concludeStream(figures, stream, endUs);
  await countVoice(figures, path);
  figures.set('HTTP responses', await httpResponses(path));
  figures.set('TCP connections', streams.size);
  figures.set('SIP calls', calls.size);
  figures.set('Handshakes', roundTrips.size);
  figures.set('Longest handshake (ms)', Math.max(0, ...roundTrips.values()));
  return figures.all;
}

/**
 * Heads of responses, packet by packet. Where a capture begins within a body, tshark takes all that
 * follows for a part of it if it puts the data together.
 */
async function httpResponses(path: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    'tshark',
    [
      ...['-r', path, '-n', '-o', 'tcp.desegment_tcp_streams:false', '-Y', 'http.response'],
      ...['-T', 'fields', '-e', 'http.response.code'],
    ],
    { maxBuffer: 1e8 },
  );
  return valuesOf(stdout.trim().replaceAll('\n', ',')).length;
}

/** Streams of fewer packets are left out, as Pcap Summary does. */
const MIN_RTP_PACKETS = 20;

/** Packets, loss and mean jitter of each stream, from tshark's own table. */
async function countVoice(figures: Counts, path: string): Promise<void> {
  const options = ['-r', path, '-n', '-q', '--enable-heuristic', 'rtp_udp', '-z', 'rtp,streams'];
  const { stdout } = await promisify(execFile)('tshark', options, { maxBuffer: 1e8 });
  const row = /0x[0-9A-F]{8} .* (\d+) +(-?\d+) \([-\d.]+%\) +(?:[-\d.]+ +){4}([\d.]+) /g;
  for (const [, packets, lost, jitter] of stdout.matchAll(row)) {
    if (Number(packets) < MIN_RTP_PACKETS) continue;
    figures.add('RTP streams');
    figures.add('RTP packets', Number(packets));
    figures.add('RTP packets lost', Number(lost));
    figures.add('Sum of mean jitters (ms)', Number(jitter));
  }
}

class Counts {
  readonly all: Record<string, number> = {};

  add(name: string, count = 1): void {
    this.all[name] = (this.all[name] ?? 0) + count;
  }

  set(name: string, value: number): void {
    this.all[name] = value;
  }
}

const valuesOf = (text: string) => (text === '' ? [] : text.split(','));

function countFields(figures: Counts, row: Row): void {
  figures.add('Packets');
  if (row['tcp.analysis.retransmission'] !== '') figures.add('Retransmissions');
  if (row['tcp.analysis.out_of_order'] !== '') figures.add('Out of order');
  if (row['tcp.analysis.zero_window'] !== '') figures.add('Zero windows');
  if (row['tcp.analysis.ack_lost_segment'] !== '') figures.add('Acknowledged, not captured');
  if (Number(row['tcp.len']) > 0) figures.add('Packets with TCP data');
  if (row['frame.protocols'].endsWith(':dns')) {
    const isResponse = /^(1|True)/.test(row['dns.flags.response']);
    figures.add(isResponse ? 'DNS responses' : 'DNS queries');
    if (isResponse && row['dns.flags.rcode'] === '3') figures.add('NXDOMAIN');
    if (isResponse && row['dns.flags.rcode'] === '2') figures.add('SERVFAIL');
    if (!isResponse) figures.add(`name ${row['dns.qry.name'].toLowerCase()}`);
  }
  for (const type of valuesOf(row['tls.handshake.type'])) {
    if (type === '1') {
      figures.add('TLS ClientHellos');
      if (row['frame.protocols'].includes('quic')) figures.add('QUIC ClientHellos');
      figures.add(`ja4 ${ja4OfColumns(row)}`);
    }
  }
  // Begin and end of each certificate; the first one of a chain is the server's.
  const [, end] = valuesOf(row['x509af.utcTime']);
  if (end !== undefined) figures.add(`certificate ${end.slice(0, 10)}`);
  countLayers(figures, row['frame.protocols'].split(':'));
  for (const name of valuesOf(row['tls.handshake.extensions_server_name'])) {
    figures.add(`server ${name.toLowerCase()}`);
  }
  // A packet sent again is shown as HTTP again where its first copy is missing.
  figures.add('HTTP requests', valuesOf(row['http.request.method']).length);
  for (const host of valuesOf(row['http.host'])) figures.add(`host ${host.toLowerCase()}`);
  if (row['icmp.type'].split(',')[0] === '3') figures.add('ICMP unreachable');
  if (row['arp.opcode'] === '1') figures.add('ARP requests');
  if (row['arp.opcode'] === '2') figures.add('ARP replies');
  if (row['dhcp.option.dhcp'] === '2') figures.add('DHCP offers');
}

/** Layers by the names that Pcap Summary gives them. */
const LAYERS: Record<string, string> = {
  vlan: 'VLAN',
  mpls: 'MPLS',
  pppoes: 'PPPoE',
  gre: 'GRE',
  vxlan: 'VXLAN',
  geneve: 'GENEVE',
  ip: 'IPv4',
  ipv6: 'IPv6',
};

function countLayers(figures: Counts, protocols: string[]): void {
  // Behind ICMP stands the packet that a message is about.
  const end = protocols.findIndex((protocol) => protocol.startsWith('icmp'));
  for (const protocol of new Set(end < 0 ? protocols : protocols.slice(0, end))) {
    if (LAYERS[protocol]) figures.add(`layer ${LAYERS[protocol]}`);
  }
}

/** By the handshake; without it, the lower port is the server's. */
function clientOf(row: Row, flags: number, sender: string): string {
  const isClient =
    flags & SYN ? (flags & ACK) === 0 : Number(row['tcp.srcport']) > Number(row['tcp.dstport']);
  return isClient ? sender : 'the other';
}

const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];

/** Handshake, resets and responses, computed anew from tshark's columns. */
function followStream(figures: Counts, streams: Map<string, Stream>, row: Row, us: number): void {
  const id = row['tcp.stream'];
  const flags = Number(row['tcp.flags']);
  const sender = `${row['ip.src']}:${row['tcp.srcport']}`;
  const isSyn = (flags & (SYN | ACK)) === SYN;
  let stream = streams.get(id);
  if (!stream) {
    const none = { hasAnswer: false, isOpen: isSyn, hasSynAck: false, hasFin: false };
    const rest = { sides: new Set<string>(), hasMore: false, isRefused: false, reset: '' };
    stream = {
      client: clientOf(row, flags, sender),
      firstUs: us,
      requestUs: NaN,
      ...none,
      ...rest,
    };
    streams.set(id, stream);
  }
  stream.sides.add(sender);
  if (stream.client === 'the other' && stream.sides.size === 2) stream.client = sender;
  const isClient = sender === stream.client;
  if (isClient && !isSyn) stream.hasMore = true;
  if (flags & RST && !stream.hasFin && !stream.isRefused && stream.reset === '') {
    if (!isClient && stream.isOpen && !stream.hasSynAck && !stream.hasMore) stream.isRefused = true;
    else stream.reset = sender;
  }
  if ((flags & (SYN | ACK)) === (SYN | ACK)) stream.hasSynAck = true;
  if (flags & FIN) stream.hasFin = true;
  const isFresh =
    row['tcp.analysis.retransmission'] === '' && row['tcp.analysis.out_of_order'] === '';
  if (Number(row['tcp.len']) === 0 || !isFresh) return;
  if (isClient) stream.requestUs = us;
  else if (stream.requestUs >= 0) {
    figures.add('Server responses');
    figures.add('Sum of response times (ms)', (us - stream.requestUs) / 1000);
    stream.requestUs = NaN;
  }
}

function concludeStream(figures: Counts, stream: Stream, endUs: number): void {
  if (stream.isRefused) figures.add('Refused');
  if (stream.reset !== '') figures.add('Reset');
  const isSilent = stream.sides.size === 1 && stream.isOpen && !stream.hasMore;
  if (isSilent && endUs - stream.firstUs >= 1e6) figures.add('Unanswered');
}
