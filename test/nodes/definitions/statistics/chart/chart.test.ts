import { drawBarChart } from '../../../../../nodes/definitions/statistics/chart/bar-chart';
import { drawLineChart } from '../../../../../nodes/definitions/statistics/chart/line-chart';
import { type Pixels } from '../../../../../nodes/definitions/statistics/chart/png';
import { THEMES } from '../../../../../nodes/definitions/statistics/chart/theme';
import {
  intervalLabel,
  isTimeZone,
  timeTicks,
} from '../../../../../nodes/definitions/statistics/chart/time-axis';
import { ticksUpTo, withPrefix } from '../../../../../nodes/definitions/statistics/chart/units';
import {
  historiesWithin,
  ratesOf,
  trafficColumns,
  type History,
  type Measure,
} from '../../../../../nodes/definitions/statistics/chart/history';

describe('units', () => {
  it.each([
    [0, 'B', '0 B'],
    [999, 'B', '999 B'],
    [999.9, 'B', '1 kB'],
    [1234567, 'bit/s', '1.23 Mbit/s'],
    [4.6e9, 'B', '4.6 GB'],
    [0.5, 'packets/s', '0.5 packets/s'],
    [8 * 2 ** 64, 'bit/s', '148 Ebit/s'],
  ])('%d %s is %s', (value, unit, text) => expect(withPrefix(value, unit)).toBe(text));

  it.each([
    [87, 5, ['0', '20 B', '40 B', '60 B', '80 B', '100 B']],
    [0, 2, ['0', '0.5 B', '1 B']],
    [9e5, 5, ['0', '200 kB', '400 kB', '600 kB', '800 kB', '1000 kB']],
    [4.6e9, 3, ['0', '2 GB', '4 GB', '6 GB']],
  ])('ticks up to %d', (highest, wanted, labels) => {
    expect(ticksUpTo(highest, wanted, 'B').labels).toEqual(labels);
  });
});

describe('the time axis', () => {
  const time = (iso: string) => Date.parse(iso);
  const labels = (from: string, to: string, zone: string, most = 8) =>
    timeTicks(time(from), time(to), most, zone).map(({ label }) => label);

  it('has round times in the zone', () => {
    expect(labels('2026-11-23T14:50:00Z', '2026-11-23T15:50:00Z', 'UTC')).toEqual([
      '14:50',
      '15:00',
      '15:10',
      '15:20',
      '15:30',
      '15:40',
      '15:50',
    ]);
    expect(labels('2026-11-23T14:50:00Z', '2026-11-23T15:20:00Z', 'Asia/Kolkata', 4)).toEqual([
      '20:20',
      '20:30',
      '20:40',
      '20:50',
    ]);
    expect(labels('2026-11-23T14:50:10Z', '2026-11-23T14:50:40Z', 'UTC', 4)).toEqual([
      '14:50:10',
      '14:50:20',
      '14:50:30',
      '14:50:40',
    ]);
    expect(labels('2026-11-22T12:00:00Z', '2026-11-24T12:00:00Z', 'UTC', 4)).toEqual(
      ['12:00', '23 Nov', '12:00', '24 Nov', '12:00'].slice(0, 5),
    );
  });

  it('stays round where clocks are put back', () => {
    expect(labels('2026-10-24T22:00:00Z', '2026-10-25T22:00:00Z', 'Europe/Berlin', 5)).toEqual([
      '25 Oct',
      '06:00',
      '12:00',
      '18:00',
    ]);
  });

  it('says the interval', () => {
    expect(
      intervalLabel(time('2026-11-23T14:50:00Z'), time('2026-11-23T15:50:00Z'), 'Europe/Berlin'),
    ).toBe('23 Nov 2026, 15:50 – 16:50 Europe/Berlin');
    expect(intervalLabel(time('2026-11-23T14:50:00Z'), time('2026-11-24T14:50:00Z'), 'UTC')).toBe(
      '23 Nov 2026, 14:50 – 24 Nov 2026, 14:50 UTC',
    );
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });
});

describe('a history', () => {
  const data = [1000, 1, 100, 2, 200, 1010, 3, 300, 4, 400, 1020, 5, 500, 6, 600];
  const rows = ['rxPackets', 'rxBytes', 'txPackets', 'txBytes'];
  const rates = (history: History, measure: Measure, areCounts: boolean, end: number) =>
    ratesOf(history, trafficColumns(history, measure)!, measure, areCounts, end);

  it('is read by its rows, as names or objects, in any unit of time', () => {
    for (const factor of [1, 1e3, 1e6, 1e9]) {
      const scaled = data.map((value, index) =>
        index % 5 === 0 ? (1.7e9 + value) * factor : value,
      );
      const answer = {
        interfaces: [
          { name: 'eth0', history: { rows: rows.map((name) => ({ name })), data: scaled } },
        ],
      };
      const [history] = historiesWithin(answer);
      expect(history.name).toBe('eth0');
      expect(history.records.map(({ at: time }) => Math.round(time))).toEqual([
        1.700001e12, 1.70000101e12, 1.70000102e12,
      ]);
      expect(rates(history, 'bits', true, Infinity)[1]).toMatchObject({ rx: 240, tx: 320 });
      expect(rates(history, 'packets', false, Infinity)[1]).toMatchObject({ rx: 3, tx: 4 });
    }
  });

  it('has no point at an absurd time, and none of its values is absurd', () => {
    const data = [1.7e9, 1e308, -5, 'NaN', 4, -1e308, 1, 2, 3, 4];
    const [{ records }] = historiesWithin({ history: { rows, data } });
    expect(records).toEqual([{ at: 1.7e12, values: [0, 0, 0, 4] }]);
  });

  it('finds the columns by name, and leaves out a step that is not over', () => {
    const order = ['txBytes', 'rxBytes', 'other'];
    const [history] = historiesWithin({
      history: { rows: order, data: [1, 10, 20, 0, 2, 10, 20, 0, 3, 10, 20, 0] },
    });
    expect(rates(history, 'bits', true, 4000)).toHaveLength(3);
    expect(rates(history, 'bits', true, 3500)).toEqual([
      { at: 1000, rx: 160, tx: 80 },
      { at: 2000, rx: 160, tx: 80 },
    ]);
  });

  it.each([
    ['rxBytes txBytes', 'bits', [0, 1]],
    ['received_bytes Transmitted-Bytes', 'bits', [0, 1]],
    ['bytesTx bytesRx', 'bits', [1, 0]],
    ['rxPackets rxBytes txPackets txBytes', 'packets', [0, 2]],
    ['rxBytes txBytes', 'packets', undefined],
    ['avg count min stddev', 'bits', undefined],
    ['l7RetransBytesRx l7RetransBytesTx', 'bits', undefined],
    ['rxBytesPerSecond txBytesPerSecond', 'bits', undefined],
    ['', 'bits', undefined],
  ] as const)('with the columns "%s" is traffic in %s only at %j', (names, measure, expected) => {
    const columns = names.split(' ').filter(Boolean);
    expect(trafficColumns({ columns }, measure)).toEqual(expected);
  });

  it.each([undefined, null, [], {}, { history: null }, { history: { rows: 1, data: 1 } }, 'x'])(
    'is not found in %j',
    (answer) => expect(historiesWithin(answer)).toEqual([]),
  );
});

describe('charts', () => {
  const options = {
    title: 'T',
    subtitle: 'S',
    theme: 'light' as const,
    width: 400,
    height: 300,
    scale: 1,
  };
  const count = ({ data }: Pixels, color: string) => {
    const wanted = Number.parseInt(color.slice(1), 16);
    let found = 0;
    for (let index = 0; index < data.length; index += 3) {
      if (((data[index] << 16) | (data[index + 1] << 8) | data[index + 2]) === wanted) found++;
    }
    return found;
  };
  const [blue] = THEMES.light.series;

  it('draws bars in proportion', () => {
    const bars = [
      { label: 'a', values: [400] },
      { label: 'b', values: [100] },
    ];
    const both = count(drawBarChart(options, ['A'], bars, 'B'), blue);
    const none = count(
      drawBarChart(options, ['A'], [{ label: 'a', values: [0] }, bars[1]], 'B'),
      blue,
    );
    expect(both).toBeGreaterThan(0);
    expect(none).toBeGreaterThan(0);
    // Alone the second one is the longest: as long as the first was beside it.
    expect((both - 80) / (none - 80)).toBeCloseTo(1.25, 1);
  });

  it('draws one point, values of zero, and twenty bars with long names', () => {
    const span = { from: 0, to: 1000, zone: 'UTC' };
    expect(
      count(drawLineChart(options, [{ name: 'l', points: [[500, 3]] }], 'B', span), blue),
    ).toBeGreaterThan(5);
    expect(
      count(
        drawLineChart(
          options,
          [
            {
              name: 'l',
              points: [
                [0, 0],
                [1000, 0],
              ],
            },
          ],
          'B',
          span,
        ),
        blue,
      ),
    ).toBeGreaterThan(5);
    const bars = Array.from({ length: 20 }, (_, index) => ({
      label: `host-${index}.`.repeat(20),
      detail: '10.1.2.3',
      values: [1e12 / (index + 1), 5],
    }));
    expect(count(drawBarChart(options, ['A', 'B'], bars, 'bit/s'), blue)).toBeGreaterThan(100);
  });
});
