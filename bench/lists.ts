import { join } from 'node:path';
import { Child, startServer } from './child';
import { compare, type BenchOptions } from './measure';
import { vendorScript } from './programs';
import { durationRow, type Row, type Section } from './report';

interface Comparison {
  what: string;
  /** Of the server. */
  start: object;
  command: 'list' | 'ports' | 'rtp';
  script: string;
  /** Rows that ours has to return, and the script to print, one a line. */
  rows?: number;
  goal: number;
  /** The most requests that ours may send at once. */
  maxAtOnce?: number;
}

const COMPARISONS: Comparison[] = [
  ...[5, 50].map((latencyMs): Comparison => ({
    what: `all pages of 10,000 IPs, ${latencyMs} ms a response`,
    start: { kind: 'lists', latencyMs, ips: 10_000 },
    command: 'list',
    script: 'top_ips_pagination.py',
    rows: 10_000,
    goal: 5,
    maxAtOnce: 4,
  })),
  {
    what: 'server ports of 2,000 IPs, 5 ms a response',
    start: { kind: 'lists', latencyMs: 5, ips: 2000 },
    command: 'ports',
    script: 'server_ports.py',
    goal: 8,
  },
  {
    what: 'asynchronous list of RTP connections, then the pcap of one',
    start: { kind: 'simulator', options: { historySeconds: 300 } },
    command: 'rtp',
    script: 'rtp_connection.py',
    goal: 3,
  },
];

/** Lists and background jobs, against the scripts of the vendor's page. */
export async function benchLists(options: BenchOptions): Promise<Section> {
  const rows: Row[] = [];
  for (const comparison of COMPARISONS) rows.push(await measure(comparison, options));
  return {
    title: "Lists and jobs, against the vendor's scripts",
    notes: [
      "The scripts run in Python as they stand on the vendor's API page. In brackets: requests of ours and of the script, and the most that ours had open at once.",
    ],
    rows,
  };
}

async function measure(
  { what, start, command, script, rows, goal, maxAtOnce }: Comparison,
  { runs, folder }: BenchOptions,
): Promise<Row> {
  const client = Child.start('client-child.ts');
  const server = await startServer(start);
  const { child, url, certificate } = server;
  const seen = { ours: { requests: 0, atOnce: 0 }, script: { requests: 0, atOnce: 0 } };
  const count = async (name: keyof typeof seen, work: () => Promise<unknown>) => {
    await child.ask({ kind: 'count' });
    await work();
    seen[name] = await child.ask({ kind: 'count' });
  };
  const path = join(folder, 'connection.pcap');
  try {
    const times = await compare(runs, {
      ours: () =>
        count('ours', async () => {
          const found = await client.ask<{ rows?: number }>({
            kind: command,
            path,
            url,
            certificate,
          });
          if (rows && found.rows !== rows) throw new Error(`${found.rows} rows came.`);
        }),
      script: () =>
        count('script', async () => {
          const lines = (await vendorScript(server, folder, script)).trim().split('\n').length;
          if (rows && lines !== rows) throw new Error(`The script printed ${lines} lines.`);
        }),
    });
    const { requests, atOnce } = seen.ours;
    if (maxAtOnce && atOnce > maxAtOnce) throw new Error(`${atOnce} requests at once.`);
    const most = atOnce ? `, ${atOnce} at once` : '';
    const counts = `${requests} / ${seen.script.requests}${most}`;
    return durationRow(`${what} (${counts})`, times.ours, times.script, goal);
  } finally {
    client.stop();
    child.stop();
  }
}
