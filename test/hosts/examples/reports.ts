import { parse } from 'csv-parse/sync';
import { PNG } from 'pngjs';
import { emptyCapture } from '../../contract/support/capture-faults';
import { waitUntil } from '../../contract/support/wait-until';
import { endTraffic } from '../appliance-events';
import type { ExampleHost, ExampleSuite } from './example-host';
import { chatText, expectOnPage } from '../ten-jobs';
import { hashOf, onlyCapture, ranking } from '../truth';

const NEVER = { since: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' };

async function firstMail({ neighbours }: ExampleHost) {
  await waitUntil(() => neighbours.mail.mails.length > 0);
  return neighbours.mail.mails[0]!;
}

export const worstCall: ExampleSuite = (get) => {
  const NAME = '07-worst-call';
  const settings = { lossLimitPercent: 0 };

  it('mails the packets of the worst call, down to the last one', async () => {
    const { simulator, neighbours } = get();
    await (await get().begin(NAME, { settings })).press();
    const mail = await firstMail(get());
    expect(mail.subject).toMatch(/^Call with [\d.]+ % loss: [\d.]+ and [\d.]+$/);
    const { expression, startUs, endUs } = onlyCapture(simulator);
    const file = await simulator.fileOf(expression, startUs, endUs);
    expect(hashOf(mail.attachments[0]!.content)).toBe(hashOf(file));
    expect(mail.text).toContain(hashOf(file));
    // All packets of the call, not only those up to the millisecond that the appliance names.
    const within = await simulator.packetsIn(expression, startUs, endUs);
    const all = await simulator.packetsIn(expression, startUs - 5e6, endUs + 5e6);
    expect(within.packets).toBe(all.packets);
    expectOnPage('worst-call', `${mail.subject}\n\n${mail.text}`);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('says so where the capture is empty, and where a limit cut the file', async () => {
    const { simulator, neighbours } = get();
    simulator.faults.add(emptyCapture);
    await (await get().begin(NAME, { settings })).press();
    const mail = await firstMail(get());
    expect(mail.text).toMatch(/buffer holds no packets of it.*No bytes/s);
    expect(mail.attachments).toEqual([]);
    simulator.faults.clear();
    const fields = { 'Its packets': { maxMegabytes: 0.002 } };
    await (await get().begin(NAME, { settings, fields })).press();
    await waitUntil(() => neighbours.mail.mails.length > 1);
    expect(neighbours.mail.mails[1]!.text).toContain(
      'The size limit ended the file: there are more packets.',
    );
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('mails nothing where no call was bad', async () => {
    const { simulator, neighbours } = get();
    const example = await get().begin(NAME, { settings: { lossLimitPercent: 99 } });
    await example.press('All is well', /^\d+ calls, worst loss [\d.]+ %$/);
    expect(() => onlyCapture(simulator)).toThrow('0 captures');
    expect(neighbours.mail.mails).toEqual([]);
    expect(neighbours.chat.messages).toEqual([]);
  });
};

export const dailyDigest: ExampleSuite = (get) => {
  const NAME = '08-daily-digest';

  it('mails the ranking as a table and as CSV, beside the time before', async () => {
    const { simulator, neighbours } = get();
    await endTraffic(simulator);
    const now = Math.floor(simulator.nowUs() / 1e6);
    const iso = (back: number) => new Date((now - back) * 1000).toISOString();
    const today = { since: iso(120), until: iso(60) };
    const dayBefore = { since: iso(180), until: iso(120) };
    const fields = { 'Last 24 hours': today, Chart: today, 'Day before': dayBefore };
    await (await get().begin(NAME, { fields })).press();
    const mail = await firstMail(get());
    expect(mail.subject).toMatch(/^Top talkers, \d[\w -]+\d$/);
    expect(mail.attachments).toHaveLength(2);
    const chart = mail.attachments.find(({ type }) => type === 'image/png')!;
    const { width, height } = PNG.sync.read(chart.content);
    expect([width, height]).toEqual([1600, 900]);
    expect(mail.html).toMatch(/<img src="(cid:chart|data:image\/png)/);
    const csv = mail.attachments.find(({ name }) => name.endsWith('.csv'))!;
    expect(csv.name).toMatch(/^top-talkers-\d{4}-\d\d-\d\d\.csv$/);
    const rows = parse(csv.content, { columns: true, bom: true }) as Array<Record<string, string>>;
    expect(rows).toHaveLength(10);
    const [truth, before] = [await rankingFrom(now - 120), await rankingFrom(now - 180)];
    rows.forEach((row, index) => {
      const { ip, bytes } = truth[index]!;
      expect([row.rank, row.ip]).toEqual([String(index + 1), ip]);
      expect(Number(row.megabytes)).toBe(Math.round(bytes / 1e4) / 100);
      const then = before.find((other) => other.ip === ip)?.bytes ?? 0;
      const change = then > 0 ? String(Math.round((bytes / then - 1) * 100)) : '';
      expect(row.changePercent).toBe(change);
      expect(mail.html).toContain(`<td>${ip}</td>`);
    });
    expect(neighbours.chat.messages).toEqual([]);
  });

  /** What was asked for a time that begins then, counted once more. */
  const rankingFrom = (startSeconds: number) => {
    const { simulator } = get();
    const asked = simulator.requests.find(
      ({ path, url }) =>
        path.endsWith('/ip/ips_paged') && url.includes(`starttime=${startSeconds}&`),
    );
    return ranking(simulator, asked!.url, 'interval');
  };

  it('mails the rest where the chart fails, and says so', async () => {
    const { neighbours } = get();
    const fields = { Chart: { barCount: 0 }, 'Day before': NEVER };
    await (await get().begin(NAME, { fields })).press();
    const { html, attachments } = await firstMail(get());
    await waitUntil(() => neighbours.chat.messages.length === 1);
    expect(html).toContain('<th align="left">Address</th>');
    expect(html).toContain('<td>new</td>');
    expect(html).not.toContain('cid:chart');
    expect(attachments.map(({ type }) => type)).toEqual(['text/csv']);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the top-talker digest');
  });

  it('says so where there was no traffic', async () => {
    const fields = { 'Last 24 hours': NEVER, Chart: NEVER };
    await (await get().begin(NAME, { fields })).press();
    const mail = await firstMail(get());
    expect(mail.html).toContain('No address had any traffic.');
    expect(mail.html).not.toContain('<table');
    expect(mail.attachments).toEqual([]);
    expect(get().neighbours.chat.messages).toEqual([]);
  });
};

export const bufferHealth: ExampleSuite = (get) => {
  const NAME = '11-buffer-health';

  it('warns of a buffer that does not reach back far enough', async () => {
    const { simulator, neighbours } = get();
    await (await get().begin(NAME)).press();
    await waitUntil(() => neighbours.chat.messages.length === 1);
    const said =
      /reaches back only ([\d.]+) h \(minimum 12 h\)\.\n.* reaches back .*, to (\S+ \S+ UTC),/;
    const [, hours, since] = said.exec(neighbours.chat.transcript)!;
    // It was worked out a moment ago, and is rounded.
    const sinceMs = Date.parse(since!);
    expect(Math.abs((Date.now() - sinceMs) / 3_600_000 - Number(hours))).toBeLessThan(0.2);
    const before = await simulator.packetsIn('', (sinceMs - 3_600_000) * 1000, sinceMs * 1000 - 1);
    expect(before.packets).toBe(0);
    expectOnPage('buffer-health', chatText(neighbours.chat.messages[0]!));
  });

  it('says nothing where all is well', async () => {
    const example = await get().begin(NAME, { settings: { minHours: 0.01 } });
    await example.press('All is well', /reaches back/);
    expect(get().neighbours.chat.messages).toEqual([]);
  });

  it('warns of a clock that is off', async () => {
    const { simulator, neighbours } = get();
    // Either way, a slow response may add or hide some seconds.
    simulator.switches.clockSkewMs = 15_000;
    try {
      await (await get().begin(NAME, { settings: { minHours: 0.01 } })).press();
      await waitUntil(() => neighbours.chat.messages.length === 1);
      expect(neighbours.chat.transcript).toMatch(/⚠ The clock .* 1\d(\.\d+)? s ahead/);
    } finally {
      simulator.switches.clockSkewMs = 0;
    }
  });
};
