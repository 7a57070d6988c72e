import fc from 'fast-check';
import { AllegroError } from '../../../client';
import { isoMicroseconds, isoNanoseconds, parseInstant } from '../../../client/values/instant';
import { ANYTHING } from './anything';

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
  it('is a time of these centuries or a refusal that names the field', () => {
    fc.assert(
      fc.property(ANYTHING, (value) => {
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
});
