import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../contract/wait-until';
import type { ExampleBench } from '../example-bench';
import { hashOf } from '../simulator-bench';

const NAME = '09-threshold-watch';
/** Longer than a run takes: n8n keeps the counts when a run ends. */
const OFTEN = { rule: { interval: [{ field: 'seconds', secondsInterval: 8 }] } };
/** One address at a time, so that there is one alert. */
const ONE = { limit: 1 };

export function thresholdWatch(get: () => ExampleBench): void {
  it('alerts once for three polls in a row, with the packets', async () => {
    const bench = get();
    const { neighbours, simulator } = bench;
    const settings = { limitMbps: 0.001 };
    const parameters = { 'Every Minute': OFTEN, 'Talkers of the Minute': ONE };
    const published = await bench.publish(bench.example(NAME, { settings, parameters }));
    try {
      await waitUntil(() => neighbours.mail.mails.length > 0, 60_000);
      const polls = simulator.requests.filter(({ path }) => path.endsWith('/ip/ips_paged')).length;
      expect(polls).toBeGreaterThanOrEqual(3);
      await pause(18_000);
    } finally {
      await published.end();
    }
    const subjects = neighbours.mail.mails.map(({ subject }) => subject);
    expect(subjects[0]).toMatch(/^Threshold: [\d.:a-f]+ has [\d.]+ Mbit\/s$/);
    // Another address may have come to the top meanwhile; none alerts twice.
    expect(new Set(subjects.map((text) => text.split(' ')[1])).size).toBe(subjects.length);
    const [mail] = neighbours.mail.mails;
    expect(mail.text).toContain(hashOf(mail.attachments[0].content));
    expect(neighbours.chat.messages[0].text).toBe(mail.subject.replace('Threshold: ', ''));
  });

  it('says nothing below the limit', async () => {
    const bench = get();
    const parameters = { 'Every Minute': OFTEN };
    // n8n may still be busy with the test before.
    const settings = { mailTo: 'nobody@example.com' };
    const published = await bench.publish(bench.example(NAME, { settings, parameters }));
    try {
      const polls = () =>
        bench.simulator.requests.filter(({ path }) => path.endsWith('/ip/ips_paged')).length;
      await waitUntil(() => polls() >= 4, 80_000);
    } finally {
      await published.end();
    }
    const mails = bench.neighbours.mail.mails.flatMap(({ to }) => to);
    expect(mails).not.toContain('nobody@example.com');
  });

  it('tells a person when the appliance fails', async () => {
    const bench = get();
    bench.simulator.faults.add({ kind: 'answer', status: 401 });
    await bench.run(bench.example(NAME), 'Every Minute');
    const texts = bench.neighbours.chat.messages.map(({ text }) => text);
    expect(texts).toContain('Failed: the threshold watch');
  });
}
