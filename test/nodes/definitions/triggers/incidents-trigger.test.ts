import fc from 'fast-check';
import {
  findList,
  readIncident,
} from '../../../../nodes/definitions/triggers/incidents/find-incidents';
import { track, type Tracked } from '../../../../nodes/definitions/triggers/incidents/track';
import { incidentsTrigger } from '../../../../nodes/definitions/triggers/incidents-trigger';
import { TriggerRunner } from '../../../support/trigger-runner';

const FIRST = { id: 1, ruleName: 'A', severity: 'high', firstTime: 1795449000000, count: 1 };
const SECOND = { ...FIRST, id: 2, ip: '10.0.0.2', text: 'text', lastTime: 1795449060000 };

function bench(raw: Record<string, unknown> = {}) {
  const appliance = { answer: [] as unknown };
  const runner = new TriggerRunner(incidentsTrigger, raw, () => ({ json: appliance.answer }));
  const poll = (answer: unknown) => {
    appliance.answer = answer;
    return runner.poll();
  };
  return { runner, poll };
}

/** An appliance that hands its incidents out page by page. */
function pagedBench() {
  const appliance = { length: 0 };
  const runner = new TriggerRunner(incidentsTrigger, {}, (_, query) => {
    const [page, count] = [Number(query.get('page')), Number(query.get('count'))];
    const items = Array.from({ length: appliance.length }, (_item, id) => ({ ...FIRST, id }));
    return {
      json: {
        displayedItems: items.slice(page * count, (page + 1) * count),
        numberOfPages: Math.ceil(appliance.length / count),
      },
    };
  });
  return { runner, appliance };
}

const ALL = { reportRepeated: true, reportEnded: true };
const short = (events: Array<Record<string, unknown>>) =>
  events.map(({ event, incident, dedupKey }) => {
    const id = (incident as { id?: number } | null)?.id ?? String(dedupKey).split('|').at(-1);
    return `${String(event)} ${id}`;
  });

describe('the list of incidents', () => {
  it.each([
    ['an array', [FIRST]],
    ['the envelope', { displayedItems: [FIRST], numberOfItems: 1 }],
    ['an object', { incidents: [FIRST], revision: 7 }],
    ['something deeper', { result: { data: { globalIncidents: [FIRST] } } }],
    ['one by id', { '1': { ...FIRST, id: undefined } }],
    ['a list with gaps', [null, FIRST, null]],
  ])('is found in %s', (_, answer) => {
    expect(findList(answer)?.map((item) => readIncident(item).rule)).toEqual(['A']);
  });

  it('may be empty', () => {
    for (const answer of [[], {}, { displayedItems: [] }]) expect(findList(answer)).toEqual([]);
  });

  it.each([['text'], [7], [null], [{ uptime: 3, name: 'x' }]])('is not found in %j', (answer) => {
    expect(findList(answer)).toBeUndefined();
  });

  it('has the same key when only count, last time and text change, without an id too', () => {
    const item = {
      rule: 'A',
      element: '10.0.0.1',
      first_time: 1795449000,
      text: '1 hit',
      count: 1,
    };
    const later = { ...item, text: '2 hits', count: 2, last_time: 1795449060 };
    expect(readIncident(item).key).toBe(readIncident(later).key);
    expect(readIncident({ ...item, element: '10.0.0.2' }).key).not.toBe(readIncident(item).key);
  });
});

describe('the Incidents Trigger', () => {
  it('takes stock, then tells new, repeated and ended ones once each', async () => {
    const { poll } = bench(ALL);
    expect(await poll([FIRST])).toEqual([]);
    expect(short(await poll([FIRST, SECOND]))).toEqual(['new 2']);
    expect(await poll([FIRST, SECOND])).toEqual([]);
    const [repeated] = await poll([{ ...FIRST, count: 4 }, SECOND]);
    expect(repeated).toMatchObject({ event: 'repeated', repetitions: 3, count: 4 });
    expect(
      short(
        await poll([
          { ...FIRST, count: 4 },
          { ...SECOND, active: false },
        ]),
      ),
    ).toEqual(['ended 2']);
    expect(await poll([{ ...SECOND, active: false }])).toEqual([]);
    expect(await poll([{ ...SECOND, active: false }])).toMatchObject([
      { event: 'ended', endedBy: 'gone', rule: 'A' },
    ]);
  });

  it('tells new ones only, unless asked for more', async () => {
    const { poll } = bench();
    await poll([FIRST]);
    expect(short(await poll([{ ...FIRST, count: 2 }, SECOND]))).toEqual(['new 2']);
    expect(await poll([])).toEqual([]);
    expect(await poll([])).toEqual([]);
  });

  it('brings what a capture needs', async () => {
    const { poll } = bench();
    await poll([]);
    expect(await poll([SECOND])).toMatchObject([
      {
        expression: 'ip==10.0.0.2',
        alertTime: new Date(SECOND.lastTime).toISOString(),
        severity: 'high',
        incident: SECOND,
      },
    ]);
  });

  it('reads all pages', async () => {
    const { runner, appliance } = pagedBench();
    await runner.poll();
    appliance.length = 250;
    expect(await runner.poll()).toHaveLength(250);
    expect(runner.warnings).toEqual([]);
  });

  it('tells none of a long list again', async () => {
    const { runner, appliance } = pagedBench();
    appliance.length = 4900;
    await runner.poll();
    expect(await runner.poll()).toEqual([]);
    appliance.length = 4901;
    expect(await runner.poll()).toHaveLength(1);
    expect(await runner.poll()).toEqual([]);
  });

  it('says so when the list is longer than it reads', async () => {
    const { runner, appliance } = pagedBench();
    appliance.length = 5001;
    await runner.poll();
    expect(await runner.poll()).toEqual([]);
    expect(runner.warnings[0]).toMatch(/more incidents than the 5000 that a poll reads/);
  });

  it('tells none again where all come in one answer, however many', async () => {
    const { poll } = bench();
    const many = Array.from({ length: 7000 }, (_, id) => ({ ...FIRST, id }));
    await poll(many);
    expect(await poll(many)).toEqual([]);
  });

  it('says so when there is no list', async () => {
    const { poll } = bench();
    await expect(poll({ uptime: 3 })).rejects.toMatchObject({ kind: 'badAnswer' });
  });

  it('remembers no more than its limit, and does not report what a full list dropped', async () => {
    const many = (from: number) =>
      Array.from({ length: 1000 }, (_, index) => ({ ...FIRST, id: from + index }));
    const { runner, poll } = bench(ALL);
    await poll(many(0));
    expect(await poll(many(600))).toHaveLength(600);
    expect(await poll(many(600))).toEqual([]);
    expect((runner.state as unknown as { incidents: unknown[] }).incidents).toHaveLength(1000);
  });
});

it('whatever comes and goes, each growth of a count is told once, and nothing before it was new', () => {
  const poll = fc.array(
    fc.record({ id: fc.integer({ min: 1, max: 5 }), grow: fc.integer({ min: 0, max: 3 }) }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.array(poll, { maxLength: 20 }), (polls) => {
      const counts = new Map<number, number>();
      let tracked: Tracked[] = [];
      const told = new Map<string, number>();
      for (const changes of polls) {
        for (const { id, grow } of changes) counts.set(id, (counts.get(id) ?? 1) + grow);
        const items = [...counts].map(([id, count]) => readIncident({ id, name: 'A', count }));
        const outcome = track(tracked, items, 100);
        tracked = JSON.parse(JSON.stringify(outcome.tracked)) as Tracked[];
        for (const { event, incident, repetitions } of outcome.changes) {
          if (event === 'new') {
            expect(told.has(incident.key)).toBe(false);
            told.set(incident.key, incident.count);
          } else told.set(incident.key, told.get(incident.key)! + repetitions);
        }
      }
      expect(told).toEqual(new Map([...counts].map(([id, count]) => [String(id), count])));
    }),
  );
});
