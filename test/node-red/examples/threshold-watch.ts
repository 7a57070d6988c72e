import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../scripts/demo/node-red-host';
import { named, type ExampleBench } from '../example-bench';
import { hashOf } from '../simulator-bench';
import { parts } from './alert-to-pcap';

const NAME = '09-threshold-watch';

export function thresholdWatch(get: () => ExampleBench): void {
  const polls = () =>
    get().simulator.requests.filter(({ path }) => path.endsWith('/ip/ips_paged')).length;

  it('alerts once for three polls in a row, with the packets', async () => {
    const { neighbours, press } = parts(get());
    get().simulator.setQuiet(true);
    // The order does not change while it is quiet, so that one address is the first each time.
    const one = (nodes: Parameters<typeof named>[0]) => {
      Object.assign(named(nodes, 'Talkers of the minute'), { limit: '1', lastAmount: '5' });
    };
    const nodes = await get().deploy(NAME, one, { LIMIT_MBPS: '0.0001' });
    for (let poll = 1; poll <= 5; poll++) {
      await press(nodes, 'Every minute');
      await until('the poll', () => polls() >= poll);
      await pause(300);
      if (poll === 2) expect(neighbours.chat.messages).toEqual([]);
    }
    await until('the mail', () => neighbours.mail.mails.length > 0, 30_000);
    await pause(1000);
    expect(neighbours.mail.mails).toHaveLength(1);
    const [mail] = neighbours.mail.mails;
    expect(mail!.subject).toMatch(/^Threshold: [\d.:a-f]+ has [\d.]+ Mbit\/s$/);
    expect(mail!.text).toContain(hashOf(mail!.attachments[0]!.content));
    expect(neighbours.chat.messages).toHaveLength(1);
  });

  it('says nothing below the limit', async () => {
    const { neighbours, press } = parts(get());
    const nodes = await get().deploy(NAME);
    for (let poll = 1; poll <= 4; poll++) {
      await press(nodes, 'Every minute');
      await until('the poll', () => polls() >= poll);
    }
    await pause(500);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('tells a person when the appliance fails', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 401 });
    await press(nodes, 'Every minute');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the threshold watch');
  });
}
