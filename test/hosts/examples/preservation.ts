import { waitUntil } from '../../contract/support/wait-until';
import { bufferChanges } from '../appliance-events';
import type { ExampleSuite } from './example-host';

export const preserveTheBuffer: ExampleSuite = (get) => {
  /** In the order of the form. Six seconds are the time to see that the buffer is suspended. */
  const FORM = { reason: 'Incident 4711', minutes: '0.1', name: 'Anna' };
  const fill = async () => (await get().begin('03-preserve-the-buffer')).fill(FORM);
  /** The reminder comes from a timer of its own: on a busy machine another message may pass it. */
  const titles = () =>
    get()
      .neighbours.chat.messages.map(({ text }) => text)
      .sort();

  it('suspends on the word of a form, reminds, and resumes', async () => {
    const { simulator, neighbours } = get();
    await fill();
    await waitUntil(() => titles().length === 3);
    expect(titles()).toEqual([
      'Reminder: the ring buffer is still suspended',
      'Ring buffer resumed',
      'Ring buffer suspended: Incident 4711',
    ]);
    expect(neighbours.chat.refused).toEqual([]);
    expect(neighbours.chat.transcript).toMatch(
      /By Anna, on https:.*Nothing is recorded until \d.*It is resumed at \d/s,
    );
    expect(bufferChanges(simulator)).toBe(2);
    expect(simulator.isBufferSuspended()).toBe(false);
  });

  it('tells a person that nothing was suspended', async () => {
    const { simulator, neighbours } = get();
    simulator.faults.add({ kind: 'answer', status: 403, method: 'POST' });
    await fill();
    await waitUntil(() => titles().length > 0);
    expect(titles()).toEqual(['Failed: the ring buffer could not be suspended']);
    expect(neighbours.chat.transcript).toMatch(/permission|admin/i);
    expect(simulator.isBufferSuspended()).toBe(false);
  });
};
