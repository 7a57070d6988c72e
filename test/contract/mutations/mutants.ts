/** Changes of one place in a JSON value, as another firmware might have made it. */

type Step = string | number;

export interface Mutant {
  /** For messages: where, and what was done. */
  label: string;
  json: unknown;
  /** Whether it says the same in another form. */
  isSame: boolean;
}

const REMOVED = Symbol('removed');
/** Elements of a list or an object that are looked into; those behind are of the same kind. */
const MAX_INNER = 6;

const underscored = (text: string) =>
  text.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

/** What any value may become. */
const ANY: Array<[string, (value: unknown) => unknown]> = [
  ['null', () => null],
  ['removed', () => REMOVED],
  ['an object', () => ({ a: 1 })],
  ['an empty object', () => ({})],
  ['an empty list', () => []],
  ['within a list', (value) => [value]],
  ['within an object', (value) => ({ value })],
  ['true', () => true],
  ['an empty text', () => ''],
  ['a text', () => 'n/a'],
  ['control characters', () => '\u202e<b>\u0000😀'],
];

/** What a value of one type may become. */
const BY_TYPE: Record<string, Array<[string, (value: never) => unknown]>> = {
  number: [
    ['with a unit', (value: number) => `${value} kB`],
    ['with commas', (value: number) => value.toLocaleString('en')],
    ['negative', (value: number) => -Math.abs(value) - 1],
    ['1e300', () => 1e300],
    ['2^64', () => 2 ** 64],
    ['0', () => 0],
    ['a fraction', (value: number) => value + 0.5],
    ['thousandfold', (value: number) => value * 1000],
    ['a thousandth', (value: number) => value / 1000],
  ],
  string: [
    ['a number', () => 42],
    ['in capitals', (value: string) => value.toUpperCase()],
    ['long', (value: string) => value.repeat(5000)],
  ],
  boolean: [],
  list: [
    ['by position', (value: unknown[]) => ({ ...value })],
    ['with null', (value: unknown[]) => [null, ...value]],
    ['with a text', (value: unknown[]) => ['x', ...value]],
    ['one shorter', (value: unknown[]) => value.slice(0, -1)],
  ],
  object: [
    ['as entries', (value: object) => Object.entries(value)],
    ['as a list', (value: object) => Object.values(value)],
    ['keys in capitals', (value: object) => renamed(value, (key) => key.toUpperCase())],
    ['keys with underscores', (value: object) => renamed(value, underscored)],
  ],
};

/** The same in another form, which must make no difference. */
const SAME: typeof BY_TYPE = {
  number: [['a text', (value: number) => String(value)]],
  boolean: [
    ['a text', (value: boolean) => String(value)],
    ['1 or 0', (value: boolean) => Number(value)],
  ],
};

/** All mutants of a value, the outermost places first. */
export function* mutantsOf(json: unknown): Generator<Mutant> {
  for (const [path, value] of placesIn(json)) {
    const type = typeOf(value);
    const make = (changes: Array<[string, (value: never) => unknown]>, isSame: boolean) =>
      changes.map(([name, change]) => ({
        label: `${path.join('.') || 'all'}: ${name}`,
        json: put(json, path, change(value as never)),
        isSame,
      }));
    yield* make([...ANY, ...(BY_TYPE[type] ?? [])], false);
    yield* make(SAME[type] ?? [], true);
  }
}

function* placesIn(value: unknown, path: Step[] = []): Generator<[Step[], unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [step, one] of inner.slice(0, MAX_INNER)) yield* placesIn(one, [...path, step]);
}

function put(value: unknown, [step, ...rest]: Step[], to: unknown): unknown {
  if (step === undefined) return to === REMOVED ? undefined : to;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object);
  const changed = entries
    .map(([key, one]): [Step, unknown] => [key, key === step ? put(one, rest, to) : one])
    .filter(([key, one]) => !(key === step && rest.length === 0 && one === undefined));
  return Array.isArray(value) ? changed.map(([, one]) => one) : Object.fromEntries(changed);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

function renamed(value: object, name: (key: string) => string): object {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), inner]));
}
