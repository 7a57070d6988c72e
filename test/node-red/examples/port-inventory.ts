import { parse } from 'csv-parse/sync';
import { until } from '../../../scripts/demo/node-red-host';
import { named, type ExampleBench } from '../example-bench';
import { parts } from './alert-to-pcap';

const NAME = '10-port-inventory';
const SERVER = '10.1.0.20';

export function portInventory(get: () => ExampleBench): void {
  it('tells what is new since the last time, and mails the whole as CSV', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    // At the first time, the file server is not there yet.
    const path = `/API/stats/modules/ip/ips/${SERVER}`;
    simulator.faults.add({ kind: 'answer', status: 404, path });
    const nodes = await deploy(NAME, (all) => {
      Object.assign(named(all, 'Server ports'), { addresses: '10.1.0.0/24' });
    });
    await press(nodes, 'Every Monday');
    await until('the baseline', () => neighbours.mail.mails.length === 1);
    simulator.faults.clear();
    await press(nodes, 'Every Monday');
    await until('the difference', () => neighbours.mail.mails.length === 2);
    await until('both messages', () => neighbours.chat.messages.length === 2);
    expect(neighbours.chat.messages[0]!.text).toMatch(/^Baseline: \d+ server ports$/);
    expect(neighbours.chat.messages[1]!.text).toMatch(/^\d+ new, 0 gone server ports$/);
    expect(neighbours.chat.transcript).toContain(`:new: \`${SERVER}:`);
    const rows = neighbours.mail.mails.map(
      ({ attachments }) =>
        parse(attachments[0]!.content, { columns: true }) as Array<{ ip: string; port: string }>,
    );
    expect(rows[0]!.some(({ ip }) => ip === SERVER)).toBe(false);
    expect(rows[1]!.some(({ ip }) => ip === SERVER)).toBe(true);
  });

  it('tells a person when the appliance fails', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 401 });
    await press(nodes, 'Every Monday');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the inventory of server ports');
  });
}
