import { waitUntil } from '../../contract/support/wait-until';
import type { ExampleSuite } from './example-host';

/** What each example with a button posts when the appliance answers 401. */
const FAILURES: Array<[name: string, text: string]> = [
  ['07-worst-call', 'Failed: the worst call of the hour'],
  ['08-daily-digest', 'Failed: the top-talker digest'],
  ['10-port-inventory', 'Failed: the inventory of server ports'],
  ['11-buffer-health', 'Failed: the health check of the ring buffer'],
];

export const refusedByTheAppliance: ExampleSuite = (get) => {
  it.each(FAILURES)('%s: tells a person "%s"', async (name, text) => {
    const { simulator, neighbours } = get();
    simulator.faults.add({ kind: 'answer', status: 401 });
    await (await get().begin(name)).press();
    await waitUntil(() => neighbours.chat.messages.length > 0);
    expect(neighbours.chat.messages.map((message) => message.text)).toEqual([text]);
    expect(neighbours.mail.mails).toEqual([]);
  });
};
