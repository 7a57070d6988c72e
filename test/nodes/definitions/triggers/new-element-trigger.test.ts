import fc from 'fast-check';
import { SeenElements } from '../../../../nodes/definitions/triggers/new-element/seen-elements';
import { newElementTrigger } from '../../../../nodes/definitions/triggers/new-element-trigger';
import { TriggerRunner } from '../../../support/trigger-runner';

const START = Math.floor(Date.UTC(2026, 10, 23, 15, 50) / 1000);

/** An appliance on which each MAC address has traffic in the given seconds. */
function bench(raw: Record<string, unknown> = {}) {
  const appliance = { now: START, isAway: false, seconds: new Map<string, number[]>() };
  const runner = new TriggerRunner(newElementTrigger, raw, (path, query) => {
    if (appliance.isAway) return { status: 400 };
    if (path === '/API/stats/time') return { json: { currentTime: appliance.now * 1000 } };
    const [from, to] = [Number(query.get('starttime')), Number(query.get('endtime'))];
    const rows = [...appliance.seconds]
      .filter(([, seconds]) => seconds.some((second) => second < appliance.now))
      .map(([mac, seconds]) => {
        const packets = seconds.filter((second) => second >= from && second < to).length;
        return { mac, macVendor: 'Vendor', interval: [packets, packets * 60, 0, 0] };
      })
      .sort((a, b) => b.interval[1] - a.interval[1]);
    const [page, count] = [Number(query.get('page')), Number(query.get('count'))];
    return {
      json: {
        displayedItems: rows.slice(page * count, (page + 1) * count),
        numberOfItems: rows.length,
      },
    };
  });
  const pollAfter = (seconds: number) => {
    appliance.now += seconds;
    runner.pass(seconds);
    return runner.poll();
  };
  return { appliance, runner, pollAfter };
}

const mac = (index: number) =>
  `00:00:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`;
const elements = (events: Array<Record<string, unknown>>) => events.map(({ element }) => element);

describe('the New Element Trigger', () => {
  it('takes everything that is listed at first as known, however long ago', async () => {
    const { appliance, pollAfter } = bench();
    appliance.seconds.set(mac(1), [START - 5000]);
    expect(await pollAfter(0)).toEqual([]);
    appliance.seconds.set(mac(1), [START + 10]);
    appliance.seconds.set(mac(2), [START + 10]);
    const events = await pollAfter(60);
    expect(events).toMatchObject([
      {
        event: 'new',
        element: mac(2),
        name: 'Vendor',
        totalPackets: 1,
        expression: `mac==${mac(2)}`,
      },
    ]);
    expect(await pollAfter(60)).toEqual([]);
  });

  it('reports each of a burst once, also when polls failed in between', async () => {
    const { appliance, pollAfter } = bench();
    await pollAfter(0);
    for (let index = 0; index < 350; index++) appliance.seconds.set(mac(index), [START + index]);
    appliance.isAway = true;
    await expect(pollAfter(200)).rejects.toThrow();
    appliance.isAway = false;
    const events = await pollAfter(200);
    expect(new Set(elements(events)).size).toBe(350);
    expect(events).toHaveLength(350);
    expect(await pollAfter(60)).toEqual([]);
  });

  it('keeps quiet while it learns', async () => {
    const { appliance, pollAfter } = bench({ learningHours: 1 });
    await pollAfter(0);
    appliance.seconds.set(mac(1), [START + 100]);
    expect(await pollAfter(1800)).toEqual([]);
    appliance.seconds.set(mac(2), [START + 4000]);
    await pollAfter(1800);
    expect(elements(await pollAfter(1800))).toEqual([mac(2)]);
  });

  it('learns again what a host that stores states only with events has forgotten', async () => {
    const { appliance, runner, pollAfter } = bench({ learningHours: 72 });
    await pollAfter(0);
    const stored = runner.state;
    const day = 24 * 3600;
    appliance.seconds.set(mac(1), [START + day]);
    for (let hours = 0; hours < 80; hours += 8) expect(await pollAfter(8 * 3600)).toEqual([]);
    appliance.seconds.set(mac(1), [START + day, START + 5 * day]);
    appliance.seconds.set(mac(2), [START + 5 * day]);
    runner.state = stored;
    expect(elements(await pollAfter(2 * day))).toEqual([mac(2)]);
    expect(await pollAfter(60)).toEqual([]);
  });

  it('reports what came right after the time of learning, in the same poll', async () => {
    const { appliance, pollAfter } = bench({ learningHours: 1 });
    await pollAfter(0);
    appliance.seconds.set(mac(1), [START + 3000]);
    appliance.seconds.set(mac(2), [START + 4000]);
    expect(await pollAfter(7200)).toMatchObject([
      { element: mac(2), from: new Date((START - 2 + 3600) * 1000).toISOString() },
    ]);
  });

  it('goes on learning after the clock of the appliance was set back', async () => {
    const { appliance, pollAfter } = bench({ learningHours: 2 });
    await pollAfter(0);
    appliance.seconds.set(mac(1), [START - 310]);
    appliance.now -= 360;
    expect(await pollAfter(60)).toEqual([]);
    appliance.seconds.set(mac(2), [START + 7100]);
    expect(elements(await pollAfter(7500))).toEqual([mac(2)]);
  });

  it('says when there are more elements than it may remember', async () => {
    const { appliance, runner, pollAfter } = bench({ remembered: 100 });
    for (let index = 0; index < 150; index++) appliance.seconds.set(mac(index), [START - 30]);
    await pollAfter(0);
    expect(runner.warnings.join()).toContain('150');
    expect((runner.state as unknown as { seen: unknown[] }).seen).toHaveLength(100);
  });

  it('shows a few of those that are there', async () => {
    const { appliance, runner } = bench();
    for (let index = 0; index < 9; index++) appliance.seconds.set(mac(index), [START - 30]);
    expect(await runner.preview()).toHaveLength(3);
  });
});

it('the memory forgets those that had traffic longest ago, and never an element of the last window', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 8 }), {
        maxLength: 30,
      }),
      (windows) => {
        const limit = 10;
        let memory = new SeenElements([], limit);
        const model = new Map<string, number>();
        windows.forEach((seen, index) => {
          const fresh = memory.see(seen);
          expect(fresh).toEqual(seen.filter((one) => !model.has(one)));
          for (const one of seen) model.set(one, index);
          const json = JSON.parse(JSON.stringify(memory)) as string[];
          expect(json.length).toBeLessThanOrEqual(limit);
          const kept = new Set(json);
          for (const one of seen) expect(kept).toContain(one);
          const oldestKept = Math.min(...[...kept].map((one) => model.get(one)!));
          for (const [one, last] of model) {
            if (kept.has(one)) continue;
            expect(last).toBeLessThanOrEqual(oldestKept);
            model.delete(one);
          }
          memory = new SeenElements(json, limit);
        });
      },
    ),
  );
});
