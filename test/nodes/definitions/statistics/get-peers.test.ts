import { IPS_PAGED } from '../../../../client/api/paths';
import { getConnections } from '../../../../nodes/definitions/statistics/get-connections';
import { getPeers } from '../../../../nodes/definitions/statistics/get-peers';
import { getStats } from '../../../../nodes/definitions/statistics/get-stats';
import { topTalkers } from '../../../../nodes/definitions/statistics/top-talkers';
import type { Progress } from '../../../../nodes/definitions/model/run-context';
import { jsonOf, runDefinition } from '../../../contract/support/run-definition';
import { fakeClient } from '../../../support/fake-transport';
import { errorOf } from '../../../support/error-of';

const PEERS = '/API/stats/modules/ip/ips/10.1.2.3/peers';

/** An appliance that knows 250 peers, and gives them in pages of 100. */
function withPeers() {
  return fakeClient(({ path }) => {
    if (path.includes('/stats/time')) return { json: { currentTime: Date.UTC(2026, 10, 23, 16) } };
    const query = new URL(path, 'https://x').searchParams;
    const [page, count] = ['page', 'count'].map((name) => Number(query.get(name)));
    const size = Math.max(0, Math.min(count!, 250 - page! * count!));
    const displayedItems = Array.from({ length: size }, (_, index) => ({
      ip: `10.0.${page}.${index}`,
      dnsName: 'files.example',
      interval: [1, 100, 2, 200],
      allTime: [10, 1000, 20, 2000],
    }));
    return { json: { displayedItems, numberOfItems: 250, numberOfPages: 3 } };
  });
}

it('returns the first peers of an interval, with names and rates', async () => {
  const { client, transport } = withPeers();
  const range = { lastAmount: 10, lastUnit: 'seconds' };
  const json = await jsonOf(getPeers, client, { address: '10.1.2.3', limit: 2, ...range });
  expect(json).toMatchObject({ listed: 2, total: 250, address: '10.1.2.3', warnings: [] });
  expect(json.peers).toMatchObject([
    { rank: 1, ip: '10.0.0.0', name: 'files.example', rxBytes: 100, totalBytes: 300 },
    { rank: 2, totalBitsPerSecond: expect.closeTo(240, 1) },
  ]);
  const [list] = transport.paths.filter((path) => path.startsWith(PEERS));
  expect(list).toMatch(/\?sort=bytes&reverse=true&starttime=\d+&endtime=\d+&skiphistorydata=true/);
});

it('returns all of them, with the counters of all time, from a slot', async () => {
  const { client, transport } = withPeers();
  const raw = { timeMode: 'none', returnAll: true, sortBy: 'ip', descending: false, device: ':1' };
  const json = await jsonOf(getPeers, client, { address: '10.1.2.3', ...raw });
  expect(json).toMatchObject({ listed: 250, from: null, to: null, mmId: ':1' });
  expect(json.peers).toContainEqual(
    expect.objectContaining({ rank: 250, ip: '10.0.2.49', totalBytes: 3000, mmId: ':1' }),
  );
  expect(transport.paths[0]).toContain('?sort=ip&reverse=false&');
});

describe.each([
  [getPeers, { address: '10.1.2.3' }, 'peers'],
  [getConnections, { host: '10.1.2.3' }, 'connections'],
])('where a list of an address is not found: %#', (definition, values, things) => {
  const ADDRESS = '/API/stats/modules/ip/ips/10.1.2.3';
  const appliance = (...known: string[]) =>
    fakeClient(({ path }) => {
      const [name = ''] = path.split('?');
      return known.includes(name) ? { json: {} } : { status: 404, json: {} };
    });

  it.each([
    ['the address is not known', [], /has not seen 10\.1\.2\.3/],
    ['the address is known', [ADDRESS], /knows 10\.1\.2\.3 but found no \w+ of it/],
  ])('it is empty if %s', async (_what, known, warning) => {
    const { client, transport } = appliance(IPS_PAGED, ...known);
    const json = await jsonOf(definition, client, { ...values, timeMode: 'none' });
    expect(json).toMatchObject({ [things]: [], listed: 0, total: 0 });
    expect(json.warnings).toEqual([expect.stringMatching(warning)]);
    expect(transport.paths).toHaveLength(3);
  });

  it('it is an error if there are no addresses at all', async () => {
    const { client } = appliance(ADDRESS);
    const failing = jsonOf(definition, client, { ...values, timeMode: 'none' });
    expect(await errorOf(failing)).toMatchObject({ kind: 'notFound' });
  });
});

it.each([
  [getPeers, { address: '10.1.2.3' }],
  [getConnections, { host: '10.1.2.3' }],
  [getStats, { path: 'modules/ip/ips_paged' }],
  [topTalkers, {}],
])('says until when the appliance asked to wait: %#', async (definition, values) => {
  const { client, context } = fakeClient((_request, index) =>
    index === 0
      ? { status: 429, headers: { 'retry-after': '7' } }
      : { json: { displayedItems: [], numberOfItems: 0 } },
  );
  const until = context.now() + 7000;
  const told: Progress[] = [];
  const onProgress = (progress: Progress) => void told.push(progress);
  await runDefinition(client, definition, { ...values, timeMode: 'none' }, { onProgress });
  expect(told).toEqual([
    { step: 'reading' },
    { step: 'waiting for the appliance', until },
    { step: 'reading' },
  ]);
});
