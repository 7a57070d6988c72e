import fc from 'fast-check';
import { newElementTrigger } from '../../../../nodes/definitions/triggers/new-element-trigger';
import { thresholdTrigger } from '../../../../nodes/definitions/triggers/threshold-trigger';
import type { PollTrigger, TriggerEvent } from '../../../../nodes/definitions/triggers/trigger';
import type { FakeAnswer } from '../../../support/fake-transport';
import { TriggerRunner } from '../../../support/trigger-runner';

const START = Math.floor(Date.UTC(2026, 10, 23, 15, 50) / 1000);
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Bytes of an element in one second of true time. */
interface Traffic {
  at: number;
  element: string;
  bytes: number;
}

/** What an appliance may do with what it counted before its clock was set. */
const BOOKS = ['keeps its times', 'moves its times'] as const;

/** An appliance whose clock is set now and then, and a trigger that polls it every minute. */
class World {
  /** Seconds of true time since the start. */
  private now = 0;
  readonly events: TriggerEvent[] = [];
  readonly runner: TriggerRunner;

  constructor(
    trigger: PollTrigger,
    raw: Record<string, unknown>,
    private readonly traffic: Traffic[],
    /** From a second of true time on, how far the clock is ahead. */
    private readonly clock: Array<readonly [from: number, ahead: number]>,
    private readonly book: (typeof BOOKS)[number],
  ) {
    this.runner = new TriggerRunner(trigger, raw, (path, query) => this.answer(path, query));
  }

  async pollEveryMinute(seconds: number): Promise<void> {
    this.events.push(...(await this.runner.poll()));
    for (const end = this.now + seconds; this.now < end;) {
      this.now += 60;
      this.runner.pass(60);
      this.events.push(...(await this.runner.poll()));
    }
  }

  private aheadAt(second: number): number {
    return this.clock.findLast(([from]) => from <= second)?.[1] ?? 0;
  }

  private stampOf({ at }: Traffic): number {
    const ahead = this.aheadAt(this.book === 'keeps its times' ? at : this.now);
    return START + at + ahead;
  }

  private answer(path: string, query: URLSearchParams): FakeAnswer {
    if (path === '/API/stats/time') {
      return { json: { currentTime: (START + this.now + this.aheadAt(this.now)) * 1000 } };
    }
    const [from, to] = [Number(query.get('starttime')), Number(query.get('endtime'))];
    const bytes = new Map<string, number>();
    for (const one of this.traffic) {
      const stamp = this.stampOf(one);
      if (one.at >= this.now || stamp < from || stamp >= to) continue;
      bytes.set(one.element, (bytes.get(one.element) ?? 0) + one.bytes);
    }
    const name = path.includes('/mac/') ? 'mac' : 'ip';
    const rows = [...bytes]
      .map(([element, count]) => ({ [name]: element, interval: [1, count, 0, 0] }))
      .sort((a, b) => b.interval[1]! - a.interval[1]!);
    const [page, count] = [Number(query.get('page')), Number(query.get('count'))];
    const displayedItems = rows.slice(page * count, (page + 1) * count);
    return { json: { displayedItems, numberOfItems: rows.length } };
  }
}

const STEPS: Array<[name: string, clock: Array<readonly [number, number]>]> = [
  ['no step', []],
  ['an hour ahead at first, corrected after 90 s', [[0, HOUR], [90, 0]]], // prettier-ignore
  ['set ahead by an hour', [[1000, HOUR]]],
  ['set back by an hour', [[1000, -HOUR]]],
  ['set ahead by a day', [[1000, DAY]]],
  ['a dip of an hour and return', [[1000, -HOUR], [1570, 0]]], // prettier-ignore
  ['a peak of an hour and return', [[1000, HOUR], [1570, 0]]], // prettier-ignore
  ['small steps', Array.from({ length: 150 }, (_, i) => [20 * i, (i % 3) * 2])],
  ['many steps back', Array.from({ length: 40 }, (_, i) => [70 * i, -40 * i])],
  ['many steps ahead', Array.from({ length: 40 }, (_, i) => [70 * i, 40 * i])],
];
const cases = STEPS.flatMap(([name, clock]) => BOOKS.map((book) => [name, book, clock] as const));

/** One after the other, each once. */
const newEvery12Seconds = Array.from({ length: 250 }, (_, index) => ({
  at: 1 + 12 * index,
  element: `00:00:00:00:00:${index.toString(16).padStart(2, '0')}`,
  bytes: 60,
}));
const told = ({ events }: World) => events.map(({ element }) => String(element)).sort();

/** Each of them for two minutes. */
const bursts = Array.from({ length: 12 }, (_, index) =>
  Array.from({ length: 120 }, (__, second) => ({
    at: 65 + 240 * index + second,
    element: `10.0.0.${index + 10}`,
    bytes: 5000,
  })),
).flat();

describe.each(cases)('with %s, on an appliance that %s,', (name, book, clock) => {
  it('each new element is told once', async () => {
    const world = new World(newElementTrigger, {}, newEvery12Seconds, clock, book);
    await world.pollEveryMinute(3060);
    expect(told(world)).toEqual(newEvery12Seconds.map(({ element }) => element));
    const isNoticed = world.runner.warnings.some((text) => text.includes('clock of the appliance'));
    expect(isNoticed).toBe(!name.startsWith('no step') && name !== 'small steps');
  });

  it('each alarm is raised once, and cleared once, with few requests', async () => {
    const raw = { watched: 'ip', limit: 8000, coolDownSeconds: 120, reportCleared: true };
    const world = new World(thresholdTrigger, raw, bursts, clock, book);
    await world.pollEveryMinute(3060);
    const happened = world.events.map(({ event, element }) => `${event} ${String(element)}`);
    const elements = [...new Set(bursts.map(({ element }) => element))];
    const expected = elements.flatMap((one) => [`cleared ${one}`, `raised ${one}`]);
    expect(happened.sort()).toEqual(expected.sort());
    expect(new Set(world.events.map(({ eventId }) => eventId)).size).toBe(24);
    // A clock, a window and, at a step, the same time by the former clock.
    expect(world.runner.paths.length).toBeLessThan(4 * 53);
  });
});

it.each(BOOKS)('over any steps nothing is lost or told twice (%s)', async (book) => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 59 }), fc.integer({ min: -2 * DAY, max: 2 * DAY })),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (found) => {
      // At most one between two polls: what comes and goes in between leaves no trace.
      const clock = found.map(([second, ahead], index) => [60 * index + second, ahead] as const);
      const world = new World(newElementTrigger, {}, newEvery12Seconds, clock, book);
      await world.pollEveryMinute(3060);
      expect(told(world)).toEqual(newEvery12Seconds.map(({ element }) => element));
    }),
    { numRuns: 30 },
  );
});

it.each([HOUR, -HOUR, 90, -90])(
  'a clock of this machine that is set by %d s changes nothing of what is told',
  async (seconds) => {
    const elements = new World(newElementTrigger, {}, newEvery12Seconds, [], 'keeps its times');
    const raw = { watched: 'ip', limit: 8000, coolDownSeconds: 120, reportCleared: true };
    const alarms = new World(thresholdTrigger, raw, bursts, [], 'keeps its times');
    for (const world of [elements, alarms]) {
      await world.pollEveryMinute(1020);
      world.runner.pass(seconds);
      await world.pollEveryMinute(2040);
    }
    expect(told(elements)).toEqual(newEvery12Seconds.map(({ element }) => element));
    const happened = alarms.events.map(({ event, element }) => `${event} ${String(element)}`);
    expect(new Set(happened).size).toBe(24);
    expect(happened).toHaveLength(24);
  },
);

it('a cool-down lasts as long as it should, also when the clock is corrected in between', async () => {
  const host = (from: number) =>
    Array.from({ length: 60 }, (_, second) => ({ at: from + second, element: 'h', bytes: 5000 }));
  const traffic = [...host(60), ...host(240), ...host(1200)].map((one) => ({
    ...one,
    element: '10.0.0.1',
  }));
  const raw = { watched: 'ip', limit: 8000, coolDownSeconds: 600 };
  const clock = [[0, HOUR], [150, 0]] as const; // prettier-ignore
  const world = new World(thresholdTrigger, raw, traffic, [...clock], 'keeps its times');
  await world.pollEveryMinute(1500);
  expect(world.events.map(({ event, suppressed }) => [event, suppressed])).toEqual([
    ['raised', 0],
    ['raised', 0],
  ]);
});

it('an alarm that a clock comes to again is not told again, under any ID', async () => {
  const traffic = Array.from({ length: 40 }, (_, burst) =>
    Array.from({ length: 40 }, (__, second) => ({
      at: 70 + 150 * burst + second,
      element: '10.0.0.1',
      bytes: 90_000,
    })),
  ).flat();
  const raw = { watched: 'ip', limit: 8000, coolDownSeconds: 0 };
  const quiet = traffic.filter(({ at }) => at < 2400);
  const clock = [[2410, -1200], [3000, 0]] as const; // prettier-ignore
  const world = new World(thresholdTrigger, raw, quiet, [...clock], 'keeps its times');
  await world.pollEveryMinute(5000);
  const still = new World(thresholdTrigger, raw, quiet, [], 'keeps its times');
  await still.pollEveryMinute(5000);
  expect(world.events.length).toBe(still.events.length);
  expect(world.runner.warnings.join()).toContain('not reported again');
  expect(still.events.length).toBeGreaterThan(10);
});
