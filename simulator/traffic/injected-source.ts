import { ethernet, ETHERTYPE, ip, IP_PROTOCOL, udp } from '../packets/frames';
import { LINK_ETHERNET, type Packet, type PacketSource } from '../packets/packet';
import { FILE_SERVER } from './hosts';

/** Traffic that a test puts on the line, beside what is there anyway. */
export interface Burst {
  /** The sender's IPv4 address. */
  from: string;
  /** The sender's MAC address; made of its IP address unless given. */
  mac?: string;
  /** The receiver's IPv4 address; the file server unless given. */
  to?: string;
  /** UDP port of the receiver. */
  port?: number;
  /** Bytes on the wire in each second, at least; rounded up to whole frames. */
  bytesPerSecond: number;
  /** Beginning with the second that is running. */
  seconds?: number;
}

const PAYLOAD = Buffer.alloc(1400, 0x62);

/** A source with more packets in it, which happen from now on. */
export class InjectedSource implements PacketSource {
  private readonly injected: Packet[] = [];

  constructor(
    private readonly base: PacketSource,
    private readonly nowUs: () => number,
    /** Whether nothing was on the line at a time, in microseconds. */
    private readonly isQuiet: (timeUs: number) => boolean = () => false,
  ) {}

  get firstUs(): number | undefined {
    return this.base.firstUs;
  }

  /** What is counted is counted: the packets lie in seconds that are not over. */
  inject(burst: Burst): { packets: number; bytes: number } {
    const firstSecond = Math.floor(this.nowUs() / 1e6);
    const frame = frameOf(burst);
    const perSecond = Math.ceil(burst.bytesPerSecond / frame.length);
    const { seconds = 1 } = burst;
    for (let second = firstSecond; second < firstSecond + seconds; second++) {
      for (let index = 0; index < perSecond; index++) {
        const timeUs = second * 1e6 + Math.floor((index * 1e6) / perSecond);
        this.injected.push({
          timeUs,
          nanos: 0,
          linkType: LINK_ETHERNET,
          frame,
          length: frame.length,
        });
      }
    }
    this.injected.sort((a, b) => a.timeUs - b.timeUs);
    return { packets: perSecond * seconds, bytes: perSecond * seconds * frame.length };
  }

  async *batches(startUs: number, endUs: number): AsyncIterable<Packet[]> {
    const end = Math.min(endUs, this.nowUs());
    const waiting = this.injected.filter(
      ({ timeUs }) => timeUs >= startUs && timeUs < end && !this.isQuiet(timeUs),
    );
    let next = 0;
    for await (const packets of this.base.batches(startUs, endUs)) {
      const last = packets.at(-1)?.timeUs ?? -Infinity;
      const due: Packet[] = [];
      while (next < waiting.length && waiting[next].timeUs <= last) due.push(waiting[next++]);
      yield due.length === 0
        ? packets
        : [...packets, ...due].sort((a, b) => a.timeUs - b.timeUs || a.nanos - b.nanos);
    }
    if (next < waiting.length) yield waiting.slice(next);
  }
}

function frameOf({ from, mac, to = FILE_SERVER.ip, port = 9999 }: Burst): Buffer {
  const segment = udp(50_000, port, PAYLOAD);
  const packet = ip({ source: from, destination: to }, IP_PROTOCOL.udp, segment);
  const link = { source: mac ?? macOf(from), destination: FILE_SERVER.mac };
  return ethernet(link, ETHERTYPE.ipv4, packet);
}

function macOf(address: string): string {
  const octets = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return ['02', '01', ...octets].join(':');
}
