import { runByName } from '../../../support/run-by-name';

describe('Get Stats', () => {
  it('takes a path in any form, and names counters', async () => {
    const { results, transport } = await runByName(
      'getStats',
      {
        path: 'https://allegro/API/stats/modules/ip/ips/fe80::1?detail=full',
        timeMode: 'none',
        linkGroup: '1',
        device: ':1',
      },
      () => ({ json: { ip: 'fe80::1', allTime: [1, 2, 3, 4] } }),
    );
    expect(transport.paths).toEqual([
      '/API/stats/modules/ip/ips/fe80::1?detail=full&skiphistorydata=true&mm-id=%3A1&group=1',
    ]);
    expect(results[0].json).toMatchObject({ ip: 'fe80::1', allTime: { totalBytes: 6 } });
  });

  it('keeps the arrays on request', async () => {
    const { results } = await runByName(
      'getStats',
      { path: 'time', timeMode: 'none', rawCounters: true },
      () => ({
        json: { allTime: [1, 2, 3, 4] },
      }),
    );
    expect(results[0].json).toEqual({ allTime: [1, 2, 3, 4] });
  });

  it('leaves everything as it came when it is not to be simplified', async () => {
    const answer = { allTime: [1, 2, 3, 4], history: { rows: ['rx'], data: [1, 2] } };
    const values = { path: 'time', timeMode: 'none', simplify: false };
    const { results, transport } = await runByName('getStats', values, () => ({ json: answer }));
    expect(results[0].json).toEqual(answer);
    expect(transport.paths).toEqual(['/API/stats/time?skiphistorydata=false']);
  });

  it('gives a list that is not an object as rows', async () => {
    const { results } = await runByName(
      'getStats',
      { path: 'modules/ip/ips', timeMode: 'none' },
      () => ({
        json: ['10.0.0.1'],
      }),
    );
    expect(results[0].json).toMatchObject({ items: [{ name: '10.0.0.1' }], listed: 1, total: 1 });
  });
});
