import { parse } from 'csv-parse/sync';
import { getPeers } from '../../../nodes/definitions/statistics/get-peers';
import { getStats } from '../../../nodes/definitions/statistics/get-stats';
import { topTalkers } from '../../../nodes/definitions/statistics/top-talkers';
import { STEADY_HOST } from '../../../simulator';
import { useSimulator } from '../support/bench';
import { jsonOf, runDefinition } from '../support/run-definition';
import { errorOf } from '../../support/error-of';

const MODULE = '/API/stats/modules/ip';
const IPS_PAGED = `${MODULE}/ips_paged`;
const UNSEEN = '10.99.99.99';
const NO_INTERVAL = { timeMode: 'none' };

const bench = useSimulator(300);
const stats = (values: Record<string, unknown>) =>
  jsonOf(getStats, bench.client, { path: IPS_PAGED, ...NO_INTERVAL, ...values });
const rowsOf = (json: Record<string, unknown>) => json.items as Array<Record<string, unknown>>;

describe('a list as a CSV file', () => {
  const CSV = { listOutput: 'csv' };
  const nodes = [
    ['Get Stats', getStats, { path: IPS_PAGED }, IPS_PAGED, /^ips_paged_127\.0\.0\.1_\w+\.csv$/],
    [
      'Get Stats with csv=true in its path',
      getStats,
      { path: `${IPS_PAGED}?csv=true` },
      IPS_PAGED,
      /^ips_paged_/,
    ],
    [
      'Get Stats of connections',
      getStats,
      { path: `${MODULE}/globalConnections` },
      `${MODULE}/globalConnections/csv`,
      /^globalConnections_/,
    ],
    ['Top Talkers', topTalkers, {}, IPS_PAGED, /^talkers-ip_/],
    [
      'Get Peers',
      getPeers,
      { address: STEADY_HOST },
      `${MODULE}/ips/${STEADY_HOST}/peers`,
      /^peers_/,
    ],
  ] as const;

  it.each(nodes)(
    '%s: the columns and all rows of the appliance',
    async (_, node, raw, path, name) => {
      const values = { ...NO_INTERVAL, ...CSV, ...raw };
      const [{ json, file }] = await runDefinition(bench.client, node, values);
      const rows = parse<Record<string, string>>(file!.bytes, { columns: true });
      expect(rows.length).toBeGreaterThan(1);
      expect(json).toMatchObject({
        fileName: expect.stringMatching(name) as string,
        rows: rows.length,
        columns: Object.keys(rows[0]),
        bytes: file!.bytes.length,
        sha256: file!.sha256,
        complete: true,
        from: null,
        to: null,
        warnings: [],
      });
      const [{ url }] = bench.met(path);
      expect(new URL(url, 'https://a').searchParams.getAll('csv')).toEqual(['true']);
    },
  );

  it('has every row that Get Stats lists', async () => {
    // A fixed minute, so that both see the same.
    const end = Math.floor(bench.simulator.nowUs() / 1e6) * 1000 - 5000;
    const [since, until] = [end - 60_000, end].map((time) => new Date(time).toISOString());
    const range = { timeMode: 'between', since, until };
    const [{ file, json }] = await runDefinition(bench.client, getStats, {
      ...{ path: IPS_PAGED, ...range, ...CSV },
    });
    const inFile = parse<{ ip: string }>(file!.bytes, { columns: true }).map(({ ip }) => ip);
    const listed = rowsOf(await stats({ ...range, returnAll: true })).map(({ ip }) => ip);
    expect(inFile.sort()).toEqual(listed.sort());
    expect(Date.parse(json.to as string) - Date.parse(json.from as string)).toBe(60_000);
  });

  it('is refused where the path has none, with advice that fits', async () => {
    const values = { path: `${MODULE}/ips/${STEADY_HOST}`, ...NO_INTERVAL, ...CSV };
    const error = await errorOf(runDefinition(bench.client, getStats, values));
    expect(error).toMatchObject({ kind: 'badAnswer' });
    expect(error.message).toMatch(/not the table as CSV, but JSON.*statistic as data/);
  });
});

describe('a list in Get Stats', () => {
  it('is one row for each item, with the total, and a warning when there are more', async () => {
    bench.standStill();
    const all = await stats({ returnAll: true });
    const total = rowsOf(all).length;
    expect(total).toBeGreaterThan(10);
    expect(all).toMatchObject({ listed: total, total, warnings: [], from: null });
    const some = await stats({ limit: 7 });
    expect(some).toMatchObject({ listed: 7, total });
    expect(some.warnings).toEqual([expect.stringContaining(`7 of ${total} rows were returned`)]);
    expect(rowsOf(some)).toHaveLength(7);
    expect(rowsOf(some)[0]).toMatchObject({
      allTime: { totalBytes: expect.any(Number) as number },
    });
  });

  it.each(['page=1&count=3', 'count=3'])('with %s is that page alone', async (query) => {
    const json = await stats({ path: `${IPS_PAGED}?${query}` });
    expect(rowsOf(json)).toHaveLength(3);
    expect(bench.met(IPS_PAGED)).toHaveLength(1);
    expect(json.warnings).toEqual([expect.stringMatching(/^3 of \d+ rows/)]);
  });

  it.each(['array', 'object'] as const)('may come as %s', async (listShape) => {
    bench.standStill();
    const { items } = await stats({ returnAll: true });
    bench.simulator.switches.listShape = listShape;
    const json = await stats({ returnAll: true });
    expect(rowsOf(json)).toHaveLength((items as unknown[]).length);
  });

  it('has the device on each row where one was named', async () => {
    const json = await stats({ device: 'branch-1', limit: 2 });
    expect(json).toMatchObject({
      mmId: 'branch-1',
      items: [{ mmId: 'branch-1' }, { mmId: 'branch-1' }],
    });
  });
});

describe('an address that was not seen', () => {
  it('is an answer of Get Stats', async () => {
    const json = await stats({ path: `${MODULE}/ips/${UNSEEN}` });
    expect(json).toMatchObject({ ip: UNSEEN, seen: false, from: null, to: null });
    expect(json.warnings).toEqual([expect.stringContaining(`not seen ${UNSEEN}`)]);
    const mac = '02:99:99:99:99:99';
    const path = `API/stats/modules/mac/macs/${mac}`;
    expect(await stats({ path })).toMatchObject({ mac, seen: false });
    // Part of an address: that of one that is known is missing for another reason.
    const part = (ip: string) => `API/stats/modules/ip/ips/${ip}/no_such_part`;
    expect(await stats({ path: part(UNSEEN) })).toMatchObject({ ip: UNSEEN, seen: false });
    await expect(stats({ path: part(STEADY_HOST) })).rejects.toMatchObject({ kind: 'notFound' });
  });

  it('has no peers, also where an empty list is not found', async () => {
    bench.simulator.switches.emptyList = '404';
    const json = await jsonOf(getPeers, bench.client, { address: UNSEEN, ...NO_INTERVAL });
    expect(json).toMatchObject({ peers: [], listed: 0, total: 0 });
    expect(json.warnings).toEqual([expect.stringContaining(UNSEEN)]);
  });

  it('is an error where the module is missing, or the path is another', async () => {
    const other = `${MODULE}/ipz/${UNSEEN}`;
    expect(await errorOf(stats({ path: other }))).toMatchObject({ kind: 'notFound' });
    bench.simulator.switches.missingModules = ['ip'];
    const path = `${MODULE}/ips/${UNSEEN}`;
    expect(await errorOf(stats({ path }))).toMatchObject({ kind: 'notFound' });
  });
});

it('Top Talkers without an interval counts since the appliance started', async () => {
  bench.standStill();
  const json = await jsonOf(topTalkers, bench.client, { ...NO_INTERVAL, limit: 3 });
  expect(json).toMatchObject({ from: null, to: null, seconds: null, listed: 3, warnings: [] });
  const [talker] = json.talkers as Array<Record<string, number>>;
  const [row] = rowsOf(await stats({ path: `${IPS_PAGED}?sort=bytes&reverse=true`, limit: 1 }));
  const allTime = row.allTime as { totalBytes: number };
  expect(row.ip).toBe(talker.ip);
  expect(talker.totalBytes / allTime.totalBytes).toBeCloseTo(1, 1);
  expect(talker.sharePercent).toBeGreaterThan(0);
  expect(talker).not.toHaveProperty('totalBitsPerSecond');
  const asked = [...bench.met('/API/stats/time'), ...bench.met(IPS_PAGED)].map(({ url }) => url);
  expect(asked.join()).not.toMatch(/stats\/time|starttime|endtime/);
});
