import fc from 'fast-check';
import { withZone } from '../../../client/values/time-zone';

describe('withZone', () => {
  it.each([
    ['2026-11-23T15:50:00', 'Europe/Berlin', '2026-11-23T14:50:00.000000Z'],
    ['2026-07-01T15:50:00', 'Europe/Berlin', '2026-07-01T13:50:00.000000Z'],
    ['2026-07-01 15:50', 'America/New_York', '2026-07-01T19:50:00.000000Z'],
    ['20260701T155000', 'Europe/Berlin', '2026-07-01T13:50:00.000000Z'],
    ['2026-07-01T15', 'Europe/Berlin', '2026-07-01T13:00:00.000000Z'],
    ['2026-07-01T15:50:00.123456', 'UTC', '2026-07-01T15:50:00.123456Z'],
    ['2026-07-01', 'Asia/Kolkata', '2026-06-30T18:30:00.000000Z'],
    ['2026-07-01T15:50:00.125', 'UTC', '2026-07-01T15:50:00.125000Z'],
    // The clocks go back at 3:00; half past one is still summer time.
    ['2026-10-25T01:30:00', 'Europe/Berlin', '2026-10-24T23:30:00.000000Z'],
    ['2026-10-25T04:30:00', 'Europe/Berlin', '2026-10-25T03:30:00.000000Z'],
  ])('reads %s in %s as %s', (text, zone, expected) => {
    expect(withZone(text, zone)).toBe(expected);
  });

  it.each([
    '2026-11-23T15:50:00Z',
    '2026-11-23T15:50:00+02:00',
    '20261123',
    '1795449000',
    'soon',
    '',
    '2026-06-31',
  ])('leaves %p to the definition', (text) => {
    expect(withZone(text, 'Europe/Berlin')).toBe(text);
  });

  it('agrees with the clock of every zone', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Asia/Tokyo', 'UTC');
    const times = fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2040-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(zones, times, (timeZone, time) => {
        const written = wallClock(time, timeZone);
        const read = new Date(withZone(written, timeZone) as string);
        expect(wallClock(read, timeZone)).toBe(written);
      }),
    );
  });
});

/** What a clock on the wall shows, without a zone. In the hour that is skipped, none shows it. */
function wallClock(time: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(time);
}
