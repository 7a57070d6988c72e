import fc from 'fast-check';
import {
  fromMilliseconds,
  resolveTimeRange,
  toCaptureMicroseconds,
  toStatisticsInterval,
  type TimeRange,
} from '../../../client/values/time-range';
import { ANYTHING } from './anything';
import { AllegroError } from '../../../client';

/** 2026-11-23T15:50:00Z */
const US = 1_795_449_000_000_000;

describe('a time range', () => {
  it.each<[string, TimeRange, number, number, boolean]>([
    ['the last', { kind: 'last', amount: 15, unit: 'minutes' }, -900e6, 0, false],
    ['the last, with a fraction', { kind: 'last', amount: 1.5, unit: 'hours' }, -5400e6, 0, false],
    ['weeks', { kind: 'last', amount: 2, unit: 'weeks' }, -1_209_600e6, 0, false],
    ['since', { kind: 'between', since: (US - 5) as unknown }, -5, 0, false],
    [
      'since, until blank',
      { kind: 'between', since: '2026-11-23T15:49Z', until: ' ' },
      -60e6,
      0,
      false,
    ],
    ['since, until', { kind: 'between', since: US - 9, until: US - 8 }, -9, -8, false],
    ['until later', { kind: 'between', since: US - 9, until: US + 8 }, -9, 8, true],
    [
      'around',
      { kind: 'around', time: US - 60e6, secondsBefore: 30, secondsAfter: 0.5 },
      -90e6,
      -59.5e6,
      false,
    ],
    [
      'around now',
      { kind: 'around', time: US, secondsBefore: 1, secondsAfter: 2 },
      -1e6,
      2e6,
      true,
    ],
  ])('%s', (_, range, start, end, endsInFuture) => {
    expect(resolveTimeRange(range, US + 0.5)).toEqual({
      startUs: US + start,
      endUs: US + end,
      endsInFuture,
    });
  });

  it.each<[string, TimeRange, string]>([
    ['of nothing', { kind: 'last', amount: 0, unit: 'hours' }, 'amount'],
    ['of a negative length', { kind: 'last', amount: -1, unit: 'hours' }, 'amount'],
    ['of no number', { kind: 'last', amount: NaN, unit: 'hours' }, 'amount'],
    ['of no unit', { kind: 'last', amount: 1, unit: 'toString' as 'hours' }, 'amount'],
    ['from before 1970', { kind: 'last', amount: 5000, unit: 'weeks' }, 'amount'],
    ['reversed', { kind: 'between', since: US - 5, until: US - 6 }, 'until'],
    ['empty', { kind: 'between', since: US - 5, until: US - 5 }, 'until'],
    ['in the future', { kind: 'between', since: US + 5, until: US + 6 }, 'since'],
    ['from now', { kind: 'between', since: US }, 'since'],
    ['without a beginning', { kind: 'between', since: '' }, 'since'],
    ['around nothing', { kind: 'around', time: US - 9, secondsBefore: 0, secondsAfter: 0 }, 'time'],
    [
      'around the future',
      { kind: 'around', time: US + 9e6, secondsBefore: 0, secondsAfter: 9 },
      'time',
    ],
    [
      'with a negative half',
      { kind: 'around', time: US, secondsBefore: -1, secondsAfter: 9 },
      'secondsBefore',
    ],
  ])('%s is refused', (_, range, field) => {
    expect(() => resolveTimeRange(range, US)).toThrow(
      expect.objectContaining({ kind: 'input', field }),
    );
  });

  it('names the fields as the caller does', () => {
    const range: TimeRange = { kind: 'between', since: US - 5, until: US - 6 };
    expect(() => resolveTimeRange(range, US, { until: 'endTime' })).toThrow(
      expect.objectContaining({ field: 'endTime' }),
    );
  });

  it('names times without the zeros of a fraction', () => {
    const range = { kind: 'between', since: US + 60e6, until: US + 61e6 } as const;
    expect(() => resolveTimeRange(range, US + 500_000)).toThrow(
      'begins at 2026-11-23T15:51:00Z, but it is 2026-11-23T15:50:00.5Z on the appliance.',
    );
  });

  it('never shrinks on its way to seconds, by less than a second at each end', () => {
    const instant = fc.integer({ min: 0, max: 7e15 });
    fc.assert(
      fc.property(instant, instant, (startUs, length) => {
        const span = { startUs, endUs: startUs + length };
        const { starttime: start, endtime: end } = toStatisticsInterval(span);
        expect(Number.isInteger(start) && Number.isInteger(end)).toBe(true);
        expect(startUs - start * 1e6).toBeGreaterThanOrEqual(0);
        expect(startUs - start * 1e6).toBeLessThan(1e6);
        expect(end * 1e6 - span.endUs).toBeGreaterThanOrEqual(0);
        expect(end * 1e6 - span.endUs).toBeLessThan(1e6);
        expect(toCaptureMicroseconds(span)).toEqual({ start: span.startUs, end: span.endUs });
      }),
    );
  });
});

describe('a connection in milliseconds', () => {
  it('keeps its last packet, although the end of a capture is exclusive', () => {
    expect(fromMilliseconds(1_531_315_866_280, 1_531_315_867_280)).toEqual({
      startUs: 1_531_315_866_280_000,
      endUs: 1_531_315_867_281_000,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1e15, max: 2e15 }), (lastPacketUs) => {
        const seen = Math.floor(lastPacketUs / 1000);
        expect(fromMilliseconds(seen, seen).endUs).toBeGreaterThan(lastPacketUs);
      }),
    );
  });

  it('reads fractions, and writes whole microseconds', () => {
    expect(fromMilliseconds('1531315866280,7749', 1_531_315_866_280.7749, 2)).toEqual({
      startUs: 1_531_315_866_280_774,
      endUs: 1_531_315_866_282_775,
    });
  });

  it.each([undefined, '', 'x', -1, NaN, 1e18])('is refused: %p', (value) => {
    expect(() => fromMilliseconds(1, value)).toThrow(
      expect.objectContaining({ kind: 'input', field: 'lastActivity' }),
    );
  });
});

describe('anything else', () => {
  it('makes a range with a beginning before its end, or is refused', () => {
    const range = fc.oneof(
      fc.record({
        kind: fc.constant('last'),
        amount: fc.oneof(fc.double(), fc.string()),
        unit: fc.constantFrom('seconds', 'minutes', 'hours', 'days', 'weeks', 'years'),
      }),
      fc.record({ kind: fc.constant('between'), since: ANYTHING, until: ANYTHING }),
      fc.record({
        kind: fc.constant('around'),
        time: fc.oneof(ANYTHING, fc.constant(US - 5e6)),
        secondsBefore: fc.double(),
        secondsAfter: fc.double(),
      }),
    );
    fc.assert(
      fc.property(range, (wanted) => {
        try {
          const { startUs, endUs, endsInFuture } = resolveTimeRange(wanted as TimeRange, US);
          expect(Number.isSafeInteger(startUs) && Number.isSafeInteger(endUs)).toBe(true);
          expect(startUs).toBeLessThan(endUs);
          expect(startUs).toBeLessThan(US);
          expect(endsInFuture).toBe(endUs > US);
        } catch (error) {
          expect(error).toBeInstanceOf(AllegroError);
          expect(error).toMatchObject({ kind: 'input' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
