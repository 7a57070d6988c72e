import { toBoolean, toName, toNumber } from '../../../client/values/loose-value';

it.each<[unknown, unknown]>([
  [5, 5],
  ['5', 5],
  [' -1.5 ', -1.5],
  ['0', 0],
  ...[
    null,
    undefined,
    '',
    ' ',
    true,
    [],
    [5],
    {},
    'n/a',
    '5 kB',
    '1,234',
    NaN,
    Infinity,
    '1e999',
  ].map((value) => [value, undefined] as [unknown, unknown]),
])('%j is the number %j', (value, number) => {
  expect(toNumber(value)).toBe(number);
});

it.each<[unknown, unknown]>([
  ...[true, 'true', 'TRUE', 1, '1', 'yes'].map((value) => [value, true] as [unknown, unknown]),
  ...[false, 'False', 0, '0', 'no'].map((value) => [value, false] as [unknown, unknown]),
  ...[null, undefined, '', 2, 'n/a', [], [true], {}].map(
    (value) => [value, undefined] as [unknown, unknown],
  ),
])('%j is the boolean %j', (value, boolean) => {
  expect(toBoolean(value)).toBe(boolean);
});

it.each<[unknown, unknown]>([
  ['branch-1', 'branch-1'],
  [7, '7'],
  ...[null, undefined, '', '  ', true, {}, ['a']].map(
    (value) => [value, undefined] as [unknown, unknown],
  ),
])('%j is the name %j', (value, name) => {
  expect(toName(value)).toBe(name);
});
