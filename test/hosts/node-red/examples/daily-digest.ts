import { parse } from 'csv-parse/sync';
import { PNG } from 'pngjs';
import { until } from '../../../../scripts/hosts/node-red-host';
import { endTraffic } from '../../appliance-events';
import { named, type ExampleBench } from './example-bench';
import { parts } from './alert-to-pcap';

const NAME = '08-daily-digest';

export function dailyDigest(get: () => ExampleBench): void {
  it('mails the ranking as a table and as CSV, beside the time before', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    await endTraffic(simulator);
    const now = Math.floor(simulator.nowUs() / 1e6);
    const iso = (back: number) => new Date((now - back) * 1000).toISOString();
    const times = (since: number, until: number) => ({
      since: iso(since),
      sinceType: 'str',
      until: iso(until),
      untilType: 'str',
    });
    const nodes = await deploy(NAME, (all) => {
      Object.assign(named(all, 'Last 24 hours'), times(120, 60));
      Object.assign(named(all, 'Day before'), times(180, 120));
      Object.assign(named(all, 'Chart'), times(120, 60));
    });
    await press(nodes, 'Every morning');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    const asked = simulator.requests.filter(({ path }) => path.endsWith('/ip/ips_paged'));
    const today = await get().bench.ranking(wider(asked[0]!.url), 'interval');
    const before = await get().bench.ranking(wider(asked.at(-1)!.url), 'interval');
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toMatch(/^Top talkers, \d{4}-\d\d-\d\d$/);
    const chart = mail!.attachments.find(({ type }) => type === 'image/png')!;
    const { width, height } = PNG.sync.read(chart.content);
    expect([width, height]).toEqual([1600, 900]);
    expect(mail!.html).toMatch(/<img src="(cid:chart|data:image\/png)/);
    const csv = mail!.attachments.find(({ name }) => name.endsWith('.csv'))!;
    const rows = parse(csv.content, { columns: true }) as Array<Record<string, string>>;
    expect(rows).toHaveLength(10);
    rows.forEach((row, index) => {
      const { ip, bytes } = today[index]!;
      expect([row.rank, row.ip]).toEqual([String(index + 1), ip]);
      expect(Number(row.megabytes)).toBe(Math.round(bytes / 1e4) / 100);
      const then = before.find((other) => other.ip === ip)?.bytes ?? 0;
      const change = then > 0 ? String(Math.round((bytes / then - 1) * 100)) : '';
      expect(row.changePercent).toBe(change);
      expect(mail!.html).toContain(`<td>${ip}</td>`);
    });
  });

  it('mails the rest where the chart fails, and says so', async () => {
    const { neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME, (all) => {
      Object.assign(named(all, 'Chart'), { since: 'not a time', sinceType: 'str' });
    });
    await press(nodes, 'Every morning');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    await until('the message', () => neighbours.chat.messages.length === 1);
    const [mail] = neighbours.mail.mails;
    expect(mail!.html).toContain('<th align="left">Address</th>');
    expect(mail!.html).not.toContain('cid:chart');
    expect(mail!.attachments.map(({ type }) => type)).toEqual(['text/csv']);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the top-talker digest');
  });

  it('says so where there was no traffic', async () => {
    const { neighbours, deploy, press } = parts(get());
    // The simulator has none of two days ago.
    const before = { since: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' };
    const times = { ...before, sinceType: 'str', untilType: 'str' };
    const nodes = await deploy(NAME, (all) => {
      for (const name of ['Last 24 hours', 'Chart']) Object.assign(named(all, name), times);
    });
    await press(nodes, 'Every morning');
    await until('the mail', () => neighbours.mail.mails.length > 0);
    expect(neighbours.mail.mails[0]!.html).toContain('No address had any traffic.');
    expect(neighbours.mail.mails[0]!.html).not.toContain('<table');
  });

  it('tells a person when the appliance does not answer', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 401 });
    await press(nodes, 'Every morning');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the top-talker digest');
    expect(neighbours.mail.mails).toEqual([]);
  });
}

function wider(url: string): string {
  return url.replace(/count=\d+/, 'count=100');
}
