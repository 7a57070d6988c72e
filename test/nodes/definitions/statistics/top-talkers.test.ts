import { clock, NOW, runByName } from '../../../support/run-by-name';

describe('Top Talkers', () => {
  const total = { json: { globalCounters: { interval: [10, 1000, 10, 1000] } } };
  const list = {
    json: {
      displayedItems: [
        {
          ip: '10.1.2.3',
          dnsName: 'files.example',
          interval: [1, 400, 2, 600],
          allTime: [9, 9, 9, 9],
        },
        { ip: 'fe80::1', interval: [1, 100, 0, 0] },
      ],
      numberOfItems: 40,
    },
  };
  const answer = (path: string) =>
    path.includes('/time') ? clock : path.includes('mac_protocols') ? total : list;

  it('names counters, rates, shares and hosts', async () => {
    const { results, transport } = await runByName(
      'topTalkers',
      { limit: '2', lastAmount: 100, lastUnit: 'seconds' },
      answer,
    );
    expect(results[0].json).toMatchObject({
      seconds: 101,
      total: 40,
      allTrafficBytes: 2000,
      talkers: [
        { rank: 1, ip: '10.1.2.3', name: 'files.example', totalBytes: 1000, sharePercent: 50 },
        { rank: 2, ip: 'fe80::1', totalBytes: 100, sharePercent: 5 },
      ],
      warnings: [],
    });
    const [talker] = results[0].json.talkers as Array<Record<string, number>>;
    expect(talker.totalBitsPerSecond).toBeCloseTo(8000 / 101);
    const query = transport.paths.find((path) => path.includes('ips_paged'))!;
    expect(query).toContain('sort=bytes&reverse=true');
    expect(query).toContain(`endtime=${NOW / 1000 + 1}`);
  });

  it.each([
    ['bytes', 'rx', 'rxbytes'],
    ['bps', 'tx', 'txbps'],
    ['packets', undefined, 'packets'],
  ])('sorts by %s, %s', async (sortBy, direction, key) => {
    const { transport } = await runByName('topTalkers', { sortBy, direction }, answer);
    expect(transport.paths.find((path) => path.includes('paged'))).toContain(`sort=${key}&`);
  });

  it('goes without shares where the total cannot be read', async () => {
    const { results } = await runByName('topTalkers', {}, (path) =>
      path.includes('mac_protocols') ? { status: 404, text: 'no' } : answer(path),
    );
    expect(results[0].json).toMatchObject({ talkers: [{ sharePercent: null }, {}] });
    expect(results[0].json.warnings).toContainEqual(expect.stringContaining('Shares are missing'));
  });
});
