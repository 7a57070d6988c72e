import { etherTypeName } from './protocol-names';

/** The header that a packet goes on with. */
export type Step =
  | 'ethernet'
  | 'cooked'
  | 'cooked2'
  | 'loopback'
  | 'rawIp'
  | 'etherType'
  | 'mpls'
  | 'pppoe'
  | 'ppp'
  | 'ipv4'
  | 'ipv6'
  | 'transport'
  | 'tcp'
  | 'udp'
  | 'gre'
  | 'vxlan'
  | 'geneve';

/** Deeper than any real network nests headers; bounds the work on crafted packets. */
const MAX_STEPS = 24;

/**
 * What the headers of a packet tell. One object is filled anew for each packet, because a capture
 * has millions of them. Tunnels are seen through: addresses, ports and payload are the innermost.
 */
export class Packet {
  /**
   * Each once, from the outside in, e.g. `Ethernet`, `VLAN`, `IPv4`, `TCP`: the first `depth` entries.
   * Emptied, an array would give its memory away, and each packet take some anew.
   */
  readonly layers: string[] = [];
  depth = 0;
  /** The innermost that is known, e.g. `HTTPS`. */
  protocol = '';
  /** `TCP`, `UDP`, `ICMP` ...; empty where there is none. */
  transport = '';
  /** Where the addresses are in `view`, and their length in units of two bytes; 0 if there are none. */
  private sourceAt = 0;
  private destinationAt = 0;
  private addressLength = 0;
  /** The source is the lower end, by address, then by port. */
  isForward = true;
  /** 0 where the transport has none, or the packet is a later fragment. */
  sourcePort = 0;
  destinationPort = 0;
  /** The link type is one that is decoded here. */
  isDecoded = true;
  /** The captured bytes, or the packet's own lengths, ended before its headers did. */
  isCut = false;
  /** A part of an IP packet; ports and payload are in the first part alone. */
  isFragment = false;
  isLaterFragment = false;
  /** Since 1970-01-01 UTC, in microseconds; NaN where the file gives no time. */
  timeUs = NaN;

  /** The frame's bytes; with `at` and `end` where the innermost header's content is. */
  view: DataView = new DataView(new ArrayBuffer(0));
  at = 0;
  end = 0;
  /** Bytes that the content has on the wire, by its headers; more than are there if it was cut. */
  wireLength = 0;
  /** Number of the IP protocol. */
  ipProtocol = 0;
  /** Of TCP. */
  flags = 0;
  sequence = 0;
  acknowledgement = 0;
  window = 0;
  /** Set by the TCP analysis: carries nothing new, so that other dissectors pass it over. */
  isRepeated = false;

  private step: Step | '' = '';
  private readonly steps: Readonly<Record<Step, (packet: Packet) => void>>;

  constructor(steps: Readonly<Record<Step, (packet: Packet) => void>>) {
    this.steps = steps;
  }

  /** @param length bytes of the packet that are there from `offset` on */
  read(view: DataView, offset: number, length: number, first: Step | undefined): void {
    this.depth = 0;
    this.protocol = this.transport = '';
    this.addressLength = 0;
    this.sourcePort = this.destinationPort = 0;
    this.isCut = this.isFragment = this.isLaterFragment = this.isRepeated = false;
    this.ipProtocol = this.flags = 0;
    this.view = view;
    this.at = offset;
    this.end = offset + length;
    this.wireLength = length;
    this.isDecoded = first !== undefined;
    this.step = first ?? '';
    for (let count = 0; this.step !== '' && count < MAX_STEPS; count++) {
      const run = this.steps[this.step];
      this.step = '';
      run(this);
    }
    this.isForward = this.isSourceLower();
  }

  enter(layer: string): void {
    this.protocol = layer;
    for (let index = 0; index < this.depth; index++) if (this.layers[index] === layer) return;
    this.layers[this.depth++] = layer;
  }

  /**
   * Notes where the addresses are.
   *
   * @param length in units of two bytes: 2 for IPv4, 8 for IPv6, 3 for MAC addresses
   */
  setAddresses(source: number, destination: number, length: number): void {
    this.sourceAt = this.at + source;
    this.destinationAt = this.at + destination;
    this.addressLength = length;
  }

  get hasAddresses(): boolean {
    return this.addressLength > 0;
  }

  /** Two bytes a character; empty without addresses. Valid during this packet, as `destination`. */
  get source(): string {
    return this.text(this.sourceAt, this.addressLength);
  }

  get destination(): string {
    return this.text(this.destinationAt, this.addressLength);
  }

  private isSourceLower(): boolean {
    for (let index = 0; index < this.addressLength; index++) {
      const source = this.view.getUint16(this.sourceAt + 2 * index);
      const destination = this.view.getUint16(this.destinationAt + 2 * index);
      if (source !== destination) return source < destination;
    }
    return this.sourcePort <= this.destinationPort;
  }

  /**
   * IP protocol and the ports, then the addresses, the lower end's first: the same for all packets of
   * a connection. {@link Flow.ends} takes it apart.
   */
  flowKey(): string {
    const { view, isForward, ipProtocol, addressLength } = this;
    const first = isForward ? this.sourceAt : this.destinationAt;
    const firstPort = isForward ? this.sourcePort : this.destinationPort;
    const second = isForward ? this.destinationAt : this.sourceAt;
    const secondPort = isForward ? this.destinationPort : this.sourcePort;
    if (addressLength !== 2) {
      const [from, to] = [this.text(first, addressLength), this.text(second, addressLength)];
      return String.fromCharCode(ipProtocol, firstPort, secondPort) + from + to;
    }
    // One text without parts makes a third of the garbage.
    return String.fromCharCode(
      ipProtocol,
      firstPort,
      secondPort,
      view.getUint16(first),
      view.getUint16(first + 2),
      view.getUint16(second),
      view.getUint16(second + 2),
    );
  }

  /** Goes on with a header that begins `length` bytes further on. */
  go(step: Step, length: number): void {
    this.pass(length);
    this.step = step;
  }

  /** Passes bytes of a header. */
  pass(length: number): void {
    this.at += length;
    this.wireLength -= length;
  }

  /** Whether so many bytes are there; notes that the packet is cut if not. */
  has(length: number): boolean {
    if (this.end - this.at >= length) return true;
    this.isCut = true;
    return false;
  }

  /** Goes on with what an EtherType announces. */
  goToEtherType(etherType: number, length: number): void {
    const step = ETHER_STEPS.get(etherType);
    if (step) this.go(step, length);
    else {
      this.enter(etherTypeName(etherType));
      this.pass(length);
    }
  }

  byte(offset: number): number {
    return this.view.getUint8(this.at + offset);
  }

  word(offset: number): number {
    return this.view.getUint16(this.at + offset);
  }

  long(offset: number): number {
    return this.view.getUint32(this.at + offset);
  }

  /** Bytes as characters of two, so that they make a key that compares quickly. */
  words(offset: number, count: number): string {
    return this.text(this.at + offset, count);
  }

  private text(at: number, length: number): string {
    const { view } = this;
    if (length === 2) return String.fromCharCode(view.getUint16(at), view.getUint16(at + 2));
    const codes: number[] = [];
    for (let index = 0; index < length; index++) codes.push(view.getUint16(at + 2 * index));
    return String.fromCharCode(...codes);
  }

  /** The content's bytes that are there, without a copy; valid during this packet. */
  content(): Uint8Array {
    const length = Math.max(0, this.end - this.at);
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, length);
  }
}

const ETHER_STEPS = new Map<number, Step>([
  [0x0800, 'ipv4'],
  [0x86dd, 'ipv6'],
  [0x8847, 'mpls'],
  [0x8848, 'mpls'],
  [0x8863, 'pppoe'],
  [0x8864, 'pppoe'],
  [0x6558, 'ethernet'],
]);
