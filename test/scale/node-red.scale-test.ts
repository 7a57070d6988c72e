import { problemsOf, scaleNodeRed, type NodeRedScaleResult } from '../../scripts/scale/run';

const ALERTS = 24;

/** The run of `npm run scale`, with smaller bursts: two real instances and a real broker. */
describe('two instances of Node-RED behind MQTT', () => {
  let result: NodeRedScaleResult;

  beforeAll(async () => {
    result = await scaleNodeRed({
      alerts: ALERTS,
      workers: 2,
      concurrency: 5,
      deadlineSeconds: 60,
      // It takes minutes: tell what it is at.
      log: (line) => process.stdout.write(`${line}\n`),
    });
  }, 600_000);

  it('keep every promise', () => {
    expect(problemsOf(undefined, result)).toEqual([]);
  });

  it('share a burst, each alert captured once', () => {
    const { spread, sentTwice, halfFiles } = result.burst;
    const counts = Object.values(spread);
    expect(counts).toHaveLength(2);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ALERTS);
    expect({ sentTwice, halfFiles }).toEqual({ sentTwice: 0, halfFiles: 0 });
  });

  it('never ask the appliance for more captures at once than they have places', () => {
    for (const { appliance } of [result.burst, result.kill]) {
      expect(appliance.mostCapturesAtOnce).toBeGreaterThan(0);
      expect(appliance.mostCapturesAtOnce).toBeLessThanOrEqual(8);
    }
  });

  it('lose nothing when one is killed: the keeper sends again what has no receipt', () => {
    const { killedAfter, appliance, spread } = result.kill;
    expect(killedAfter).toBeGreaterThan(0);
    expect(killedAfter).toBeLessThan(ALERTS);
    // It was in the middle of captures: connections to the appliance broke.
    expect(appliance.brokenOff).toBeGreaterThan(0);
    expect(Object.values(spread).reduce((sum, count) => sum + count, 0)).toBe(ALERTS);
  });

  it('lose nothing when the keeper is killed: it finds on disk what is still open', () => {
    const { killedAfter, appliance, spread } = result.keeper;
    expect(killedAfter).toBeGreaterThan(0);
    expect(killedAfter).toBeLessThan(ALERTS);
    expect(appliance.brokenOff).toBeGreaterThan(0);
    expect(Object.values(spread).reduce((sum, count) => sum + count, 0)).toBe(ALERTS);
  });
});
