import { readFieldValues } from '../../../../../nodes/definitions/model/read-field-values';
import { thresholdTrigger } from '../../../../../nodes/definitions/triggers/threshold-trigger';
import { numberAt } from '../../../../../nodes/definitions/triggers/threshold/value-path';
import { unitOf } from '../../../../../nodes/definitions/triggers/threshold/value-unit';
import type { TriggerState } from '../../../../../nodes/definitions/triggers/trigger';
import { TriggerRunner } from '../../../../support/trigger-runner';

const START = Math.floor(Date.UTC(2026, 10, 23, 15, 50) / 1000);
const short = (events: Array<Record<string, unknown>>) =>
  events.map(({ event, element }) => `${String(event)} ${String(element)}`);

describe('any value', () => {
  const answers = (json: unknown) => (path: string) =>
    path === '/API/stats/time' ? { json: { currentTime: START * 1000 } } : { json };

  it.each([
    ['globalCounters.intervalPerSecond.1', 500],
    ['globalCounters.intervalPerSecond.totalBitsPerSecond', 8000],
    ['list.1.isUp', 1],
    ['text', 12.5],
  ])('is found at %s', (valuePath, expected) => {
    const answer = {
      globalCounters: { intervalPerSecond: [1, 500, 1, 500] },
      list: [{ isUp: 'False' }, { isUp: 'True' }],
      text: ' 12.5 ',
    };
    expect(numberAt(answer, valuePath, '/API/stats/x')).toBe(expected);
  });

  it.each([
    ['interval.rxBytes', 'bytes'],
    ['globalCounters.intervalPerSecond.totalBitsPerSecond', 'bit/s'],
    ['globalCounters.intervalPerSecond.1', 'bytes/s'],
    ['globalCounters.interval.0', 'packets'],
    ['globalCounters.interval.4', null],
    ['tcpSynResponseTimes.interval.1', null],
    ['globalResponseTimes.avg', null],
  ])('at %s has the unit %s', (valuePath, unit) => {
    expect(unitOf(valuePath, '/API/stats/modules/ip')).toEqual({ unit, isUnknownName: false });
  });

  it('says what is missing', async () => {
    const raw = { watched: 'value', path: 'API/system/health', valuePath: 'CPU.Temp', limit: 70 };
    const runner = new TriggerRunner(thresholdTrigger, raw, answers({ CPU: { CurrentTemp: 48 } }));
    await expect(runner.poll()).rejects.toThrow('a number at "CPU.Temp"');
  });

  describe('after a restart that knows only the state of the last event', () => {
    const raw = { watched: 'value', path: 'API/system/health', valuePath: 'temp', limit: 70 };

    function restartBench(more: Record<string, unknown> = {}) {
      const appliance = { now: START, temp: 50 };
      const runner = new TriggerRunner(thresholdTrigger, { ...raw, ...more }, (path) =>
        path === '/API/stats/time'
          ? { json: { currentTime: appliance.now * 1000 } }
          : { json: { temp: appliance.temp } },
      );
      const pollAt = (temp: number, seconds = 60) => {
        Object.assign(appliance, { temp, now: appliance.now + seconds });
        runner.pass(seconds);
        return runner.poll();
      };
      const restart = (stored: TriggerState) => {
        runner.state = thresholdTrigger.restored!(
          readFieldValues(thresholdTrigger, { ...raw, ...more }),
          stored,
        );
      };
      return { runner, pollAt, restart };
    }

    it.each([
      ['reported', 50, 80],
      ['known since the first poll', 80, 80],
    ])('tells what was %s, came back unheard and is beyond again', async (_, first, second) => {
      const { runner, pollAt, restart } = restartBench();
      await pollAt(first);
      await pollAt(second);
      const stored = runner.state!;
      expect(await pollAt(50)).toEqual([]);
      restart(stored);
      expect(short(await pollAt(80, 3600))).toEqual(['raised temp']);
      expect(await pollAt(80, 3600)).toEqual([]);
    });

    it('keeps the cool-down', async () => {
      const { runner, pollAt, restart } = restartBench({ coolDownSeconds: 1800 });
      await pollAt(50);
      await pollAt(80);
      restart(runner.state!);
      expect(await pollAt(80)).toEqual([]);
      expect(short(await pollAt(80, 1800))).toEqual(['raised temp']);
    });

    it('leaves alone what is read again window by window', () => {
      const state = { version: 1, subject: 's', alarms: [['a', { phase: 'raised', streak: 1 }]] };
      const values = readFieldValues(thresholdTrigger, { watched: 'ip', limit: 1 });
      expect(thresholdTrigger.restored!(values, state)).toBe(state);
    });
  });

  it('of a list is compared row by row', async () => {
    let score = 5;
    const raw = { watched: 'tcpScore', condition: 'below', limit: 3 };
    let now = START;
    const runner = new TriggerRunner(thresholdTrigger, raw, (path) =>
      path === '/API/stats/time'
        ? { json: { currentTime: now * 1000 } }
        : { json: { displayedItems: [{ ip: '10.0.0.1', tcpSynResponseTimes: { score } }] } },
    );
    await runner.poll();
    score = 2;
    now += 60;
    runner.pass(60);
    expect(await runner.poll()).toMatchObject([
      { event: 'raised', element: '10.0.0.1', value: 2, unit: 'score', expression: 'ip==10.0.0.1' },
    ]);
  });
});
