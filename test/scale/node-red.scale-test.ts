import { mostAtOnce, percentiles } from '../../scripts/scale/alerts';
import { scaleNodeRed, type NodeRedScaleResult } from '../../scripts/scale/node-red';

const ALERTS = 24;
/** _Max Parallel_ in the example's capture node. */
const CAPTURES_PER_INSTANCE = 4;
const total = (counts: Record<string, number>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** The run of `npm run scale`, with smaller bursts: two real instances and a real broker. */
describe('two instances of Node-RED behind MQTT', () => {
  let result: NodeRedScaleResult;

  beforeAll(async () => {
    // It takes minutes: show the progress.
    const log = (line: string) => process.stdout.write(`${line}\n`);
    result = await scaleNodeRed({ alerts: ALERTS, log });
  }, 7_200_000);

  it.each(['burst', 'kill', 'keeper'] as const)('lose, double and change nothing (%s)', (name) => {
    const { problems, spread, mostCapturesAtOnce } = result[name];
    expect(problems).toEqual([]);
    expect(total(spread)).toBe(ALERTS);
    expect(mostCapturesAtOnce).toBeGreaterThan(0);
    expect(mostCapturesAtOnce).toBeLessThanOrEqual(2 * CAPTURES_PER_INSTANCE);
  });

  it('share a burst, each alert captured once', () => {
    const { spread, sentTwice, partialFiles } = result.burst;
    expect(Object.keys(spread)).toHaveLength(2);
    expect({ sentTwice, partialFiles }).toEqual({ sentTwice: 0, partialFiles: 0 });
  });

  it.each([
    ['an instance: the keeper sends again what has no receipt', 'kill'],
    ['the keeper: it finds on disk what is still open', 'keeper'],
  ] as const)('survive the death of %s', (_what, name) => {
    const { killedAfter, brokenOff } = result[name];
    expect(killedAfter).toBeGreaterThan(0);
    expect(killedAfter).toBeLessThan(ALERTS);
    // It was in the middle of captures: connections to the appliance broke.
    expect(brokenOff).toBeGreaterThan(0);
  });
});

it('takes percentiles from measured values', () => {
  expect(percentiles(Array.from({ length: 200 }, (_, index) => 200 - index))).toEqual([
    100, 190, 200,
  ]);
  expect([percentiles([7]), percentiles([])]).toEqual([
    [7, 7, 7],
    [0, 0, 0],
  ]);
});

it('counts intervals that overlap, not those that only touch', () => {
  expect(mostAtOnce([])).toBe(0);
  expect(
    mostAtOnce([
      [0, 10],
      [5, 15],
      [9, 11],
    ]),
  ).toBe(3);
  expect(
    mostAtOnce([
      [0, 10],
      [10, 20],
    ]),
  ).toBe(1);
});
