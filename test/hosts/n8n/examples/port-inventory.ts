import { parse } from 'csv-parse/sync';
import { waitUntil } from '../../../contract/support/wait-until';
import type { ExampleBench } from './example-bench';

const NAME = '10-port-inventory';
const SERVER = '10.1.0.20';

export function portInventory(get: () => ExampleBench): void {
  it('tells what is new since the last time, and mails the whole as CSV', async () => {
    const bench = get();
    const { neighbours, simulator } = bench;
    // At the first time, the file server is not there yet.
    const path = `/API/stats/modules/ip/ips/${SERVER}`;
    simulator.faults.add({ kind: 'answer', status: 404, path });
    const inventories = () =>
      neighbours.mail.mails.map(
        ({ attachments }) =>
          parse(attachments[0].content, { columns: true, bom: true }) as Array<{ ip: string }>,
      );
    const every = { rule: { interval: [{ field: 'seconds', secondsInterval: 3 }] } };
    const parameters = { 'Every Week': every, 'Server Ports': { addresses: '10.1.0.0/24' } };
    const published = await bench.publish(bench.example(NAME, { parameters }));
    try {
      // A run that began before the first one had ended would be a baseline, too.
      await waitUntil(() => neighbours.chat.transcript.includes('0 new, 0 gone'));
      simulator.faults.clear();
      await waitUntil(() => neighbours.chat.transcript.includes(':new:'));
      await waitUntil(
        () =>
          inventories()
            .at(-1)
            ?.some(({ ip }) => ip === SERVER) ?? false,
      );
    } finally {
      await published.end();
    }
    expect(neighbours.chat.messages[0].text).toMatch(/^Baseline: \d+ server ports$/);
    expect(neighbours.chat.transcript).toMatch(/\d+ new, 0 gone server ports/);
    expect(neighbours.chat.transcript).toContain(`:new: \`${SERVER}:`);
    expect(neighbours.chat.refused).toEqual([]);
    expect(inventories()[0].some(({ ip }) => ip === SERVER)).toBe(false);
  });
}
