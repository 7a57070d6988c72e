import { closeSync, openSync, writeSync } from 'node:fs';

/** A capture file to measure with. */
export interface PacketFile {
  path: string;
  packets: number;
  bytes: number;
}

const BATCH = 2000;

/**
 * Downloads over HTTPS in packets of 800 bytes: many connections at once, each with its handshake, a
 * ClientHello, a request, and as many packets of data as make the file almost that alone.
 */
export const largePackets = (path: string, packets: number) =>
  write(path, packets, (index, frames) => {
    const connection = Math.floor(index / 64);
    const step = index % 64;
    const { toServer, toClient } = endsOf(connection);
    if (step === 0) frames.tcp(toServer, 0x02, 100, 0, 0);
    else if (step === 1) frames.tcp(toClient, 0x12, 500, 101, 0);
    else if (step === 2) frames.tcp(toServer, 0x10, 101, 501, 0);
    else if (step === 3) frames.tcp(toServer, 0x18, 101, 501, HELLO.length, HELLO);
    else frames.tcp(toClient, 0x10, 501 + (step - 4) * 746, 101 + HELLO.length, 746);
  });

/** Voice, DNS, and TCP of few bytes: what makes the most work for each byte. */
export const smallPackets = (path: string, packets: number) =>
  write(path, packets, (index, frames) => {
    const kind = index % 10;
    const round = Math.floor(index / 10);
    const call = round % 100;
    if (kind < 5) {
      const ends = { from: 0x0a020000 + call, to: 0x0a030000 + kind, ports: [20_000, 30_000] };
      frames.rtp(ends as Ends, Math.floor(round / 100) & 0xffff, call * 8 + kind);
    } else if (kind < 7) {
      const client = { from: 0x0a010000 + (round % 250), to: 0x0a000035 };
      frames.dns({ ...client, ports: [1024 + (round % 60_000), 53] }, round & 0xffff, kind === 6);
    } else {
      const { toServer, toClient } = endsOf(round % 500);
      const at = 1000 + Math.floor(round / 500) * 20;
      if (kind === 7) frames.tcp(toServer, 0x18, at, at, 20);
      else if (kind === 8) frames.tcp(toClient, 0x18, at, at + 20, 20);
      else frames.tcp(toServer, 0x10, at + 20, at + 20, 0);
    }
  });

/** Addresses as numbers; the port of the sender first. */
interface Ends {
  from: number;
  to: number;
  ports: [number, number];
}

function endsOf(connection: number): { toServer: Ends; toClient: Ends } {
  const client = 0x0a010000 + (connection % 250);
  const server = 0xc6336400 + (connection % 40);
  const port = 1024 + (connection % 60_000);
  return {
    toServer: { from: client, to: server, ports: [port, 443] },
    toClient: { from: server, to: client, ports: [443, port] },
  };
}

function write(
  path: string,
  packets: number,
  make: (index: number, frames: Frames) => void,
): PacketFile {
  const file = openSync(path, 'w');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt32LE(0x00040002, 4);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  let bytes = writeSync(file, header);
  const frames = new Frames();
  for (let index = 0; index < packets; index++) {
    make(index, frames);
    if (index % BATCH === BATCH - 1 || index === packets - 1) {
      bytes += writeSync(file, frames.take());
    }
  }
  closeSync(file);
  return { path, packets, bytes };
}

/** Collects records of a pcap file, 10 µs apart. */
class Frames {
  private records: Buffer[] = [];
  private us = 0;

  take(): Buffer {
    return Buffer.concat(this.records.splice(0));
  }

  tcp(ends: Ends, flags: number, sequence: number, ack: number, length: number, data?: Buffer) {
    const { record, at } = this.record(ends, 6, 20 + length);
    record.writeUInt32BE(sequence, at + 4);
    record.writeUInt32BE(ack, at + 8);
    record[at + 12] = 0x50;
    record[at + 13] = flags;
    record.writeUInt16BE(64_000, at + 14);
    data?.copy(record, at + 20);
  }

  rtp(ends: Ends, sequence: number, ssrc: number): void {
    const { record, at } = this.record(ends, 17, 8 + 12 + 20);
    record.writeUInt16BE(40, at + 4);
    record[at + 8] = 0x80;
    record.writeUInt16BE(sequence, at + 10);
    record.writeUInt32BE(sequence * 160, at + 12);
    record.writeUInt32BE(ssrc, at + 16);
  }

  dns(ends: Ends, id: number, isResponse: boolean): void {
    const name = Buffer.from(`\x07service\x03${String(id % 900).padStart(3, '0')}\x07example\0`);
    const length = 12 + name.length + 4 + (isResponse ? 16 : 0);
    const back = { from: ends.to, to: ends.from, ports: [53, ends.ports[0]] as [number, number] };
    const { record, at } = this.record(isResponse ? back : ends, 17, 8 + length);
    record.writeUInt16BE(8 + length, at + 4);
    record.writeUInt16BE(id, at + 8);
    record.writeUInt16BE(isResponse ? 0x8180 : 0x0100, at + 10);
    record[at + 13] = 1;
    record[at + 15] = isResponse ? 1 : 0;
    name.copy(record, at + 20);
    record.writeUInt32BE(0x00010001, at + 20 + name.length);
    if (!isResponse) return;
    const answer = Buffer.from('c00c000100010000003c00040a000001', 'hex');
    answer.copy(record, at + 24 + name.length);
  }

  /** @returns the record, and where the header of the transport begins */
  private record({ from, to, ports }: Ends, protocol: number, length: number) {
    const frame = 14 + 20 + length;
    const record = Buffer.alloc(16 + frame);
    record.writeUInt32LE(1_700_000_000 + Math.floor(this.us / 1e6), 0);
    record.writeUInt32LE(this.us % 1e6, 4);
    this.us += 10;
    record.writeUInt32LE(frame, 8);
    record.writeUInt32LE(frame, 12);
    record[21] = 1;
    record[27] = 2;
    record.writeUInt16BE(0x0800, 28);
    record[30] = 0x45;
    record.writeUInt16BE(20 + length, 32);
    record[38] = 64;
    record[39] = protocol;
    record.writeUInt32BE(from, 42);
    record.writeUInt32BE(to, 46);
    record.writeUInt16BE(ports[0], 50);
    record.writeUInt16BE(ports[1], 52);
    this.records.push(record);
    return { record, at: 50 };
  }
}

/** A ClientHello for www.example.com, padded as browsers do. */
const HELLO = (() => {
  const name = Buffer.from('www.example.com');
  const extension = Buffer.concat([
    Buffer.from([0, 0, 0, name.length + 5, 0, name.length + 3, 0, 0, name.length]),
    name,
    Buffer.from([0, 43, 0, 3, 2, 3, 4, 0, 21, 0, 180]),
    Buffer.alloc(180),
  ]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0, 0, 4, 0x13, 0x01, 0x13, 0x02, 1, 0, 0, extension.length]),
    extension,
  ]);
  const message = Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 1, 0, message.length]), message]);
})();
