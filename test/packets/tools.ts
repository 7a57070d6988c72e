import { execFile, spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PcapWalker, type PcapSummary } from '../../client/pcap';
import { where } from '../support/required-tools';

const TOOLS = ['tshark', 'capinfos', 'editcap', 'mergecap'];
const areThere = TOOLS.every((tool) => spawnSync(tool, ['--version']).status === 0);

/** Tests that need Wireshark's command line tools. */
export const describeWithTools = where(areThere, describe, TOOLS.join(', '));

/** In ms; a busy machine takes minutes. */
const TIME_LIMIT = 600_000;

/** Runs a tool to its end; its output as text. */
export async function run(tool: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(tool, args, {
    timeout: TIME_LIMIT,
    maxBuffer: 256e6,
    env: { ...process.env, TZ: 'UTC' },
  });
  return stdout;
}

/** A folder that is gone after the tests. */
export function temporaryFolder(): { path(name: string): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'packets-'));
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What capinfos says of a file. */
export interface FileFacts {
  packets: number;
  bytes: number;
  /** Of all packets on the wire. */
  packetBytes: number;
  sha256: string;
  /** As capinfos writes it, in UTC, with all digits of the file; empty without packets. */
  first: string;
  last: string;
}

export async function capinfos(path: string): Promise<FileFacts> {
  // Table, no thousands marks, exact numbers; hashes, packets, sizes, times.
  const text = await run('capinfos', ['-T', '-M', '-H', '-c', '-s', '-d', '-a', '-e', path]);
  const [names, values] = text.trim().split('\n');
  const columns = Object.fromEntries(
    names.split('\t').map((name, index) => [name, values.split('\t')[index]]),
  );
  const value = (pattern: RegExp) => {
    const name = Object.keys(columns).find((column) => pattern.test(column));
    if (name === undefined) throw new Error(`capinfos has no column ${pattern}: ${names}`);
    return columns[name];
  };
  const time = (text: string) => (text === 'n/a' ? '' : text);
  return {
    packets: Number(value(/^Number of packets$/)),
    bytes: Number(value(/^File size/)),
    packetBytes: Number(value(/^Data size/)),
    sha256: value(/SHA256/),
    first: time(value(/^(Start time|Earliest packet time)$/)),
    last: time(value(/^(End time|Latest packet time)$/)),
  };
}

/** A time as capinfos writes it (`2026-11-23 15:48:00.118223`), from ours (`2026-11-23T15:48:00.118223Z`). */
export const asCapinfos = (iso: string) => iso.replace('T', ' ').replace('Z', '');

/** Our own walk over a file on disk. */
export async function walk(path: string): Promise<PcapSummary> {
  const walker = new PcapWalker();
  for await (const chunk of createReadStream(path)) walker.write(chunk as Buffer);
  return walker.end();
}

/** The frames of a file, or of those that a display filter leaves, as tshark numbers them. */
export async function framesOf(path: string, displayFilter = ''): Promise<string[]> {
  const filter = displayFilter === '' ? [] : ['-Y', displayFilter];
  const text = await run('tshark', [
    ...['-r', path, ...filter, '-T', 'fields'],
    ...['-e', 'frame.time_epoch', '-e', 'frame.len', '-e', 'frame.cap_len'],
  ]);
  return text.split('\n').filter(Boolean);
}

/**
 * Packets and bytes that each of several display filters of Wireshark leaves, in one pass; rejects
 * where one of them is not valid.
 */
export async function fitting(
  path: string,
  filters: string[],
): Promise<Array<{ packets: number; bytes: number }>> {
  const text = await run('tshark', ['-q', '-r', path, '-z', `io,stat,0,${filters.join()}`]);
  const row = text.split('\n').find((line) => line.includes('<>'));
  const numbers = (row ?? '')
    .split('|')
    .slice(2, 2 + 2 * filters.length)
    .map(Number);
  expect(numbers.every(Number.isInteger)).toBe(true);
  return filters.map((_, index) => ({
    packets: numbers[2 * index]!,
    bytes: numbers[2 * index + 1]!,
  }));
}
