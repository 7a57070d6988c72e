import { parseQuantity } from '../../../client/values/quantity';

it.each([
  ['500', 'MB', 500],
  ['500 MB', 'MB', 500],
  ['2G', 'MB', 2000],
  ['2 gb', 'MB', 2000],
  ['1.1 GB', 'MB', 1100],
  ['512 kB', 'MB', 0.512],
  ['1 GiB', 'MB', 1073.741824],
  ['64k', 'bytes', 64_000],
  ['1500 bytes', 'bytes', 1500],
  ['10k', '', 10_000],
  ['5M', '', 5_000_000],
  ['-3', '', -3],
  ['1e3', '', 1000],
  ['100 Mbit/s', 'bit/s', 100_000_000],
  ['1.5G', 'bit/s', 1_500_000_000],
  ['5 min', 's', 300],
  ['90s', 'min', 1.5],
  ['2h', 'min', 120],
  ['1 d', 'h', 24],
  ['250 ms', 's', 0.25],
])('reads %s in %s as %d', (text, unit, value) => {
  expect(parseQuantity(text, unit)).toBe(value);
});

it.each([
  ['', 'MB'],
  [' ', 'MB'],
  ['MB', 'MB'],
  ['5 MB', 's'],
  ['5 min', 'MB'],
  ['5 %', '%'],
  ['5 k', '%'],
  ['5 constructor', 'MB'],
  ['5 MB 3', 'MB'],
  ['much', ''],
  ['1,5 MB', 'MB'],
])('takes "%s" in %s for no number', (text, unit) => {
  expect(parseQuantity(text, unit)).toBeNaN();
});
