import { waitUntil } from '../../../contract/support/wait-until';
import type { ExampleSuite } from '../../examples/example-host';

/** A trigger's own failure goes to Catch here; in n8n it is the workflow's error workflow that hears of it. */
export const failedPoll: ExampleSuite = (get) => {
  it('tells a person when the appliance fails', async () => {
    const { simulator, neighbours } = get();
    simulator.faults.add({ kind: 'answer', status: 401 });
    await (await get().begin('09-threshold-watch')).watch();
    await waitUntil(() => neighbours.chat.messages.length > 0);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the threshold watch');
  });
};
