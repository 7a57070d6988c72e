import { join } from 'node:path';
import { Child, startAppliance, type Appliance } from './child';
import { vendorScript } from './curl';
import { compare } from './measure';
import type { BenchOptions } from './options';
import { duration, type Row, type Section } from './report';

interface Seen {
  requests: number;
  atOnce: number;
}

/** What takes many requests, against the scripts of the vendor's page. */
export async function benchRequests(options: BenchOptions): Promise<Section> {
  const rows: Row[] = [];
  const client = Child.start('client-child.ts');
  try {
    const lists = Child.start('list-child.ts');
    const appliance: Appliance = { child: lists, ...(await lists.ask<Started>({ kind: 'start' })) };
    for (const latencyMs of [5, 50]) {
      rows.push(await comparePages(client, appliance, latencyMs, options));
    }
    rows.push(await comparePorts(client, appliance, options));
    lists.stop();
    rows.push(...(await compareRtp(client, options)));
  } finally {
    client.stop();
  }
  return {
    title: 'Many requests, against the scripts of the API page',
    notes: [
      "The scripts run in Python as they stand on the vendor's page. Lists and ports come from a server of the benchmark's own, which answers after the latency named; the connections come from the simulator.",
    ],
    rows,
  };
}

interface Started {
  url: string;
  certificate: string;
}

async function comparePages(
  client: Child,
  appliance: Appliance,
  latencyMs: number,
  { runs, folder }: BenchOptions,
): Promise<Row> {
  const { child, url, certificate } = appliance;
  await child.ask({ kind: 'set', latencyMs, ips: 10_000 });
  let ours: Seen = { requests: 0, atOnce: 0 };
  let theirs = ours;
  const times = await compare(runs, {
    ours: async () => {
      await child.ask({ kind: 'clear' });
      const { rows } = await client.ask<{ rows: number }>({ kind: 'list', url, certificate });
      if (rows !== 10_000) throw new Error(`${rows} rows came.`);
      ours = await child.ask<Seen>({ kind: 'clear' });
    },
    script: async () => {
      const lines = await vendorScript(appliance, folder, 'top_ips_pagination.py');
      if (lines.trim().split('\n').length !== 10_000) throw new Error('Lines are missing.');
      theirs = await child.ask<Seen>({ kind: 'clear' });
    },
  });
  const ratio = times.script / times.ours;
  return {
    what: `all pages of 10,000 IPs, ${latencyMs} ms (${ours.requests} against ${theirs.requests} requests, at most ${ours.atOnce} at once)`,
    ours: duration(times.ours),
    alternative: duration(times.script),
    ratio,
    goal: '≥ 5, at most 4 at once',
    isMet: ratio >= 5 && ours.atOnce <= 4,
  };
}

async function comparePorts(
  client: Child,
  appliance: Appliance,
  { runs, folder }: BenchOptions,
): Promise<Row> {
  const { child, url, certificate } = appliance;
  await child.ask({ kind: 'set', latencyMs: 5, ips: 2000 });
  let rows = 0;
  let ours: Seen = { requests: 0, atOnce: 0 };
  const times = await compare(runs, {
    ours: async () => {
      await child.ask({ kind: 'clear' });
      ({ rows } = await client.ask<{ rows: number }>({ kind: 'ports', url, certificate }));
      ours = await child.ask<Seen>({ kind: 'clear' });
    },
    script: async () => {
      const lines = (await vendorScript(appliance, folder, 'server_ports.py')).trim().split('\n');
      if (lines.length !== rows) throw new Error(`${lines.length} lines, ${rows} rows.`);
    },
  });
  const ratio = times.script / times.ours;
  return {
    what: `ports of 2,000 IPs, 5 ms (at most ${ours.atOnce} at once)`,
    ours: duration(times.ours),
    alternative: duration(times.script),
    ratio,
    goal: '≥ 8',
    isMet: ratio >= 8,
  };
}

async function compareRtp(client: Child, { runs, folder }: BenchOptions): Promise<Row[]> {
  const appliance = await startAppliance({ historySeconds: 300 });
  const { child, url, certificate } = appliance;
  const requests = { ours: 0, script: 0 };
  const counted = async (name: keyof typeof requests, work: () => Promise<unknown>) => {
    await child.ask({ kind: 'clear' });
    await work();
    requests[name] = (await child.ask<{ requests: number }>({ kind: 'count' })).requests;
  };
  try {
    const path = join(folder, 'rtp.pcap');
    const times = await compare(runs, {
      ours: () => counted('ours', () => client.ask({ kind: 'rtp', path, url, certificate })),
      script: () => counted('script', () => vendorScript(appliance, folder, 'rtp_connection.py')),
    });
    const ratio = times.script / times.ours;
    return [
      {
        what: 'asynchronous list of connections, then the pcap of one',
        ours: duration(times.ours),
        alternative: duration(times.script),
        ratio,
        goal: '≥ 3',
        isMet: ratio >= 3,
      },
      {
        what: 'requests for that',
        ours: String(requests.ours),
        alternative: String(requests.script),
        goal: '≤ twice as many',
        isMet: requests.ours <= 2 * requests.script,
      },
    ];
  } finally {
    child.stop();
  }
}
