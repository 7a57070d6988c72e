import fc from 'fast-check';
import {
  fromMilliseconds,
  isoMicroseconds,
  isoNanoseconds,
  parseInstant,
  resolveTimeRange,
  toCaptureMicroseconds,
  toStatisticsInterval,
  type TimeRange,
} from '../../../client/values/time';
import { AllegroError } from '../../../client';

/** 2026-11-23T15:50:00Z */
const US = 1_795_449_000_000_000;

describe('an instant', () => {
  it.each<[string, unknown, number]>([
    ['ISO with Z', '2026-11-23T15:50:00Z', US],
    ['ISO without a zone is UTC', '2026-11-23T15:50:00', US],
    ['ISO with a blank', ' 2026-11-23 15:50 ', US],
    ['ISO with a zone', '2026-11-23T16:50:00.000+01:00', US],
    ['ISO with a short zone', '2026-11-23T10:20-0530', US],
    ['ISO in the basic form', '20261123T155000Z', US],
    ['ISO with hours only', '2026-11-23T15Z', US - 3_000_000_000],
    ['a date is its midnight', '2026-11-23', US - 57_000_000_000],
    ['microseconds', '2026-11-23T15:50:00.123456Z', US + 123_456],
    ['more digits are cut off', '2026-11-23T15:50:00,123456999Z', US + 123_456],
    ['fewer digits', '2026-11-23t15:50:00.5z', US + 500_000],
    ['seconds', 1_795_449_000, US],
    ['seconds as text', '1795449000', US],
    ['seconds with a fraction', 1_795_449_000.123456, US + 123_456],
    ['seconds with a fraction as text', '1795449000.1234569', US + 123_456],
    ['milliseconds', 1_795_449_000_123, US + 123_000],
    ['milliseconds with a fraction', '1795449000123.4567', US + 123_456],
    ['microseconds as number', US + 1, US + 1],
    ['microseconds as text', '1795449000123456', US + 123_456],
    ['nanoseconds as text', '1795449000123456999', US + 123_456],
    ['nanoseconds as bigint', 1_795_449_000_123_456_999n, US + 123_456],
    ['an exponent', '1.795449e9', US],
    ['a Date', new Date(US / 1000), US],
    ['an object of Luxon', { toMillis: () => US / 1000 }, US],
    ['an object that makes a Date', { toJSDate: () => new Date(US / 1000) }, US],
    ['an object of Moment', { toDate: () => new Date(US / 1000) }, US],
  ])('%s', (_, value, expected) => {
    expect(parseInstant(value, 'since')).toBe(expected);
  });

  it.each([
    '',
    '  ',
    'yesterday',
    'now',
    '23.11.2026',
    '2026-13-01',
    '2026-02-29',
    '2026-11-23T24:00:00Z',
    '2026-11-23T15:60:00Z',
    '2026-11-23T15:50:00+15:00',
    '2026-1123',
    '1969-12-31T23:59:59Z',
    '2200-01-01',
    20261123,
    '20261123',
    20261123155000,
    0,
    -1,
    '-1795449000',
    NaN,
    Infinity,
    '1e999',
    1e25,
    true,
    null,
    undefined,
    {},
    [],
    new Date(NaN),
    { toMillis: () => NaN },
    { toMillis: () => 'x' },
  ])('is refused: %p', (value) => {
    expect(() => parseInstant(value, 'since')).toThrow(
      expect.objectContaining({ kind: 'input', field: 'since', advice: expect.any(String) }),
    );
  });

  it('comes back from its text', () => {
    const instants = fc.integer({ min: 0, max: 7_258_118_399_999_999 });
    fc.assert(
      fc.property(instants, (us) => {
        expect(parseInstant(isoMicroseconds(us), 'time')).toBe(us);
        expect(isoNanoseconds(BigInt(us) * 1000n + 7n)).toBe(
          isoMicroseconds(us).replace('Z', '007Z'),
        );
      }),
    );
  });

  it('is the same in every unit', () => {
    const instants = fc.integer({ min: 100_000_000_000_000, max: 7_258_118_399_999_999 });
    fc.assert(
      fc.property(instants, (us) => {
        const digits = String(us);
        expect(parseInstant(us, 'time')).toBe(us);
        expect(parseInstant(`${digits}000`, 'time')).toBe(us);
        expect(parseInstant(`${digits.slice(0, -3)}.${digits.slice(-3)}`, 'time')).toBe(us);
        expect(parseInstant(`${digits.slice(0, -6)}.${digits.slice(-6)}`, 'time')).toBe(us);
        expect(parseInstant(new Date(Math.floor(us / 1000)), 'time')).toBe(us - (us % 1000));
      }),
    );
  });
});

describe('anything else', () => {
  /** What a person or another node may put where a time belongs. */
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[-+0-9TZ:., e]{0,30}$/),
    fc.double(),
    fc.bigInt(),
    fc.constantFrom(null, undefined, true, new Date(NaN)),
    fc.object(),
  );

  it('is a time of these centuries or a refusal that names the field', () => {
    fc.assert(
      fc.property(anything, (value) => {
        try {
          const us = parseInstant(value, 'since');
          expect(Number.isSafeInteger(us) && us >= 0).toBe(true);
          expect(isoMicroseconds(us)).toMatch(/^(19[7-9]\d|20\d\d|21\d\d)-/);
        } catch (error) {
          expect(error).toBeInstanceOf(AllegroError);
          expect(error).toMatchObject({ kind: 'input', field: 'since' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('makes a range with a beginning before its end, or is refused', () => {
    const range = fc.oneof(
      fc.record({
        kind: fc.constant('last'),
        amount: fc.oneof(fc.double(), fc.string()),
        unit: fc.constantFrom('seconds', 'minutes', 'hours', 'days', 'weeks', 'years'),
      }),
      fc.record({ kind: fc.constant('between'), since: anything, until: anything }),
      fc.record({
        kind: fc.constant('around'),
        time: fc.oneof(anything, fc.constant(US - 5e6)),
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
