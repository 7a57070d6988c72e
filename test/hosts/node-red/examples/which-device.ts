import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { CAPTURE_PATH } from '../../../contract/support/capture-faults';
import { parts, named, type ExampleBench } from './example-bench';

const NAME = '04-which-device';

export function whichDevice(get: () => ExampleBench): void {
  const post = async (host: string) => {
    const response = await fetch(`${get().url}/allegro/which`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ host }),
    });
    expect(response.status).toBe(202);
  };

  it('captures on each device that saw the address', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME, (nodes) => {
      // Less to count for the simulator.
      for (const name of ['Which device saw it', 'Its packets']) {
        Object.assign(named(nodes, name), { lastAmount: '1' });
      }
    });
    await post(STEADY_HOST);
    await until('all messages', () => neighbours.chat.messages.length === 3).catch(
      (error: unknown) => {
        throw new Error(
          `${String(error)} ${neighbours.chat.transcript} ${neighbours.chat.refused.join()} ${get().bench.host.log.slice(-2000)}`,
        );
      },
    );
    const texts = neighbours.chat.messages.map(({ text }) => text);
    expect(texts[0]).toBe(`${STEADY_HOST} was seen by 2 of 2 devices`);
    const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    expect(captures.map(({ url }) => /mm-id=([\w-]+)/.exec(url)?.[1]).sort()).toEqual([
      'branch-1',
      'local',
    ]);
    for (const id of ['local', 'branch-1']) {
      const said = texts.find((text) => text.startsWith(`${STEADY_HOST} on ${id}: `));
      expect(said).toMatch(/: [1-9]\d* packets$/);
    }
  });

  it('says so where no device saw it, and captures nothing', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    await post('192.0.2.99');
    await until('all messages', () => neighbours.chat.messages.length === 3);
    expect(neighbours.chat.transcript).toContain('192.0.2.99 was seen by 0 of 2 devices');
    expect(simulator.requests.filter(({ path }) => path === CAPTURE_PATH)).toEqual([]);
  });

  it('tells a person which device failed', async () => {
    const { simulator, neighbours, deploy } = parts(get());
    await deploy(NAME);
    simulator.faults.add({ kind: 'answer', status: 403, method: 'GET', path: CAPTURE_PATH });
    await post(STEADY_HOST);
    await until('all messages', () => neighbours.chat.messages.length === 3);
    const texts = neighbours.chat.messages.map(({ text }) => text);
    for (const id of ['local', 'branch-1']) {
      expect(texts).toContain(`Failed: looking for ${STEADY_HOST} on ${id}`);
    }
  });
}
