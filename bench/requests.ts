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

const SCRIPTS = "The script runs in Python as it stands on the vendor's page.";
const OWN_SERVER =
  "The answers come from a server of the benchmark's own, each after the latency named.";

/** All pages of a long list, against the vendor's paging script. */
export async function benchPages(options: BenchOptions): Promise<Section> {
  const rows = await withLists(async (client, appliance) => [
    await comparePages(client, appliance, 5, options),
    await comparePages(client, appliance, 50, options),
  ]);
  return {
    title: 'All pages of a list, against the script of the API page',
    notes: [`${SCRIPTS} ${OWN_SERVER}`],
    rows,
  };
}

/** One request for each address, against the vendor's script. */
export async function benchPorts(options: BenchOptions): Promise<Section> {
  return {
    title: 'Server ports of all addresses, against the script of the API page',
    notes: [`Get Server Ports with its defaults. ${SCRIPTS} ${OWN_SERVER}`],
    rows: await withLists(async (client, appliance) => [
      await comparePorts(client, appliance, options),
    ]),
  };
}

/** A list that is made in the background, and the packets of one of its rows. */
export async function benchConnections(options: BenchOptions): Promise<Section> {
  const client = Child.start('client-child.ts');
  try {
    return {
      title: 'From connections to a pcap, against the script of the API page',
      notes: [`Get Connections, then Capture Connection, against the simulator. ${SCRIPTS}`],
      rows: await compareRtp(client, options),
    };
  } finally {
    client.stop();
  }
}

async function withLists(
  work: (client: Child, appliance: Appliance) => Promise<Row[]>,
): Promise<Row[]> {
  const client = Child.start('client-child.ts');
  const child = Child.start('list-child.ts');
  try {
    return await work(client, { child, ...(await child.ask<Started>({ kind: 'start' })) });
  } finally {
    client.stop();
    child.stop();
  }
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
  let ours: Seen = { requests: 0, atOnce: 0 };
  const times = await compare(runs, {
    ours: async () => {
      await child.ask({ kind: 'clear' });
      const { rows } = await client.ask<{ rows: number }>({ kind: 'ports', url, certificate });
      if (rows !== 2000) throw new Error(`${rows} rows came.`);
      ours = await child.ask<Seen>({ kind: 'clear' });
    },
    script: () => vendorScript(appliance, folder, 'server_ports.py'),
  });
  const ratio = times.script / times.ours;
  return {
    what: `server ports of 2,000 IPs, 5 ms (at most ${ours.atOnce} at once)`,
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
