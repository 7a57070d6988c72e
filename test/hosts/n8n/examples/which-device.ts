import { STEADY_HOST } from '../../../../simulator';
import type { ExampleBench } from './example-bench';
import { CAPTURE_PATH } from '../support/simulator-bench';
import { hashOf, requestedWindow } from '../../truth';

const NAME = '04-which-device';

export function whichDevice(get: () => ExampleBench): void {
  // The simulator counts the past of the second device when it is first asked for it.
  beforeAll(() => get().bench.fetchDirectly('/API/stats/modules/ip?mm-id=branch-1'), 120_000);

  it('captures on each device that saw the address, the busiest first', async () => {
    const bench = get();
    const body = { ip: STEADY_HOST };
    const settings = { minutes: 2 };
    const { items, error } = await bench.run(bench.example(NAME, { settings }), 'Address', {
      body,
    });
    expect(error).toBeUndefined();
    const ranks = items['Which Device Saw It'].map(({ json }) => json);
    expect(ranks.map(({ id }) => id).sort()).toEqual(['branch-1', 'local']);
    expect(ranks[0].totalBytes).toBeGreaterThanOrEqual(ranks[1].totalBytes as number);
    const captures = items['Its Packets'];
    expect(captures.map(({ json }) => json.mmId)).toEqual(ranks.map(({ id }) => id));
    for (const capture of captures) {
      const { packets, sha256, fileName, mmId } = capture.json as Record<string, string>;
      const stored = await bench.bench.host.rest.binary(capture.binary!.data.id!);
      expect(hashOf(stored)).toBe(sha256);
      expect(bench.neighbours.chat.transcript).toContain(`\`${mmId}\`: ${packets} packets`);
      expect(bench.neighbours.chat.transcript).toContain(fileName);
      if (mmId !== 'local') continue;
      const { startUs, endUs } = requestedWindow(capture);
      const file = await bench.simulator.fileOf(`ip==${STEADY_HOST}`, startUs, endUs);
      expect(sha256).toBe(hashOf(file));
    }
    expect(bench.neighbours.chat.messages).toHaveLength(1);
  });

  it('says so where no device saw it, and captures nothing', async () => {
    const bench = get();
    await bench.run(bench.example(NAME), 'Address', { body: { ip: '192.0.2.99' } });
    expect(bench.neighbours.chat.messages.map(({ text }) => text)).toEqual([
      '192.0.2.99 was not seen, or not everywhere',
    ]);
    expect(bench.simulator.requests.filter(({ path }) => path === CAPTURE_PATH)).toEqual([]);
  });

  it('tells a person what failed, for each device', async () => {
    const bench = get();
    bench.simulator.faults.add({
      kind: 'answer',
      status: 403,
      method: 'GET',
      path: CAPTURE_PATH,
      times: 1,
    });
    const body = { ip: STEADY_HOST };
    const settings = { minutes: 1 };
    await bench.run(bench.example(NAME, { settings }), 'Address', { body });
    const texts = bench.neighbours.chat.messages.map(({ text }) => text).sort();
    expect(texts).toEqual([
      `${STEADY_HOST} was seen by 1 device(s)`,
      `Failed: looking for ${STEADY_HOST}`,
    ]);
  });
}
