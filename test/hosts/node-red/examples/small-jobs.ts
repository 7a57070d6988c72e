import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { until } from '../../../../scripts/hosts/node-red-host';
import { named, type ExampleBench } from './example-bench';
import { hashOf } from '../../truth';

/** Small examples that each do one job of an operator; what they say is what counts. */

const REFUSED = { kind: 'answer', status: 401 } as const;

/** Presses a button, and waits for what a Debug node shows then. */
async function shown(
  bench: ExampleBench,
  nodes: Awaited<ReturnType<ExampleBench['deploy']>>,
  button: string,
  debug: string,
): Promise<string> {
  const { events } = bench.bench;
  const { id } = named(nodes, debug);
  const before = events.debugOf(id).length;
  await bench.press(nodes, button);
  await until(debug, () => events.debugOf(id).length > before);
  return String(events.debugOf(id).at(-1));
}

export function indicatorSweep(get: () => ExampleBench): void {
  it('tells who talked to an indicator, and since when, or what failed', async () => {
    const nodes = await get().deploy('21-indicator-sweep');
    const report = await shown(get(), nodes, 'Sample event', 'Report');
    expect(report).toMatch(/^Indicators: 1 of 2 seen in the last 7 days\n\n198\.51\.100\.66 \(/);
    const { simulator } = get();
    const { firstUs } = await simulator.packetsIn('ip==198.51.100.66', 0, simulator.nowUs());
    const since = new Date(firstUs! / 1000).toISOString().slice(0, 19).replace('T', ' ');
    expect(report).toMatch(new RegExp(`10\\.1\\.2\\.66 \\(.*, ${since} to .* UTC\\)`));
    expect(report).toMatch(/\n\n192\.0\.2\.77: not seen/);
    simulator.faults.add(REFUSED);
    const failure = await shown(get(), nodes, 'Sample event', 'Failure');
    expect(failure).toMatch(/^Failed: the sweep of indicators\n.*401/s);
  });
}

export function applicationSlow(get: () => ExampleBench): void {
  it('tells that it is the server, or what failed', async () => {
    const nodes = await get().deploy('22-application-slow');
    const verdict = await shown(get(), nodes, 'Sample complaint', 'Verdict');
    expect(verdict).toMatch(
      /^Application slow, 203\.0\.113\.10: it is the server\n\n.*\nServer: \d+ of \d+ responses took/s,
    );
    get().simulator.faults.add(REFUSED);
    const failure = await shown(get(), nodes, 'Sample complaint', 'Failure');
    expect(failure).toMatch(/^Failed: to find out why the application is slow\n.*401/s);
  });

  it('says that there are no packets', async () => {
    const nodes = await get().deploy('22-application-slow', (all) => {
      const props = named(all, 'Sample complaint').props as Array<{ p: string; v: string }>;
      props.find(({ p }) => p === 'host')!.v = '192.0.2.77';
    });
    const verdict = await shown(get(), nodes, 'Sample complaint', 'Verdict');
    expect(verdict).toMatch(/^Application slow, 192\.0\.2\.77: no packets\n/);
  });
}

export function nightlyCsv(get: () => ExampleBench): void {
  it('uploads the connections of the last day, or says what failed', async () => {
    const { files } = get().neighbours;
    const nodes = await get().deploy('23-nightly-csv');
    const stored = await shown(get(), nodes, 'Every night', 'Stored');
    const [[path, content]] = [...files.files] as [[string, Buffer]];
    expect(stored).toMatch(/^Connections of the last day: [\d,]+ rows stored\n/);
    expect(stored).toContain(`\n${files.url}/${basename(path)}\n`);
    expect(stored).toContain(`SHA-256 ${hashOf(content)}`);
    files.isFull = true;
    const full = await shown(get(), nodes, 'Every night', 'Failure');
    expect(full).toMatch(/^Failed: the nightly CSV of connections\n.*507/s);
    get().simulator.faults.add(REFUSED);
    const refused = await shown(get(), nodes, 'Every night', 'Failure');
    expect(refused).toMatch(/^Failed: the nightly CSV of connections\n.*401/s);
  });
}

export function captureToStorage(get: () => ExampleBench): void {
  const deploy = (host: string) =>
    get().deploy('24-capture-to-storage', (all) => {
      const props = named(all, 'Sample request').props as Array<{ p: string; v: string }>;
      props.find(({ p }) => p === 'host')!.v = host;
    });

  it('has each device that saw the host store its packets', async () => {
    const nodes = await deploy('10.1.2.3');
    const before = get().simulator.storedCaptures.length;
    await get().press(nodes, 'Sample request');
    const said = () => get().bench.events.debugOf(named(nodes, 'Stored').id);
    await until('both messages', () => said().length === 2);
    const stored = get().simulator.storedCaptures.slice(before);
    expect(stored.map(({ deviceId }) => deviceId).sort()).toEqual(['branch-1', 'local']);
    for (const { deviceId } of stored) {
      const head = `10.1.2.3: asked ${deviceId} to store its packets\n\nip==10.1.2.3, 20`;
      expect(said().some((text) => String(text).startsWith(head))).toBe(true);
    }
  });

  it('says where nobody saw the host, and what failed', async () => {
    const nodes = await deploy('192.0.2.77');
    const unseen = await shown(get(), nodes, 'Sample request', 'Failure');
    expect(unseen).toMatch(/192\.0\.2\.77 was not seen by any device/);
    get().simulator.faults.add(REFUSED);
    const failure = await shown(get(), nodes, 'Sample request', 'Failure');
    expect(failure).toMatch(/^Failed: storing packets on the devices\n.*401/s);
  });
}

export function toolsForAi(get: () => ExampleBench): void {
  const TOKEN = 'only-for-tests-of-tools';
  const ask = async (path: string, token = TOKEN) => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${get().url}/allegro/tools/${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const deploy = (token: string) =>
    get().deploy('25-tools-for-ai', ([tab]) => {
      Object.assign(tab!, { env: [{ name: 'TOOL_TOKEN', type: 'str', value: token }] });
    });

  it('lets nobody in without the token, and nobody at all without one', async () => {
    await deploy(TOKEN);
    expect((await ask('top-talkers', 'another')).status).toBe(401);
    expect((await ask('delete')).status).toBe(404);
    await deploy('');
    expect((await ask('top-talkers', '')).status).toBe(401);
    expect(get().simulator.requests).toEqual([]);
  });

  it('answers with what a host did, and where its packets are', async () => {
    await deploy(TOKEN);
    expect((await ask('top-talkers')).body.talkers).toHaveLength(10);
    const { hosts } = (await ask('host?ip=10.1.2.3')).body as { hosts: Array<{ text: string }> };
    expect(hosts[0]!.text).toMatch(/^10\.1\.2\.3 \(pc-anna/);
    const { body } = await ask('capture?ip=10.1.2.3');
    const folder = join(get().bench.host.userDir, 'captures');
    expect(readdirSync(folder)).toContain(basename(body.path as string));
    expect(hashOf(readFileSync(body.path as string))).toBe(body.sha256);
    const refused = await ask('host?ip=alice');
    expect([refused.status, refused.body.error]).toEqual([502, expect.stringContaining('alice')]);
  });
}
