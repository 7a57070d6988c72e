import fc from 'fast-check';
import { thresholdTrigger } from '../../../../nodes/definitions/triggers/threshold-trigger';
import type { FakeAnswer } from '../../../support/fake-transport';
import { TriggerRunner } from '../../../support/trigger-runner';

const START = Math.floor(Date.UTC(2026, 10, 23, 15, 50) / 1000);

/** An appliance whose hosts send so many bytes in each second. */
class Appliance {
  /** Seconds since 1970 by its clock. */
  now = START;
  isAway = false;
  /** Bytes of a host in one second. */
  bytes = (_host: string, _second: number): number => 0;
  hosts: string[] = [];
  countCap = 100;

  readonly answer = (path: string, query: URLSearchParams): FakeAnswer => {
    if (this.isAway) return { status: 400, text: 'away' };
    if (path === '/API/stats/time') return { json: { currentTime: this.now * 1000 } };
    const start = Number(query.get('starttime'));
    const end = Number(query.get('endtime'));
    const one = /\/ip\/ips\/(.+)$/.exec(path)?.[1];
    if (one) {
      return this.hosts.includes(one) ? { json: this.row(one, start, end) } : { status: 404 };
    }
    if (!path.endsWith('ips_paged')) return { status: 404 };
    const rows = this.hosts
      .map((host) => this.row(host, start, end))
      .sort((a, b) => b.interval[1] - a.interval[1]);
    const count = Math.min(Number(query.get('count')), this.countCap);
    const page = Number(query.get('page'));
    return {
      json: {
        displayedItems: rows.slice(page * count, (page + 1) * count),
        numberOfItems: rows.length,
        numberOfPages: Math.ceil(rows.length / count),
      },
    };
  };

  private row(ip: string, start: number, end: number) {
    let bytes = 0;
    for (let second = start; second < end; second++) bytes += this.bytes(ip, second);
    return { ip, interval: [1, bytes, 0, 0] };
  }
}

const FIELDS = { watched: 'ip', limit: 8000, coolDownSeconds: 0 };

function bench(raw: Record<string, unknown> = {}) {
  const appliance = new Appliance();
  const runner = new TriggerRunner(thresholdTrigger, { ...FIELDS, ...raw }, appliance.answer);
  const pollAfter = (seconds: number) => {
    appliance.now += seconds;
    runner.pass(seconds);
    return runner.poll();
  };
  return { appliance, runner, pollAfter };
}

const short = (events: Array<Record<string, unknown>>) =>
  events.map(({ event, element }) => `${String(event)} ${String(element)}`);

describe('the Threshold Trigger', () => {
  it('raises with all that a capture needs, and clears on request', async () => {
    const { appliance, pollAfter } = bench({ reportCleared: true, device: ':1' });
    appliance.hosts = ['10.0.0.1', '10.0.0.2'];
    expect(await pollAfter(0)).toEqual([]);
    appliance.bytes = (host, second) =>
      host === '10.0.0.2' && second >= START && second < START + 58 ? 2000 : 0;
    const [event, ...others] = await pollAfter(60);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      event: 'raised',
      element: '10.0.0.2',
      unit: 'bit/s',
      limit: 8000,
      expression: 'ip==10.0.0.2',
      alertTime: new Date((START + 58) * 1000).toISOString(),
      device: 'https://allegro-mm-test',
      mmId: ':1',
    });
    expect(event.value).toBe(Math.round((2000 * 8 * 58) / 60));
    const [cleared] = await pollAfter(60);
    expect(cleared).toMatchObject({ event: 'cleared', element: '10.0.0.2', value: 0 });
    expect(cleared.dedupKey).toBe(event.dedupKey);
    expect(cleared.eventId).not.toBe(event.eventId);
  });

  it('takes stock at the first poll, or reports at the start when asked', async () => {
    const silent = bench();
    silent.appliance.hosts = ['10.0.0.1'];
    silent.appliance.bytes = () => 5000;
    expect(await silent.pollAfter(0)).toEqual([]);
    expect(await silent.pollAfter(60)).toEqual([]);
    const loud = bench({ reportAtStart: true });
    loud.appliance.hosts = ['10.0.0.1'];
    loud.appliance.bytes = () => 5000;
    expect(short(await loud.pollAfter(0))).toEqual(['raised 10.0.0.1']);
  });

  it('reports every element of a burst, over pages that are smaller than asked for', async () => {
    const { appliance, runner, pollAfter } = bench();
    appliance.countCap = 50;
    appliance.hosts = Array.from({ length: 700 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    await pollAfter(0);
    appliance.bytes = (host, second) => (second >= START && host !== '10.0.0.0' ? 5000 : 0);
    const events = await pollAfter(60);
    expect(new Set(short(events)).size).toBe(699);
    expect(runner.warnings).toEqual([]);
  });

  it('reads only as many rows as matter', async () => {
    const { appliance, runner, pollAfter } = bench();
    appliance.hosts = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
    await pollAfter(0);
    expect(runner.paths).toHaveLength(2);
  });

  it('finds a peak of the time in which the appliance was away', async () => {
    const { appliance, pollAfter } = bench({ reportCleared: true });
    appliance.hosts = ['10.0.0.1'];
    await pollAfter(0);
    appliance.bytes = (_, second) => (second > START + 100 && second < START + 180 ? 9000 : 0);
    appliance.isAway = true;
    await expect(pollAfter(200)).rejects.toThrow('400');
    appliance.isAway = false;
    const events = await pollAfter(200);
    expect(short(events)).toEqual(['raised 10.0.0.1', 'cleared 10.0.0.1']);
  });

  it('reads a bounded number of windows after a long time, the present among them, and says what it skipped', async () => {
    const { appliance, runner, pollAfter } = bench();
    appliance.hosts = ['10.0.0.1', '10.0.0.2'];
    await pollAfter(0);
    const day = 24 * 3600;
    appliance.bytes = (host, second) =>
      host === '10.0.0.1'
        ? second > START + day - 60
          ? 5000
          : 0
        : second > START + 600 && second < START + 900
          ? 5000
          : 0;
    appliance.now += day;
    runner.pass(day);
    const before = runner.paths.length;
    const { events, summary } = await runner.outcome();
    expect(runner.paths.length - before).toBeLessThanOrEqual(1 + 240);
    const skippedSeconds = day - 240 * 60;
    expect(events).toMatchObject([{ event: 'raised', element: '10.0.0.1', skippedSeconds }]);
    expect(summary).toMatchObject({ skippedSeconds });
    expect(runner.warnings).toEqual([expect.stringContaining(`${skippedSeconds} s were skipped`)]);
    expect((await pollAfter(60))[0]).toBeUndefined();
  });

  it('watches named elements below a limit, also those that the appliance does not know', async () => {
    const { appliance, pollAfter } = bench({
      condition: 'below',
      elements: '10.0.0.1, 10.0.0.9',
    });
    appliance.hosts = ['10.0.0.1'];
    appliance.bytes = () => 5000;
    await pollAfter(0);
    appliance.bytes = (_, second) => (second < START ? 5000 : 0);
    expect(short(await pollAfter(120))).toEqual(['raised 10.0.0.1']);
  });

  it.each([
    ['ip', '2001:DB8:0::5, 2001:db8::5', ['2001:db8::5']],
    ['ip', '::ffff:10.0.0.1', ['10.0.0.1']],
    ['mac', '00-1A-2B-3C-4D-5E', ['00:1a:2b:3c:4d:5e']],
    ['tcpPort', '0443', ['443']],
  ])('asks for %s "%s" as the appliance writes it', async (watched, elements, asked) => {
    const { runner } = bench({ watched, elements });
    await runner.poll();
    const names = runner.paths
      .slice(1)
      .map((path) => decodeURIComponent(/([^/]+)\?/.exec(path)![1]));
    expect(names).toEqual(asked);
  });

  it('takes stock anew when something else is watched, but not for another limit', async () => {
    const { appliance, runner, pollAfter } = bench();
    appliance.hosts = ['10.0.0.1'];
    await pollAfter(0);
    appliance.bytes = () => 5000;
    runner.change({ limit: 9000 });
    expect(short(await pollAfter(60))).toEqual(['raised 10.0.0.1']);
    runner.change({ direction: 'rx' });
    expect(await pollAfter(60)).toEqual([]);
  });

  it.each([
    [{ condition: 'below' }, 'condition'],
    [{ clearLimit: 9000 }, 'clearLimit'],
    [{ elements: '10.0.0.0/24' }, 'elements'],
    [{ limit: '' }, 'limit'],
    [{ watched: 'value', path: 'API/stats/reset', valuePath: 'x' }, 'path'],
    [{ watched: 'value', path: 'API/data/x', valuePath: 'x' }, 'path'],
    // Response times and packet sizes have counters of the same form.
    [
      {
        watched: 'list',
        listPath: 'API/stats/modules/ip/ipsTCP',
        valuePath: 'tcpSynResponseTimes.interval.totalBitsPerSecond',
      },
      'valuePath',
    ],
    [
      {
        watched: 'value',
        path: 'API/stats/modules/packet_size/generic',
        valuePath: 'globalCounters.allTime.rxBytes',
      },
      'valuePath',
    ],
  ])('refuses %j before any request', async (raw, field) => {
    const { runner } = bench(raw);
    await expect(runner.poll()).rejects.toMatchObject({ kind: 'input', field });
    expect(runner.paths).toEqual([]);
  });

  it('shows what an event would look like, whatever the limit', async () => {
    const { appliance, runner } = bench({ limit: 1e12 });
    appliance.hosts = ['10.0.0.1'];
    expect(await runner.preview()).toMatchObject([{ event: 'preview', element: '10.0.0.1' }]);
    expect(runner.state).toBeUndefined();
  });
});

it('failures, delays and restarts change nothing about what is reported', async () => {
  const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.boolean()), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.array(fc.array(fc.constantFrom(0, 900, 1100, 3000), { minLength: 3, maxLength: 3 }), {
        minLength: 40,
        maxLength: 40,
      }),
      fc.record({
        windowsInARow: fc.integer({ min: 1, max: 3 }),
        coolDownSeconds: fc.constantFrom(0, 180),
        clearLimit: fc.constantFrom(8000, 4000),
      }),
      async (polls, traffic, rules) => {
        const play = async (schedule: Array<readonly [number, boolean]>) => {
          const { appliance, pollAfter } = bench({ ...rules, reportCleared: true });
          appliance.hosts = hosts;
          appliance.bytes = (host, second) =>
            traffic[Math.floor((second - START + 2) / 60)]?.[hosts.indexOf(host)] ?? 0;
          await pollAfter(0);
          const events: unknown[] = [];
          for (const [seconds, fails] of schedule) {
            appliance.isAway = fails;
            const found = await pollAfter(seconds).catch(() => []);
            events.push(...found);
          }
          return events;
        };
        const total = 60 * 40;
        const used = polls.reduce((sum, [seconds]) => sum + seconds, 0);
        const rest = [[Math.max(0, total - used), false] as const, [0, false] as const];
        const odd = await play([...polls, ...rest]);
        const even = await play(Array.from({ length: 40 }, () => [60, false] as const));
        expect(odd).toEqual(even);
      },
    ),
    { numRuns: 40 },
  );
});
