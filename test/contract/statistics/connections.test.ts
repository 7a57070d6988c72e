import { parse } from 'csv-parse/sync';
import { captureConnection } from '../../../nodes/definitions/capture/capture-connection';
import { getConnections } from '../../../nodes/definitions/statistics/get-connections';
import { getPeers } from '../../../nodes/definitions/statistics/get-peers';
import { useBranch, useSimulator } from '../support/bench';
import { pastWindow, uploadRequest } from '../support/operations';
import { jsonOf, runDefinition, type Ran } from '../support/run-definition';

const IP = '/API/stats/modules/ip';
const CSV = { listOutput: 'csv', timeMode: 'none' };

type Connection = Record<string, unknown> & {
  clientIp: string;
  clientPort: number;
  serverIp: string;
  serverPort: number;
  l4Protocol: string;
  protocol: string;
  connectionStart: number;
  lastActivity: number;
  totalBytes: number;
};

const bench = useSimulator(300, 30);
const run = (values: Record<string, unknown> = {}, options = {}) =>
  runDefinition(bench.client, getConnections, { timeMode: 'none', ...values }, options);
const list = async (values: Record<string, unknown> = {}) => {
  const [{ json }] = await run({ returnAll: true, ...values });
  return { ...json, connections: json.connections as Connection[] } as Ran['json'] & {
    connections: Connection[];
    warnings: string[];
  };
};

describe('Get Connections, as items', () => {
  it('waits for the list and gives the highest first, with times and named counters', async () => {
    const { connections, total } = await list({ returnAll: false, limit: 7 });
    expect(connections).toHaveLength(7);
    expect(total).toBeGreaterThan(7);
    const bytes = connections.map(({ totalBytes }) => totalBytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    for (const one of connections) {
      expect(Date.parse(one.connectionStartIso as string)).toBe(one.connectionStart);
      expect(Date.parse(one.lastActivityIso as string)).toBe(one.lastActivity);
      expect(one.durationSeconds).toBe((one.lastActivity - one.connectionStart) / 1000);
      expect(one).not.toHaveProperty('allTime');
    }
    expect(bench.met('/API/async/').length).toBeGreaterThan(1);
  });

  it('asks for RTP with its quality', async () => {
    const { connections } = await list({ connectionMode: 'rtpStats' });
    expect(connections.length).toBeGreaterThan(0);
    for (const one of connections) {
      expect(one).toMatchObject({ protocol: 'RTP', jitterMs: expect.any(Number) });
      expect(one.lossPercent).toBeGreaterThanOrEqual(0);
      expect(one.mos).toBeGreaterThan(1);
      // For a table: who, how good, how much, and nothing within.
      expect(Object.keys(one).slice(6, 10).join()).toBe('lossPercent,jitterMs,mos,totalBytes');
      expect(Object.values(one).filter((value) => typeof value === 'object')).toEqual([]);
    }
    expect(bench.met(`${IP}/globalConnections`)[0].url).toContain('mode=rtpStats');
  });

  it.each(['lossPercent', 'jitterMs', 'mos'])('sorts RTP by %s', async (connectionSort) => {
    bench.standStill();
    const values = { connectionMode: 'rtpStats', connectionSort };
    const { connections } = await list({ ...values, descending: false });
    const figures = connections.map((one) => Number(one[connectionSort]));
    expect(figures).toEqual([...figures].sort((a, b) => a - b));
    const raw = await list({ ...values, simplify: false, limit: 1 });
    expect(Number(raw.connections[0]![connectionSort])).toBe(figures.at(-1));
    expect(raw.connections[0]).toHaveProperty('rtpStats');
    await expect(list({ connectionSort })).rejects.toMatchObject({ field: 'connectionSort' });
  });

  it('asks the appliance itself for the connections of one address', async () => {
    const [busiest] = (await list()).connections;
    bench.simulator.clearRequests();
    const { connections, total } = await list({ host: busiest.serverIp });
    expect(bench.met(`${IP}/ips/${busiest.serverIp}/connections`).length).toBeGreaterThan(0);
    expect(bench.met(`${IP}/globalConnections`)).toEqual([]);
    expect(connections).toHaveLength(total as number);
    for (const { clientIp, serverIp } of connections) {
      expect([clientIp, serverIp]).toContain(busiest.serverIp);
    }
  });

  it.each([
    ['10.1.2.3/32', '10.1.2.3'],
    ['2001:db8::5/128', '2001:db8::5'],
    ['2001:DB8:0::5', '2001:db8::5'],
    ['::ffff:10.1.2.3/128', '10.1.2.3'],
  ])('asks for %s as for the one address that it is', async (host, element) => {
    await list({ host });
    expect(bench.met(IP)[0].path).toBe(`${IP}/ips/${element}/connections`);
  });

  it('compares network, port and protocols itself, and leaves out nothing that fits', async () => {
    const all = (await list()).connections;
    const { serverPort, l4Protocol, protocol, clientIp } = all[0];
    const network = `${clientIp.split('.').slice(0, 3).join('.')}.0/24`;
    const { connections } = await list({ host: network, port: serverPort, l4Protocol, protocol });
    const prefix = network.replace(/0\/24$/, '');
    const fitting = all.filter(
      (one) =>
        [one.clientIp, one.serverIp].some((ip) => ip.startsWith(prefix)) &&
        [one.clientPort, one.serverPort].includes(serverPort) &&
        one.l4Protocol === l4Protocol &&
        one.protocol === protocol,
    );
    expect(fitting.length).toBeGreaterThan(0);
    expect(fitting.length).toBeLessThan(all.length);
    // New connections may have begun in between.
    expect(connections.length).toBeGreaterThanOrEqual(fitting.length);
  });

  it('takes an interval, whose counters are those of the interval', async () => {
    const everything = (await list()).connections;
    const json = await list({ timeMode: 'last', lastAmount: 60, lastUnit: 'seconds' });
    expect(json.from).not.toBeNull();
    const sum = (connections: Connection[]) =>
      connections.reduce((total, { totalBytes }) => total + totalBytes, 0);
    expect(sum(json.connections)).toBeLessThan(sum(everything) / 2);
    expect(sum(json.connections)).toBeGreaterThan(0);
  });
});

describe('Get Connections, as CSV', () => {
  it('streams every connection, counted and hashed', async () => {
    const [{ json, file }] = await run(CSV);
    const rows = parse(file!.bytes, { columns: true });
    expect(rows.length).toBeGreaterThan(10);
    expect(json).toMatchObject({
      fileName: file!.name,
      rows: rows.length,
      bytes: file!.bytes.length,
      sha256: file!.sha256,
      complete: true,
      warnings: [],
    });
    expect(json.columns).toEqual(Object.keys(rows[0] as object));
    expect(file!.name).toMatch(/^connections_127\.0\.0\.1_\d{8}T\d{6}Z_[0-9a-z]{5}\.csv$/);
  });

  it('counts malformed rows, warns of them and passes them on', async () => {
    const path = `${IP}/globalConnections/csv`;
    const body = 'a,b,c\n1,2,3\n1,2\n"1",2,3,4\n1,2,3\n';
    bench.simulator.faults.add({ path, kind: 'answer', status: 200, body });
    const [{ json, file }] = await run(CSV);
    expect(file!.bytes.toString()).toBe(body);
    expect(json).toMatchObject({ rows: 4, complete: true });
    expect(json.warnings).toEqual([
      expect.stringMatching(/^2 of 4 rows .* do not have the 3 columns of its header\./),
    ]);
  });

  it('writes one at a time for an appliance, and the second waits', async () => {
    const order: string[] = [];
    const one = async (name: string) => {
      await run(CSV, { onFile: () => order.push(`${name} begins`) });
      order.push(`${name} ends`);
    };
    await Promise.all([one('a'), one('b'), one('c')]);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(bench.met(`${IP}/globalConnections/csv`)).toHaveLength(3);
  });

  it('says so when somebody else downloads one', async () => {
    bench.simulator.faults.add({
      path: `${IP}/globalConnections/csv`,
      kind: 'answer',
      status: 503,
      headers: { 'Retry-After': '1' },
      body: 'busy',
    });
    await expect(run(CSV)).rejects.toMatchObject({ kind: 'busy', canRetry: true });
    // Nothing is left locked.
    bench.simulator.faults.clear();
    expect((await run(CSV))[0].json.rows).toBeGreaterThan(0);
  });

  it('lets the next one go when it is cancelled', async () => {
    const cancel = new AbortController();
    const cancelled = run(CSV, { signal: cancel.signal, onFile: () => cancel.abort() });
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    expect((await run(CSV))[0].json.rows).toBeGreaterThan(0);
  });
});

describe('Capture Connection', () => {
  it('fetches every packet of a connection, the last one included', async () => {
    const { connections } = await list();
    // Whole seconds behind now, so that it is over.
    const over = connections.filter(({ lastActivity }) => lastActivity < Date.now() - 70_000);
    expect(over.length).toBeGreaterThan(2);
    for (const connection of over.slice(0, 3)) {
      const raw = { ...connection, marginMilliseconds: 1 };
      const [{ json, file }] = await runDefinition(bench.client, captureConnection, raw);
      expect(json.packets).toBe(connection.totalPackets);
      expect(json).toMatchObject({
        sha256: file!.sha256,
        bytes: file!.bytes.length,
        complete: true,
        evidence: { files: [{ name: file!.name, sha256: file!.sha256 }] },
      });
    }
  });

  describe('behind Get Connections', () => {
    useBranch(bench);

    /** As n8n hands a connection on, whose default for the device is that of the item. */
    async function captureFirst(device: string): Promise<Ran['json']> {
      const [connection] = (await list({ device })).connections;
      bench.simulator.clearRequests();
      const raw = { ...connection, device: connection.mmId };
      const [{ json }] = await runDefinition(bench.client, captureConnection, raw);
      const [{ url }] = bench.met('/API/data/modules/capture');
      expect(new URL(url, 'https://a').searchParams.get('mm-id')).toBe(device);
      return { ...json, listed: connection.totalPackets };
    }

    it('captures from the device that listed it', async () => {
      const { packets } = await captureFirst('branch-1');
      expect(packets).toBeGreaterThan(0);
    });

    it('captures from the slot that listed it', async () => {
      const { startUs, endUs } = pastWindow(bench.simulator);
      const file = await bench.simulator.fileOf('', startUs, endUs);
      const { signal } = new AbortController();
      await bench.client.upload(uploadRequest(file), { signal });
      const { packets, listed } = await captureFirst(':1');
      expect(packets).toBe(listed);
    });
  });

  it('takes times with fractions and as ISO 8601, and asks IPv6 side by side', async () => {
    const start = Date.now() - 60_000;
    const [{ json }] = await runDefinition(bench.client, captureConnection, {
      clientIp: '2001:db8::5',
      clientPort: 62887,
      serverIp: '[2001:db8::1]',
      serverPort: '443',
      l4Protocol: 'tcp',
      connectionStart: `${start},7749`,
      lastActivity: new Date(start + 4000).toISOString(),
      marginMilliseconds: 10,
    });
    expect(json.expression).toBe(
      '(ip==2001:db8::5 and portrange==62887) and (ip==2001:db8::1 and portrange==443) and l4Protocol==TCP',
    );
    const { from, to } = json.requestedWindow as { from: string; to: string };
    expect(Date.parse(from)).toBe(start);
    expect(from).toMatch(/774Z$/);
    expect(to).toBe(new Date(start + 4010).toISOString().replace('Z', '000Z'));
    expect(json.packets).toBe(0);
  });
});

describe('Get Peers', () => {
  const peersOf = async (address: string, values: Record<string, unknown> = {}) => {
    const raw = { address, timeMode: 'none', returnAll: true, ...values };
    const json = await jsonOf(getPeers, bench.client, raw);
    return { ...json, peers: json.peers as Array<{ ip: string; totalBytes: number }> };
  };

  it('lists the other ends of the connections of an address, the highest first', async () => {
    bench.standStill();
    const [{ clientIp }] = (await list()).connections;
    const { connections } = await list({ host: clientIp });
    const { peers } = await peersOf(clientIp);
    const ends = connections.map((one) =>
      one.clientIp === clientIp ? one.serverIp : one.clientIp,
    );
    expect(peers.map(({ ip }) => ip)).toEqual(expect.arrayContaining(ends));
    const bytes = peers.map(({ totalBytes }) => totalBytes);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    const [lowest] = (await peersOf(clientIp, { descending: false, returnAll: false, limit: 1 }))
      .peers;
    expect(lowest!.totalBytes).toBe(bytes.at(-1));
  });

  it('takes a slot that is not there for no list without elements', async () => {
    const error = { kind: 'notFound', status: 404 };
    await expect(peersOf('192.0.2.77', { device: ':77' })).rejects.toMatchObject(error);
    const connections = list({ host: '192.0.2.77', device: ':77' });
    await expect(connections).rejects.toMatchObject(error);
  });
});
