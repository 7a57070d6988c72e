import type { ExampleBench } from './example-bench';
import { CAPTURE_PATH } from '../support/simulator-bench';

const NAME = '11-buffer-health';

export function bufferHealth(get: () => ExampleBench): void {
  it('warns of a buffer that does not reach back far enough', async () => {
    const bench = get();
    const { items, error } = await bench.run(bench.example(NAME), 'Try It');
    expect(error).toBeUndefined();
    const [{ json }] = items['Oldest Packet'];
    expect(json.packets).toBe(1);
    const { from } = json.coveredWindow as { from: string };
    const said = /The buffer reaches back ([\d.]+) hours only, to (.+); it should be 12\./;
    const [, hours, since] = said.exec(bench.neighbours.chat.transcript)!;
    expect(since).toBe(from);
    // It was worked out a moment ago, and is rounded.
    expect(Math.abs((Date.now() - Date.parse(from)) / 3_600_000 - Number(hours))).toBeLessThan(0.2);
    // One packet is all that was fetched.
    const [asked] = bench.simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    expect(asked).toBeDefined();
  });

  it('says nothing where all is well', async () => {
    const bench = get();
    const settings = { minHours: 0.1 };
    const { status, items } = await bench.run(bench.example(NAME, { settings }), 'Try It');
    expect(status).toBe('success');
    const { warnings } = items['Appliance Health'][0].json as { warnings: string[] };
    expect(items.Judge[0].json.problems).toEqual(warnings);
    expect(bench.neighbours.chat.messages).toHaveLength(warnings.length > 0 ? 1 : 0);
  });

  it('warns of a clock that is off', async () => {
    const bench = get();
    bench.simulator.switches.clockSkewMs = 10_000;
    try {
      const settings = { minHours: 0.1 };
      await bench.run(bench.example(NAME, { settings }), 'Try It');
      expect(bench.neighbours.chat.transcript).toMatch(
        /:warning: The clock .* 1\d(\.\d+)? s ahead/,
      );
    } finally {
      bench.simulator.switches.clockSkewMs = 0;
    }
  });

  it('tells a person when the health is not known', async () => {
    const bench = get();
    bench.simulator.faults.add({ kind: 'answer', status: 401 });
    await bench.run(bench.example(NAME), 'Try It');
    expect(bench.neighbours.chat.messages.map(({ text }) => text)).toEqual([
      'Failed: the health of the ring buffer is not known',
    ]);
  });
}
