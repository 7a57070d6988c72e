import { countText, durationText, numberText, percentText } from '../../values/amount-text';
import { BoundedTable } from '../content/bounded-table';
import { endText, type Direction, type End, type Flow, type FlowReader } from '../content/flows';
import type { Packet } from '../content/packet';
import type { Dissector } from './dissector';
import { finding, ipFilter, Sightings, type Finding } from './finding';
import { round } from './timing';

/** Source: RFC 3550, A.1 (sequence numbers), A.3 (loss) and A.8 (jitter); RFC 3551 (payload types). */

export interface RtpFigures {
  streams: number;
  /** The worst first: most lost, then most jitter. */
  list: Array<{
    from: string;
    to: string;
    /** Eight hexadecimal digits. */
    ssrc: string;
    payloadType: number;
    packets: number;
    lost: number;
    lostPercent: number;
    /** Null where nothing gives the clock rate. */
    meanJitterMs: number | null;
    maxJitterMs: number | null;
    /** The longest time between two packets. */
    maxGapMs: number;
  }>;
}

/** Fewer packets, or more holes than packets, are taken for something else that looks alike. */
const MIN_PACKETS = 20;
const BAD_LOSS = 0.03;
const BAD_JITTER_MS = 30;
const MIN_BAD_PACKETS = 100;
/** A jump of the sequence number by more begins a new stream, or is no RTP. */
const MAX_JUMP = 3000;

/** Clock rates of static payload types; 9 (G.722) counts at 8000 by an old mistake. */
const RATES = new Map<number, number>([
  ...[0, 3, 4, 5, 7, 8, 9, 12, 13, 15, 18].map((type) => [type, 8000] as const),
  ...[25, 26, 28, 31, 32, 33, 34].map((type) => [type, 90_000] as const),
  [6, 16_000],
  [10, 44_100],
  [11, 44_100],
  [16, 11_025],
  [17, 22_050],
]);

class Stream {
  /** No longer in the table. */
  isDropped = false;
  readonly seen = new Sightings();
  private readonly base: number;
  /** Highest sequence number, counted on over 65535. */
  private highest: number;
  private transit = NaN;
  private jitter = 0;
  private jitterSum = 0;
  private jitterCount = 0;
  maxJitter = 0;
  maxGapUs = 0;

  constructor(
    readonly from: End,
    readonly to: End,
    readonly ssrc: number,
    readonly payloadType: number,
    sequence: number,
  ) {
    this.base = this.highest = sequence;
  }

  /** @param rate of the clock, in Hz */
  add(sequence: number, timestamp: number, timeUs: number, rate: number | undefined): boolean {
    const step = ((sequence - this.highest) << 16) >> 16;
    if (Math.abs(step) > MAX_JUMP) return false;
    if (step > 0) this.highest += step;
    const gap = timeUs - this.seen.lastUs;
    if (gap > this.maxGapUs) this.maxGapUs = gap;
    this.seen.add(timeUs);
    if (rate !== undefined) this.addJitter((timeUs * rate) / 1e6 - timestamp, rate);
    return true;
  }

  private addJitter(transit: number, rate: number): void {
    // The time stamp begins again at 0 after 2^32: what looks like a jump of that size is none.
    const difference = Math.abs(transit - this.transit) % 2 ** 32;
    this.transit = transit;
    if (!(difference >= 0)) return;
    this.jitter += (Math.min(difference, 2 ** 32 - difference) - this.jitter) / 16;
    const ms = (this.jitter / rate) * 1000;
    this.jitterSum += ms;
    this.jitterCount++;
    this.maxJitter = Math.max(this.maxJitter, ms);
  }

  get expected(): number {
    return this.highest - this.base + 1;
  }

  get lost(): number {
    return Math.max(0, this.expected - this.seen.count);
  }

  get meanJitter(): number | null {
    return this.jitterCount > 0 ? round(this.jitterSum / this.jitterCount) : null;
  }

  get isReal(): boolean {
    return this.seen.count >= MIN_PACKETS && this.lost < this.seen.count;
  }
}

export class RtpDissector implements Dissector<RtpFigures> {
  /** Clock rates of dynamic payload types, as SDP gave them; NaN where it gave several. */
  readonly rates = new Map<number, number>(RATES);
  readonly streams = new BoundedTable<string, Stream>(
    5000,
    ({ seen }) => seen.count,
    'count',
    (stream) => (stream.isDropped = true),
  );

  open(packet: Packet): FlowReader | undefined {
    if (packet.ipProtocol !== 17 || !isRtp(packet)) return undefined;
    const hasPorts = packet.sourcePort >= 1024 && packet.destinationPort >= 1024;
    return hasPorts ? new RtpReader(this) : undefined;
  }

  tables() {
    return { rtpStreams: this.streams };
  }

  private worst(): Stream[] {
    const share = ({ lost, expected }: Stream) => lost / expected;
    return this.streams
      .top(Infinity)
      .map(([, stream]) => stream)
      .filter((stream) => stream.isReal)
      .sort((one, other) => share(other) - share(one) || other.maxJitter - one.maxJitter);
  }

  result(limit: number): RtpFigures {
    const all = this.worst();
    const list = all.slice(0, limit).map((stream) => ({
      from: endText(stream.from),
      to: endText(stream.to),
      ssrc: stream.ssrc.toString(16).padStart(8, '0'),
      payloadType: stream.payloadType,
      packets: stream.seen.count,
      lost: stream.lost,
      lostPercent: Math.round((stream.lost / stream.expected) * 1000) / 10,
      meanJitterMs: stream.meanJitter,
      maxJitterMs: stream.meanJitter === null ? null : round(stream.maxJitter),
      maxGapMs: round(stream.maxGapUs / 1000),
    }));
    return { streams: all.length, list };
  }

  findings(): Finding[] {
    return this.worst()
      .filter(({ seen, lost, expected, meanJitter }) => {
        const isBad = lost / expected >= BAD_LOSS || (meanJitter ?? 0) >= BAD_JITTER_MS;
        return seen.count >= MIN_BAD_PACKETS && isBad;
      })
      .map((stream) => {
        const { seen, lost, expected, meanJitter, from, to } = stream;
        const jitter = meanJitter === null ? 'unknown' : durationText(meanJitter / 1000);
        const text = `Voice or video from ${endText(from)} to ${endText(to)} lost ${numberText(lost)} of ${countText(expected, 'packet')} (${percentText(lost / expected)}); its mean jitter is ${jitter}.`;
        const addresses = [from, to].map((end) => endText(end).replace(/^\[|\]?:\d+$/g, ''));
        const filter = `${ipFilter(addresses[0], 'src')} && ${ipFilter(addresses[1], 'dst')} && udp.dstport == ${to.port}`;
        return finding('voice', seen, addresses, text, filter);
      });
  }
}

/** The streams of one flow. */
class RtpReader implements FlowReader {
  /** Of each direction the one that came last: most have no other. */
  private readonly latest: [Stream | undefined, Stream | undefined] = [undefined, undefined];

  constructor(private readonly owner: RtpDissector) {}

  read(packet: Packet, flow: Flow, direction: Direction): void {
    if (!isRtp(packet)) return;
    const payloadType = packet.byte(1) & 0x7f;
    const sequence = packet.word(2);
    const stream = this.streamOf(packet, flow, direction);
    // Telephone events (RFC 4733) repeat their time stamp: no jitter of them.
    const isSame = stream.payloadType === payloadType;
    const rate = isSame ? this.owner.rates.get(payloadType) : undefined;
    if (stream.add(sequence, packet.long(4), packet.timeUs, rate)) return;
    const { streams } = this.owner;
    const key = keyOf(flow, direction, stream.ssrc);
    if (stream.isReal) streams.add(`${key} ${stream.seen.firstUs}`, stream);
    const next = streams.add(key, streamFrom(packet, flow, direction));
    next.add(sequence, packet.long(4), packet.timeUs, rate);
    this.latest[direction] = next;
  }

  private streamOf(packet: Packet, flow: Flow, direction: Direction): Stream {
    const latest = this.latest[direction];
    const ssrc = packet.long(8);
    if (latest && latest.ssrc === ssrc && !latest.isDropped) return latest;
    const { streams } = this.owner;
    const key = keyOf(flow, direction, ssrc);
    const stream = streams.get(key) ?? streams.add(key, streamFrom(packet, flow, direction));
    this.latest[direction] = stream;
    return stream;
  }
}

const keyOf = (flow: Flow, direction: Direction, ssrc: number) => `${flow.key}${direction}${ssrc}`;

function streamFrom(packet: Packet, { ends }: Flow, direction: Direction): Stream {
  const [from, to] = direction === 0 ? ends : [ends[1], ends[0]];
  return new Stream(from, to, packet.long(8), packet.byte(1) & 0x7f, packet.word(2));
}

/** Version 2, and no RTCP, whose packet types look like the payload types 64 to 95 (RFC 5761). */
function isRtp(packet: Packet): boolean {
  if (packet.end - packet.at < 12 || packet.byte(0) >> 6 !== 2) return false;
  const payloadType = packet.byte(1) & 0x7f;
  return payloadType < 64 || payloadType > 95;
}
