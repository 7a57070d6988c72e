import { ethernet, ipv4, tag, udp } from '../../test/support/frame-fixtures';

/** Puts each frame of a capture into a tunnel, as a switch or router on the way would. */

const [IPV4, IPV6] = [0x0800, 0x86dd];
const [IP_IN_IP, GRE, UDP] = [4, 47, 17];
const MACS = 12;

const bytes = (hex: string) => Buffer.from(hex, 'hex');
const u16 = (value: number) => bytes(value.toString(16).padStart(4, '0'));

/** A datagram to a port, around a whole frame. */
function overUdp(port: number, header: string, frame: Buffer): Buffer {
  const content = Buffer.concat([bytes(header), frame]);
  const datagram = udp(50_000, port, content.length);
  content.copy(datagram, 8);
  return ethernet(IPV4, ipv4(UDP, datagram, { source: '172.16.0.1', destination: '172.16.0.2' }));
}

const routed = (protocol: number, packet: Buffer) =>
  ethernet(IPV4, ipv4(protocol, packet, { source: '172.16.0.1', destination: '172.16.0.2' }));

/** What goes around IP alone is left out for other frames, and for those with tags of their own. */
const TUNNELS: Record<string, (frame: Buffer, type: number, packet: Buffer) => Buffer> = {
  vlan: (frame, type, packet) =>
    Buffer.concat([frame.subarray(0, MACS), u16(0x8100), tag(type, packet)]),
  qinq: (frame, type, packet) =>
    Buffer.concat([frame.subarray(0, MACS), u16(0x88a8), tag(0x8100, tag(type, packet), 9)]),
  mpls: (frame, type, packet) =>
    isIp(type) ? ethernet(0x8847, Buffer.concat([bytes('000100400002013f'), packet])) : frame,
  pppoe: (frame, type, packet) => {
    if (!isIp(type)) return frame;
    const protocol = bytes(type === IPV4 ? '0021' : '0057');
    const head = Buffer.concat([bytes('11000001'), u16(packet.length + 2), protocol]);
    return ethernet(0x8864, Buffer.concat([head, packet]));
  },
  gre: (frame, type, packet) =>
    isIp(type) ? routed(GRE, Buffer.concat([bytes('0000'), u16(type), packet])) : frame,
  ipInIp: (frame, type, packet) => (type === IPV4 ? routed(IP_IN_IP, packet) : frame),
  vxlan: (frame) => overUdp(4789, '0800000000002a00', frame),
  geneve: (frame) => overUdp(6081, '0000655800002a00', frame),
};

const isIp = (type: number) => type === IPV4 || type === IPV6;

/** @param number which of the tunnels, beginning again after the last */
export function throughTunnel(frame: Buffer, number: number): Buffer {
  const all = Object.values(TUNNELS);
  const type = frame.readUInt16BE(MACS);
  return all[number % all.length](frame, type, frame.subarray(MACS + 2));
}
