import { until } from '../../../../scripts/hosts/node-red-host';
import { named, type ExampleBench } from './example-bench';
import { parts } from './alert-to-pcap';

const NAME = '11-buffer-health';

export function bufferHealth(get: () => ExampleBench): void {
  it('warns of a buffer that does not reach back far enough', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    await press(nodes, 'Every hour');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.transcript).toMatch(/The buffer reaches back 0\.\d hours only, to /);
    const [, from] = /only, to ([^;]+);/.exec(neighbours.chat.transcript)!;
    const firstUs = Date.parse(from!) * 1000;
    const before = await simulator.packetsIn('', firstUs - 3600e6, firstUs - 1000);
    expect(before.packets).toBe(0);
  });

  it('says nothing where all is well', async () => {
    const { bench, neighbours, press } = parts(get());
    const nodes = await get().deploy(NAME, undefined, { MIN_HOURS: '0.01' });
    await press(nodes, 'Every hour');
    const { id } = named(nodes, 'Judge');
    await until('the judgement', () => bench.events.statusesOf(id).length > 0);
    expect(bench.events.statusesOf(id)).toEqual(['all is well']);
    expect(neighbours.chat.messages).toEqual([]);
  });

  it('tells a person when the health is not known', async () => {
    const { simulator, neighbours, deploy, press } = parts(get());
    const nodes = await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 401 });
    await press(nodes, 'Every hour');
    await until('the message', () => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe(
      'Failed: the health of the ring buffer is not known',
    );
  });
}
