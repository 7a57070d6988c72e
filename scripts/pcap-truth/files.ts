import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '../../simulator';
import { throughTunnel } from './tunnels';
import { tlsFile } from './tls-file';
import { TROUBLES, type TroubleKind } from '../../simulator/traffic/trouble';

const SECONDS = 24;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/**
 * Writes files with trouble into a folder: each kind of the simulator's, all together, and none; of
 * every other one a copy with faults of the line (lost, doubled and swapped packets), and one cut to
 * 96 bytes a packet; every fifth one goes through a tunnel, every tenth one is TLS and QUIC alone.
 */
export async function writeFiles(folder: string, count: number): Promise<void> {
  const kinds = Object.keys(TROUBLES) as TroubleKind[];
  const mixtures = [[], kinds, ...kinds.map((kind) => [kind])];
  for (let number = 0, seed = 1; number < count; seed++) {
    for (const trouble of mixtures) {
      const simulator = await startSimulator({ historySeconds: SECONDS + 4, seed, trouble });
      const endUs = simulator.nowUs() - 2e6;
      const file = await simulator.fileOf('', endUs - SECONDS * 1e6, endUs);
      await simulator.close();
      const path = join(folder, `${String(number).padStart(3, '0')}.pcap`);
      const isDamaged = number % 2 === 1;
      const sent = isDamaged ? withLineFaults(file, seed * 100 + number) : file;
      if (number % 10 === 5) writeFileSync(path, await tlsFile(number));
      else writeFileSync(path, number % 5 === 3 ? throughTunnels(sent, number) : sent);
      if (number % 10 === 9) {
        execFileSync('editcap', ['-s', '96', path, `${path}.cut`]);
        execFileSync('mv', [`${path}.cut`, path]);
      }
      if (++number >= count) return;
    }
  }
}

/** Each file through another tunnel. */
function throughTunnels(file: Buffer, number: number): Buffer {
  const out = [file.subarray(0, FILE_HEADER)];
  for (let at = FILE_HEADER; at < file.length;) {
    const length = file.readUInt32LE(at + 8);
    const start = at + RECORD_HEADER;
    const frame = throughTunnel(file.subarray(start, start + length), Math.floor(number / 5));
    const header = Buffer.from(file.subarray(at, start));
    header.writeUInt32LE(frame.length, 8);
    header.writeUInt32LE(frame.length, 12);
    out.push(header, frame);
    at = start + length;
  }
  return Buffer.concat(out);
}

/** 1 % lost, 0.5 % doubled, 0.5 % swapped with the next one; times stay in order. */
function withLineFaults(file: Buffer, seed: number): Buffer {
  const records: Buffer[] = [];
  for (let at = FILE_HEADER; at < file.length;) {
    const length = RECORD_HEADER + file.readUInt32LE(at + 8);
    records.push(Buffer.from(file.subarray(at, at + length)));
    at += length;
  }
  let state = seed;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const out: Buffer[] = [];
  for (let index = 0; index < records.length; index++) {
    const record = records[index];
    const next = records[index + 1];
    const chance = random();
    if (chance < 0.01) continue;
    if (chance < 0.015) out.push(record, Buffer.from(record));
    else if (chance < 0.02 && next) {
      for (let byte = 0; byte < 8; byte++) {
        [record[byte], next[byte]] = [next[byte], record[byte]];
      }
      out.push(next, record);
      index++;
    } else out.push(record);
  }
  return Buffer.concat([file.subarray(0, FILE_HEADER), ...out]);
}

export const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.(pcap|pcapng|cap)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
