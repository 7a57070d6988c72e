import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Child } from './child';
import { compare, idleMemoryOf, memoryOf, spread, type BenchOptions } from './measure';
import { largePackets, smallPackets, type PacketFile } from './packet-files';
import { shell } from './programs';
import { amountRow, memoryRow, type Row, type Section } from './report';

const MAX_MEMORY = 100;
/** tshark writes some 10,000 packets a second as PDML: a part of them is enough to know. */
const PDML_SHARE = 10;
/** What Pcap Summary finds, as far as tshark has a table for it. */
const TABLES = ['conv,ip', 'conv,tcp', 'io,phs', 'expert', 'dns,tree', 'http,tree', 'rtp,streams'];

interface Comparison {
  what: string;
  make(path: string): PacketFile;
  /** In what the rows are. */
  unit: 'MB' | 'packets';
  /** Of the unit in a second. */
  goal: number;
}

/** Pcap Summary with all that it finds, against tshark, and what pyshark waits for. */
export async function benchSummaries({ runs, bytes, folder }: BenchOptions): Promise<Section> {
  const comparisons: Comparison[] = [
    {
      what: '800-byte packets',
      make: (path) => largePackets(path, Math.round(bytes / 4 / 816)),
      ...{ unit: 'MB', goal: 200 },
    },
    {
      what: 'packets of 54 to 110 bytes (RTP, DNS, TCP)',
      make: (path) => smallPackets(path, Math.round(bytes / 2000)),
      ...{ unit: 'packets', goal: 300_000 },
    },
  ];
  const rows: Row[] = [];
  for (const comparison of comparisons) rows.push(...(await measure(comparison, runs, folder)));
  return {
    title: 'Pcap Summary of a file, all of it on',
    notes: [
      `tshark makes the tables that it has for the same: \`${TABLES.join('`, `')}\`. PDML is what pyshark has tshark write, without what pyshark itself does with it in Python; it is measured over a tenth of the packets, times ten. All read the file from the page cache.`,
    ],
    rows,
  };
}

async function measure(
  { what, make, unit, goal }: Comparison,
  runs: number,
  folder: string,
): Promise<Row[]> {
  const { path, packets, bytes } = make(join(folder, 'summary.pcap'));
  const client = Child.start('client-child.ts');
  const amount = unit === 'MB' ? bytes / 1e6 : packets;
  const tables = TABLES.map((table) => `-z ${table}`).join(' ');
  const count = Math.ceil(packets / PDML_SHARE);
  try {
    await client.ask({ kind: 'summary', path });
    await pause(3000);
    const idle = idleMemoryOf(client.pid);
    const times = await compare(runs, {
      ours: async () => {
        const found = await client.ask<{ packets: number }>({ kind: 'summary', path });
        if (found.packets !== packets) throw new Error(`${found.packets} packets were found.`);
      },
      tshark: () => shell(`tshark -n -q -r ${path} ${tables} >/dev/null 2>&1`),
      pdml: () => shell(`tshark -n -c ${count} -r ${path} -T pdml >/dev/null 2>&1`),
    });
    const pdml = times.pdml.map((seconds) => seconds * PDML_SHARE);
    const row = (other: string, theirs: number[]) =>
      amountRow(`${what}: ${other}`, { amount, unit }, times.ours, theirs);
    const isMet = amount / spread(times.ours).median >= goal;
    return [
      { ...row('tshark with the same tables', times.tshark), goal: `≥ ${goal} ${unit}/s`, isMet },
      row('tshark to PDML, as pyshark calls it', pdml),
      memoryRow(memoryOf(client.pid).peak - idle, MAX_MEMORY),
    ];
  } finally {
    client.stop();
    rmSync(path, { force: true });
  }
}
