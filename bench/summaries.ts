import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { shell, startClient } from './child';
import type { BenchOptions, Comparison, Part } from './measure';
import { largePackets, smallPackets, type PacketFile } from './packet-files';

const MAX_MEMORY = 100;
/** tshark writes some 10,000 packets a second as PDML: a part of them is enough to know. */
const PDML_SHARE = 10;
/** What Pcap Summary finds, as far as tshark has a table for it. */
const TABLES = ['conv,ip', 'conv,tcp', 'io,phs', 'expert', 'dns,tree', 'http,tree', 'rtp,streams'];

/** Pcap Summary with all that it finds, against tshark, and what pyshark waits for. */
export const summary: Part = {
  title: 'Pcap Summary of a file, all of it on',
  notes: [
    `tshark makes the tables that it has for the same: \`${TABLES.join('`, `')}\`. PDML is what pyshark has tshark write, without what pyshark itself does with it in Python; it is measured over a tenth of the packets, times ten. All read the file from the page cache.`,
  ],
  comparisons: [
    (options) =>
      compareSummaries(options, {
        what: '800-byte packets',
        make: (path) => largePackets(path, Math.round(options.bytes / 4 / 816)),
        ...{ unit: 'MB', minRate: 200 },
      }),
    (options) =>
      compareSummaries(options, {
        what: 'packets of 54 to 110 bytes (RTP, DNS, TCP)',
        make: (path) => smallPackets(path, Math.round(options.bytes / 2000)),
        ...{ unit: 'packets', minRate: 300_000 },
      }),
  ],
};

async function compareSummaries(
  { folder, atEnd }: BenchOptions,
  kind: {
    what: string;
    make(path: string): PacketFile;
    /** In what the rows are. */
    unit: 'MB' | 'packets';
    minRate: number;
  },
): Promise<Comparison> {
  const { what, make, unit, minRate } = kind;
  const { path, packets, bytes } = make(join(folder, 'summary.pcap'));
  atEnd(() => rmSync(path));
  const client = startClient(atEnd);
  const tables = TABLES.map((table) => `-z ${table}`).join(' ');
  const ours = async () => {
    const found = await client.ask<{ packets: number }>({ kind: 'summary', path });
    if (found.packets !== packets) throw new Error(`${found.packets} packets were found.`);
  };
  await ours();
  return {
    amount: { count: unit === 'MB' ? bytes / 1e6 : packets, unit },
    ours,
    minRate,
    others: [
      {
        what: `${what}: tshark with the same tables`,
        run: () => shell(`tshark -n -q -r ${path} ${tables} >/dev/null 2>&1`),
      },
      {
        what: `${what}: tshark to PDML, as pyshark calls it`,
        share: PDML_SHARE,
        run: () => {
          const count = Math.ceil(packets / PDML_SHARE);
          return shell(`tshark -n -c ${count} -r ${path} -T pdml >/dev/null 2>&1`);
        },
      },
    ],
    memory: { pid: client.pid, max: MAX_MEMORY },
  };
}
