import { countBy, mostAtOnce, percentiles } from '../../scripts/scale/figures';
import { table } from '../../scripts/scale/table';
import { cpuSecondsOf } from '../../scripts/scale/usage';

describe('percentiles', () => {
  it('are values that were measured', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(percentiles(values)).toEqual({ p50: 100, p95: 190, p99: 198, max: 200 });
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
    expect(percentiles([])).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

describe('the most at once', () => {
  const interval = (startMs: number, endMs: number) => ({ startMs, endMs });

  it('counts intervals that overlap', () => {
    expect(mostAtOnce([])).toBe(0);
    expect(mostAtOnce([interval(0, 10), interval(5, 15), interval(9, 11)])).toBe(3);
    expect(mostAtOnce([interval(0, 100), interval(10, 20), interval(30, 40)])).toBe(2);
  });

  it('does not count one that begins when another ends', () => {
    expect(mostAtOnce([interval(0, 10), interval(10, 20)])).toBe(1);
  });
});

it('counts equal values', () => {
  expect([...countBy(['a', 'b', 'a'])]).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

it('writes tables as Prettier does', () => {
  expect(table(['', 'one'], [['longer', '1']])).toEqual([
    '|        | one |',
    '| ------ | --- |',
    '| longer | 1   |',
  ]);
});

it('reads the processor time of a process, on Linux', () => {
  const end = Date.now() + 100;
  while (Date.now() < end);
  const isLinux = process.platform === 'linux';
  expect(cpuSecondsOf(process.pid) > 0).toBe(isLinux);
  expect(cpuSecondsOf(0x7fffffff)).toBe(0);
});
