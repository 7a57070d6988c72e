import { nameCounters, toCounters } from '../../../client/values/counters';
import { fakeClient, never } from '../../support/fake-transport';

const PATH = '/API/stats/modules/ip/ips_paged';

/** An appliance with `count` IPs, that clamps pages at 100. */
function listOf(total: number, clamp = 100) {
  return fakeClient(({ path }) => {
    const query = new URLSearchParams(path.split('?')[1]);
    const count = Math.min(Number(query.get('count')), clamp);
    const start = Number(query.get('page')) * count;
    const length = Math.max(0, Math.min(count, total - start));
    return {
      json: {
        displayedItems: Array.from({ length }, (_, index) => ({ ip: `ip-${start + index}` })),
        numberOfItems: total,
        numberOfPages: Math.ceil(total / count),
        itemsPerPage: count,
      },
    };
  });
}

const ips = (rows: Array<Record<string, unknown>>) => rows.map(({ ip }) => ip);

const ROWS = (count: number, page: number) =>
  Array.from({ length: count }, (_, index) => ({ ip: `10.${page}.0.${index}` }));

describe('lists', () => {
  it('reads all pages, at most 100 rows each, in order', async () => {
    const { client, transport } = listOf(250);
    const { rows, total, warnings } = await client.rows({ path: PATH, query: {} }, never());
    expect(ips(rows)).toEqual(Array.from({ length: 250 }, (_, index) => `ip-${index}`));
    expect({ total, warnings }).toEqual({ total: 250, warnings: [] });
    expect(transport.paths).toEqual([0, 1, 2].map((page) => `${PATH}?page=${page}&count=100`));
  });

  it('asks for no more than the limit', async () => {
    const { client, transport } = listOf(250);
    const { rows } = await client.rows({ path: PATH, query: {}, limit: 10 }, never());
    expect(rows).toHaveLength(10);
    expect(transport.paths).toEqual([`${PATH}?page=0&count=10`]);
  });

  it('stops at the limit in the middle of a page', async () => {
    const { client, transport } = listOf(1000);
    const { rows } = await client.rows({ path: PATH, query: {}, limit: 150 }, never());
    expect(rows).toHaveLength(150);
    expect(transport.requests).toHaveLength(2);
  });

  it('copes with an appliance that gives smaller pages than asked for', async () => {
    const { client } = listOf(120, 50);
    const { rows } = await client.rows({ path: PATH, query: {} }, never());
    expect(new Set(ips(rows)).size).toBe(120);
  });

  it('ends when the number of pages is not told and a page is short', async () => {
    const { client, transport } = fakeClient(({ path }) => {
      const page = Number(new URLSearchParams(path.split('?')[1]).get('page'));
      const length = page < 2 ? 100 : 7;
      const displayedItems = Array.from({ length }, (_, index) => ({ ip: `${page}-${index}` }));
      return { json: { displayedItems } };
    });
    const { rows } = await client.rows({ path: PATH, query: {} }, never());
    expect(rows).toHaveLength(207);
    expect(transport.requests).toHaveLength(3);
  });

  it.each([
    ['an array of names', ['10.0.0.1', '10.0.0.2'], [{ name: '10.0.0.1' }, { name: '10.0.0.2' }]],
    ['an array of objects', [{ ip: 'a' }], [{ ip: 'a' }]],
    ['an object keyed by name', { protocols: { SMB: { n: 1 } } }, [{ name: 'SMB', n: 1 }]],
    ['one object keyed by name', { SMB: { n: [1] } }, [{ name: 'SMB', n: [1] }]],
    [
      'an envelope around an object',
      { displayedItems: { SMB: { n: 1 } }, numberOfItems: 1 },
      [{ name: 'SMB', n: 1 }],
    ],
    ['an object with a list', { ips: [{ ip: 'a' }] }, [{ ip: 'a' }]],
    ['an empty list', { displayedItems: [], numberOfItems: 0 }, []],
    ['nothing', null, []],
  ])('accepts %s', async (_, json, expected) => {
    const { client, transport } = fakeClient(() => ({ json }));
    const { rows } = await client.rows({ path: PATH, query: {} }, never());
    expect(rows).toEqual(expected);
    expect(transport.requests).toHaveLength(1);
  });

  it.each(['busy', 17])('refuses what is no list: %j', async (json) => {
    const { client } = fakeClient(() => ({ json }));
    await expect(client.rows({ path: PATH, query: {} }, never())).rejects.toMatchObject({
      kind: 'badAnswer',
      path: PATH,
    });
  });

  it.each([
    ['with names', ROWS(100, 0)],
    ['without', Array.from({ length: 100 }, (_, index) => ({ interval: [index, 1, 1, 1] }))],
  ])('stops where pages of rows %s repeat without end', async (_, displayedItems) => {
    for (const facts of [{ numberOfItems: 1e15 }, { numberOfPages: 1e15 }, {}]) {
      const { client, transport } = fakeClient(() => ({ json: { displayedItems, ...facts } }));
      const { rows, warnings } = await client.rows({ path: PATH, query: {} }, never());
      expect(rows).toEqual(displayedItems);
      expect(warnings).toHaveLength(facts.numberOfItems === undefined ? 0 : 1);
      expect(transport.requests.length).toBeLessThan(20);
    }
  });

  it('says where a list claims entries and has none', async () => {
    const json = { displayedItems: [], numberOfItems: 50 };
    const { client } = fakeClient(() => ({ json }));
    const { warnings } = await client.rows({ path: PATH, query: {} }, never());
    expect(warnings).toEqual(['The appliance reports 50 entries, but lists none.']);
  });

  it('asks for nothing more once a page has failed', async () => {
    const { client, transport } = fakeClient(({ path }) => {
      const page = Number(new URLSearchParams(path.split('?')[1]).get('page'));
      if (page === 2) return { status: 403, text: 'gone' };
      return { json: { displayedItems: ROWS(100, page), numberOfItems: 10_000 } };
    });
    await expect(client.rows({ path: '/API/x', query: {} }, never())).rejects.toMatchObject({
      kind: 'permission',
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Those that were on their way when it failed, and their next ones at the most.
    expect(transport.requests.length).toBeLessThanOrEqual(12);
  });

  it('asks for no second page when the first is short and nothing says that there is more', async () => {
    const { client, transport } = fakeClient(() => ({ json: { displayedItems: [{ ip: 'a' }] } }));
    await client.rows({ path: PATH, query: {}, limit: 5 }, never());
    expect(transport.requests).toHaveLength(1);
  });
});

describe('counters', () => {
  it('names the four positions and adds them up', () => {
    expect(toCounters([1, 200, '3', 400, 99])).toEqual({
      rxPackets: 1,
      rxBytes: 200,
      txPackets: 3,
      txBytes: 400,
      totalPackets: 4,
      totalBytes: 600,
    });
  });

  it.each([[[1, 2, 3]], [['a', 1, 2, 3]], [undefined], [{}]])('leaves %p alone', (raw) => {
    expect(toCounters(raw)).toBeUndefined();
  });

  it('turns averages into bits per second, wherever they stand', () => {
    const answer = { list: [{ ip: 'a', lastSecond: [1, 10, 2, 20], interval: [1, 2, 3, 4] }] };
    expect(nameCounters(answer, '/API/stats/modules/ip')).toMatchObject({
      list: [
        {
          ip: 'a',
          lastSecond: { rxPacketsPerSecond: 1, rxBitsPerSecond: 80, totalBitsPerSecond: 240 },
          interval: { totalBytes: 6 },
        },
      ],
    });
  });

  it('leaves history and other layouts alone', () => {
    const answer = { history: { interval: [1, 2, 3, 4] }, allTime: [1, 2, 3, 4] };
    expect(nameCounters(answer, '/API/stats/modules/ip')).toMatchObject({
      history: { interval: [1, 2, 3, 4] },
      allTime: { rxBytes: 2 },
    });
    expect(nameCounters(answer, '/API/stats/modules/packet_size/generic')).toEqual(answer);
  });
});
