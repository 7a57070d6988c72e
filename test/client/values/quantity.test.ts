import { isAmbiguousNumber, parseQuantity } from '../../../client/values/quantity';

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
  ['5 s', 'ms', 5000],
  ['5 Minuten', 's', 300],
  ['2 hours', 'min', 120],
  ['10 %', '%', 10],
  ['10%', '%', 10],
  ['800 px', 'px', 800],
  ['70.5 °C', '°C', 70.5],
  ['5 messages', 'messages', 5],
  ['1,5 MB', 'MB', 1.5],
  ['1,5', '', 1.5],
  ['0,125 GB', 'MB', 125],
  ['1,5000', 's', 1.5],
])('reads %s in %s as %d', (text, unit, value) => {
  expect(parseQuantity(text, unit)).toBe(value);
});

it.each([
  ['', 'MB'],
  [' ', 'MB'],
  ['MB', 'MB'],
  ['5 MB', 's'],
  ['5 min', 'MB'],
  ['5 %', 'px'],
  ['5 %', ''],
  ['5 minutes', ''],
  ['5 k', '%'],
  ['5 constructor', 'MB'],
  ['5 MB 3', 'MB'],
  ['much', ''],
  ['1,500 MB', 'MB'],
  ['1,500', ''],
  ['-12,345', ''],
  ['1.500,5', ''],
  ['1,500.5', ''],
  [',5', ''],
])('takes "%s" in %s for no number', (text, unit) => {
  expect(parseQuantity(text, unit)).toBeNaN();
  expect(isAmbiguousNumber(text)).toBe(/^-?\d+,\d{3}(\D|$)/.test(text));
});
