import { readDateTime, timesInZone } from '../../../n8n/execution/date-time';

describe('readDateTime', () => {
  it('reads a time without a zone in that of the workflow', () => {
    expect(readDateTime('2026-11-23T15:50:00', 'Europe/Berlin')).toMatch(/^2026-11-23T14:50:00/);
  });

  it('reads the objects that $now and its relatives are', () => {
    const date = new Date(0);
    expect(readDateTime({ toJSDate: () => date }, 'UTC')).toBe(date);
  });
});

describe('times within a message', () => {
  const oldest = 'The oldest packet in the buffer is from 2026-11-23T15:50:00.123456Z.';

  it.each([
    ['Europe/Berlin', oldest, '2026-11-23T16:50:00.123456+01:00.'],
    ['America/St_Johns', oldest, '2026-11-23T12:20:00.123456-03:30.'],
    ['UTC', oldest, '2026-11-23T15:50:00.123456Z.'],
    ['Europe/Berlin', 'It is 2026-07-01T00:30:00Z there.', '2026-07-01T02:30:00+02:00 there.'],
    // As entered.
    ['Europe/Berlin', '"2026-11-23T15:50:00Z" is wrong', '"2026-11-23T15:50:00Z" is wrong'],
    ['Europe/Berlin', '2026-99-99T15:50:00Z', '2026-99-99T15:50:00Z'],
  ])('are those of %s', (zone, text, expected) => {
    expect(timesInZone(text, zone)).toContain(expected);
  });
});
