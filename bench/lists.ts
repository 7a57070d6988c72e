import { join } from 'node:path';
import { startClient, startServer, vendorScript } from './child';
import type { BenchOptions, Comparison, Part } from './measure';

interface Job {
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

const JOBS: Job[] = [
  ...[5, 50].map((latencyMs): Job => ({
    what: `all pages of 10,000 IPs, ${latencyMs} ms a response`,
    start: { kind: 'lists', latencyMs, ips: 10_000 },
    ...{ command: 'list', script: 'top_ips_pagination.py' },
    ...{ rows: 10_000, goal: 5, maxAtOnce: 4 },
  })),
  {
    what: 'server ports of 2,000 IPs, 5 ms a response',
    start: { kind: 'lists', latencyMs: 5, ips: 2000 },
    ...{ command: 'ports', script: 'server_ports.py', goal: 8 },
  },
  {
    what: 'asynchronous list of RTP connections, then the pcap of one',
    start: { kind: 'simulator', options: { historySeconds: 300 } },
    ...{ command: 'rtp', script: 'rtp_connection.py', goal: 3 },
  },
];

/** Lists and background jobs, against the scripts of the vendor's page. */
export const lists: Part = {
  title: "Lists and jobs, against the vendor's scripts",
  notes: [
    "The scripts run in Python as they stand on the vendor's API page. In brackets: requests of ours and of the script, and the most that ours had open at once.",
  ],
  comparisons: JOBS.map((job) => (options: BenchOptions) => compareJob(job, options)),
};

async function compareJob(
  { what, start, command, script, rows, goal, maxAtOnce = Infinity }: Job,
  { folder, atEnd }: BenchOptions,
): Promise<Comparison> {
  const client = startClient(atEnd);
  const server = await startServer(start, atEnd);
  const { child, url, certificate } = server;
  const path = join(folder, 'connection.pcap');
  const counted = async (name: 'ours' | 'script', work: () => Promise<number | undefined>) => {
    await child.ask({ kind: 'count' });
    const found = await work();
    seen[name] = await child.ask({ kind: 'count' });
    if (rows && found !== rows) throw new Error(`${found} rows came instead of ${rows}.`);
  };
  const seen = { ours: { requests: 0, atOnce: 0 }, script: { requests: 0, atOnce: 0 } };
  return {
    ours: () =>
      counted('ours', async () => {
        const asked = { kind: command, path, url, certificate };
        return (await client.ask<{ rows?: number }>(asked)).rows;
      }),
    others: [
      {
        what() {
          const { requests, atOnce } = seen.ours;
          if (atOnce > maxAtOnce) throw new Error(`${atOnce} requests at once.`);
          const most = atOnce ? `, ${atOnce} at once` : '';
          return `${what} (${requests} / ${seen.script.requests}${most})`;
        },
        goal,
        run: () =>
          counted('script', async () => {
            const printed = await vendorScript(server, folder, script);
            return printed.trim().split('\n').length;
          }),
      },
    ],
  };
}
