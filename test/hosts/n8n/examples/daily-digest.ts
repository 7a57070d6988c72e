import { parse } from 'csv-parse/sync';
import { PNG } from 'pngjs';
import { endTraffic } from '../../appliance-events';
import type { ExampleBench } from './example-bench';

const NAME = '08-daily-digest';

export function dailyDigest(get: () => ExampleBench): void {
  it('mails the ranking as a table and as CSV', async () => {
    const bench = get();
    // The time ends with the second that has begun: without new traffic it can be counted again.
    await endTraffic(bench.simulator);
    const { status, items, error } = await bench.run(bench.example(NAME), 'Try It');
    expect(error).toBeUndefined();
    expect(status).toBe('success');
    const asked = bench.simulator.requests.filter(({ path }) => path.endsWith('/ip/ips_paged'));
    expect(bench.neighbours.chat.messages).toEqual([]);
    const truth = await ranking(bench, asked[0].url);
    const [mail] = bench.neighbours.mail.mails;
    expect(mail.subject).toMatch(/^Top talkers, \d+ \w+ \d{4}$/);
    expect(mail.attachments).toHaveLength(2);
    const csv = mail.attachments.find(({ name }) => name.endsWith('.csv'))!;
    expect(csv.name).toMatch(/^top-talkers-\d{4}-\d\d-\d\d\.csv$/);
    const rows = parse(csv.content, { columns: true, bom: true }) as Array<Record<string, string>>;
    expect(rows).toHaveLength(Math.min(10, truth.length));
    rows.forEach((row, index) => {
      const { ip, bytes } = truth[index];
      expect([row.rank, row.ip]).toEqual([String(index + 1), ip]);
      expect(Number(row.megabytes)).toBe(Math.round(bytes / 1e4) / 100);
      expect(mail.html).toContain(`<td>${ip}</td>`);
    });
    // The chart stands in the text.
    const chart = mail.attachments.find(({ type }) => type === 'image/png')!;
    const { width, height } = PNG.sync.read(chart.content);
    expect([width, height]).toEqual([1600, 900]);
    expect(mail.html).toMatch(/<img src="(cid:chart|data:image\/png)/);
    // The simulator has no traffic of the day before.
    expect(mail.html).toContain('<td>new</td>');
    expect(items['Day Before'].filter(({ json }) => json.totalBytes)).toEqual([]);
  });

  it('mails the rest where the chart fails, and says so', async () => {
    const bench = get();
    const workflow = bench.example(NAME, { parameters: { Chart: { barCount: 0 } } });
    await bench.run(workflow, 'Try It');
    const [mail] = bench.neighbours.mail.mails;
    expect(mail.html).toContain('<th align="left">Address</th>');
    expect(mail.attachments.map(({ type }) => type)).toEqual(['text/csv']);
    expect(bench.neighbours.chat.transcript).toMatch(/^Failed: the top-talker digest/);
  });

  it('says so where there was no traffic', async () => {
    const bench = get();
    const { status } = await bench.run(
      bench.example(NAME, {
        parameters: {
          'Last 24 Hours': { since: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' },
        },
      }),
      'Try It',
    );
    expect(status).toBe('success');
    expect(bench.neighbours.mail.mails[0].html).toContain('No address had any traffic.');
    expect(bench.neighbours.mail.mails[0].attachments).toEqual([]);
    expect(bench.neighbours.chat.messages).toEqual([]);
  });

  it('says how much more or less it was', async () => {
    const bench = get();
    await endTraffic(bench.simulator);
    const now = Math.floor(bench.simulator.nowUs() / 1e6);
    const iso = (back: number) => new Date((now - back) * 1000).toISOString();
    const workflow = bench.example(NAME, {
      parameters: {
        'Last 24 Hours': { since: iso(120), until: iso(60) },
        'Day Before': { since: iso(180), until: iso(120) },
      },
    });
    const { items } = await bench.run(workflow, 'Try It');
    // The chart asks for the same list, but not for the same time.
    const askedFrom = (back: number) =>
      bench.simulator.requests.find(
        ({ path, url }) =>
          path.endsWith('/ip/ips_paged') && url.includes(`starttime=${now - back}&`),
      )!;
    const today = await ranking(bench, askedFrom(120).url);
    const before = await ranking(bench, askedFrom(180).url);
    expect(items.Compare).toHaveLength(10);
    for (const { json } of items.Compare) {
      const now = today.find(({ ip }) => ip === json.ip)!;
      const then = before.find(({ ip }) => ip === json.ip);
      const change = then ? Math.round((now.bytes / then.bytes - 1) * 100) : null;
      expect(json.changePercent).toBe(change);
    }
  });

  it('tells a person when the appliance does not answer', async () => {
    const bench = get();
    bench.simulator.faults.add({ kind: 'answer', status: 401 });
    await bench.run(bench.example(NAME), 'Try It');
    expect(bench.neighbours.mail.mails).toEqual([]);
    expect(bench.neighbours.chat.messages).toHaveLength(1);
    expect(bench.neighbours.chat.transcript).toMatch(/^Failed: the top-talker digest/);
  });
}

/** Asks once more without any code of the product, and ranks by bytes. */
async function ranking({ bench }: ExampleBench, url: string) {
  const all = new URL(url, bench.target.url);
  all.searchParams.set('count', '100');
  all.searchParams.set('page', '0');
  const text = (await bench.fetchDirectly(all.pathname + all.search)).toString();
  const { displayedItems } = JSON.parse(text) as {
    displayedItems: Array<{ ip: string; interval: number[] }>;
  };
  return displayedItems
    .map(({ ip, interval: [, rxBytes, , txBytes] }) => ({ ip, bytes: rxBytes + txBytes }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}
