import { closeSync, openSync, writeSync } from 'node:fs';
import { ethernet, ipv4, pcapAt, segmentFrame, udp, UDP } from '../test/support/frame-fixtures';
import { clientHello, dnsMessage, tlsRecord } from '../test/support/payload-fixtures';

/** A capture file to measure with. */
export interface PacketFile {
  path: string;
  packets: number;
  bytes: number;
}

const BATCH = 2000;
const FILE_HEADER = 24;
const HELLO = tlsRecord(clientHello({ serverName: 'www.example.com', versions: [0x0304] }));

/**
 * Downloads over HTTPS in packets of 800 bytes: many connections at once, each with its handshake, a
 * ClientHello, a request, and as many packets of data as make the file almost that alone.
 */
export const largePackets = (path: string, packets: number) =>
  write(path, packets, (index) => {
    const connection = Math.floor(index / 64);
    const step = index % 64;
    if (step === 0) return segment(connection, 'client', 'S', 100, 0);
    if (step === 1) return segment(connection, 'server', 'SA', 500, 101);
    if (step === 2) return segment(connection, 'client', 'A', 101, 501);
    if (step === 3) return segment(connection, 'client', 'PA', 101, 501, HELLO);
    return segment(connection, 'server', 'A', 501 + (step - 4) * 746, 101 + HELLO.length, 746);
  });

/** Voice, DNS, and TCP of few bytes: what makes the most work for each byte. */
export const smallPackets = (path: string, packets: number) =>
  write(path, packets, (index) => {
    const kind = index % 10;
    const round = Math.floor(index / 10);
    const call = round % 100;
    if (kind < 5) {
      const voice = rtp(Math.floor(round / 100), call * 8 + kind);
      return datagram(`10.2.0.${call}`, `10.3.0.${kind}`, [20_000, 30_000], voice);
    }
    if (kind < 7) {
      const [client, port] = [`10.1.0.${round % 250}`, 1024 + (round % 60_000)];
      const name = `service.${100 + (round % 900)}.example`;
      if (kind === 5)
        return datagram(client, '10.0.0.53', [port, 53], dnsMessage(round & 0xffff, name));
      const response = dnsMessage(round & 0xffff, name, { address: '10.0.0.1' });
      return datagram('10.0.0.53', client, [53, port], response);
    }
    const connection = round % 500;
    const at = 1000 + Math.floor(round / 500) * 20;
    if (kind === 7) return segment(connection, 'client', 'PA', at, at, 20);
    if (kind === 8) return segment(connection, 'server', 'PA', at, at + 20, 20);
    return segment(connection, 'client', 'A', at + 20, at + 20);
  });

/** A file of so many frames, 10 µs apart. */
function write(path: string, packets: number, frameOf: (index: number) => Buffer): PacketFile {
  const file = openSync(path, 'w');
  let bytes = 0;
  for (let start = 0; start < packets; start += BATCH) {
    const length = Math.min(BATCH, packets - start);
    const frames = Array.from({ length }, (_, index) => ({
      ms: (start + index) / 100,
      frame: frameOf(start + index),
    }));
    bytes += writeSync(file, pcapAt(frames).subarray(start === 0 ? 0 : FILE_HEADER));
  }
  closeSync(file);
  return { path, packets, bytes };
}

/** Of one of many connections, by its number. */
function segment(
  connection: number,
  from: 'client' | 'server',
  flags: string,
  sequence: number,
  acknowledgement: number,
  data: number | Buffer = 0,
): Buffer {
  const row = { ms: 0, from, flags, sequence, acknowledgement, data, window: 64_000 };
  const frame = segmentFrame(row, 443, 1024 + (connection % 60_000));
  // Where an IPv4 header has its addresses, behind that of Ethernet.
  const [client, server] = from === 'client' ? [26, 30] : [30, 26];
  frame.writeUInt32BE(0x0a010000 + (connection % 250), client);
  frame.writeUInt32BE(0xc6336400 + (connection % 40), server);
  return frame;
}

function datagram(source: string, destination: string, ports: [number, number], payload: Buffer) {
  const body = udp(...ports, payload.length);
  payload.copy(body, 8);
  return ethernet(0x0800, ipv4(UDP, body, { source, destination }));
}

function rtp(sequence: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(32);
  packet[0] = 0x80;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE((sequence * 160) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}
