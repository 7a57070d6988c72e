import fc from 'fast-check';
import {
  baseline,
  isBeyond,
  isClear,
  step,
  type Alarm,
  type Rules,
} from '../../../../../nodes/definitions/triggers/threshold/alarm';

const RULES: Rules = {
  condition: 'above',
  limit: 100,
  clearLimit: 80,
  windowsInARow: 1,
  coolDownSeconds: 0,
};

/** Plays one value a window of 60 s, and tells what happened in which. */
function play(values: Array<number | undefined>, rules: Partial<Rules> = {}, start?: Alarm) {
  const all = { ...RULES, ...rules };
  let alarm = start;
  const events: string[] = [];
  values.forEach((value, index) => {
    const window = { start: index * 60, end: (index + 1) * 60 };
    const stepped = step(alarm, value, window, all);
    alarm = JSON.parse(JSON.stringify(stepped.alarm ?? null)) as Alarm | undefined;
    alarm ??= undefined;
    if (stepped.change) events.push(`${index} ${stepped.change.event}`);
  });
  return { events, alarm };
}

describe('an alarm', () => {
  it('is raised once, and cleared at the clear limit', () => {
    expect(play([50, 101, 150, 90, 81, 80, 50]).events).toEqual(['1 raised', '5 cleared']);
  });

  it('does not take the limit itself for beyond', () => {
    expect(play([100, 100]).events).toEqual([]);
  });

  it('works below a limit as well', () => {
    const rules = { condition: 'below', limit: 3, clearLimit: 4 } as const;
    expect(play([5, 3, 2.9, 3.5, 4, 2], rules).events).toEqual([
      '2 raised',
      '4 cleared',
      '5 raised',
    ]);
  });

  it('waits for as many consecutive windows as it should', () => {
    const { events } = play([200, 200, 50, 200, 200, 90, 200, 200, 200], { windowsInARow: 3 });
    expect(events).toEqual(['8 raised']);
  });

  it('clears what is no longer listed', () => {
    expect(play([200, undefined]).events).toEqual(['0 raised', '1 cleared']);
  });

  it('holds an alarm back in the cool-down, and raises it at its end', () => {
    const { events } = play([200, 50, 200, 200, 200, 200], { coolDownSeconds: 240 });
    expect(events).toEqual(['0 raised', '1 cleared', '4 raised']);
  });

  it('says how often it was held back', () => {
    const rules = { ...RULES, coolDownSeconds: 300 };
    let alarm: Alarm | undefined;
    const seen: number[] = [];
    [200, 50, 200, 50, 200, 200].forEach((value, index) => {
      const stepped = step(alarm, value, { start: index * 60, end: (index + 1) * 60 }, rules);
      alarm = stepped.alarm;
      if (stepped.change?.event === 'raised') seen.push(stepped.change.suppressed);
    });
    expect(seen).toEqual([0, 1]);
  });

  it('keeps quiet about what the first poll found, until it comes back', () => {
    const { alarm } = baseline(200, { start: 0, end: 60 }, RULES);
    expect(play([200, 90, 200, 70, 200], {}, alarm).events).toEqual(['4 raised']);
  });

  it('remembers nothing of a quiet element', () => {
    expect(play([200, 50]).alarm).toBeUndefined();
    expect(play([50], { windowsInARow: 3 }).alarm).toBeUndefined();
    expect(play([200, 50, 50], { coolDownSeconds: 60 }).alarm).toBeUndefined();
  });
});

const value = fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined });
const anyRules = fc.record({
  condition: fc.constantFrom('above', 'below'),
  windowsInARow: fc.integer({ min: 1, max: 4 }),
  coolDownSeconds: fc.constantFrom(0, 60, 120, 600),
  gap: fc.integer({ min: 0, max: 50 }),
});

describe('over any values', () => {
  it('raised and cleared take turns, and each has its reason', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), anyRules, (values, { gap, ...some }) => {
        const limit = 100;
        const clearLimit = some.condition === 'above' ? limit - gap : limit + gap;
        const rules: Rules = { ...some, limit, clearLimit } as Rules;
        const { events } = play(values, rules);
        let last = 'cleared';
        let lastRaise = -Infinity;
        for (const event of events) {
          const [index, name] = event.split(' ');
          const at = Number(index);
          expect(name).not.toBe(last);
          last = name;
          if (name === 'raised') {
            expect(isBeyond(values[at], rules)).toBe(true);
            expect((at - lastRaise) * 60).toBeGreaterThanOrEqual(rules.coolDownSeconds);
            lastRaise = at;
          } else expect(isClear(values[at], rules)).toBe(true);
        }
      }),
    );
  });

  it('without cool-down reports exactly what a plain reading of the rules says', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), anyRules, (values, { gap, ...some }) => {
        const clearLimit = some.condition === 'above' ? 100 - gap : 100 + gap;
        const rules = { ...some, limit: 100, clearLimit, coolDownSeconds: 0 } as Rules;
        const expected: string[] = [];
        let isRaised = false;
        values.forEach((one, index) => {
          const row = values.slice(Math.max(0, index - rules.windowsInARow + 1), index + 1);
          const isLong = row.length === rules.windowsInARow;
          if (!isRaised && isLong && row.every((past) => isBeyond(past, rules))) {
            // A row begins anew after an alarm.
            isRaised = true;
            expected.push(`${index} raised`);
          } else if (isRaised && isClear(one, rules)) {
            isRaised = false;
            expected.push(`${index} cleared`);
          }
        });
        expect(play(values, rules).events).toEqual(expected);
      }),
    );
  });
});
