import { problemsOf, scaleN8n, type N8nScaleResult } from '../../scripts/scale/run';

const ALERTS = 24;
const DEADLINE_SECONDS = 60;

/** The run of `npm run scale`, with smaller bursts: real n8n processes, PostgreSQL and Redis. */
describe('n8n in queue mode', () => {
  let result: N8nScaleResult;

  beforeAll(async () => {
    result = await scaleN8n({
      alerts: ALERTS,
      workers: 2,
      concurrency: 5,
      deadlineSeconds: DEADLINE_SECONDS,
      // It takes minutes: tell what it is at.
      log: (line) => process.stdout.write(`${line}\n`),
    });
  }, 900_000);

  it('keeps every promise', () => {
    expect(problemsOf(result, undefined)).toEqual([]);
  });

  it('spreads a burst over both workers, each alert captured once', () => {
    const { spread, sentTwice, secondAttempts, leftFiles } = result.burst;
    const counts = Object.values(spread);
    expect(counts).toHaveLength(2);
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ALERTS);
    expect({ sentTwice, secondAttempts, leftFiles }).toEqual({
      sentTwice: 0,
      secondAttempts: 0,
      leftFiles: 0,
    });
  });

  it('never asks the appliance for more captures at once than the workers have places', () => {
    for (const { appliance } of [result.burst, result.kill]) {
      expect(appliance.mostCapturesAtOnce).toBeGreaterThan(0);
      expect(appliance.mostCapturesAtOnce).toBeLessThanOrEqual(10);
    }
  });

  it('calls the executions of a killed worker failed, and captures their alerts all the same', () => {
    const { killed, secondAttempts, resent } = result.kill;
    expect(killed.running).toBeGreaterThan(0);
    expect(killed.endedAs.error).toBeGreaterThan(0);
    expect(killed.message).toMatch(/failed to be processed too many times/);
    // What it had confirmed is taken up again by the workflow, what it had not by the sender.
    expect(secondAttempts + resent).toBeGreaterThan(0);
  });

  it('overwrites what they held, so that only the table still knows their alerts', () => {
    expect(result.kill.killed.keepsItsAlert).toBe(false);
  });

  it('resumes the ring buffer before its deadline when the worker that froze it is killed', () => {
    const { undisturbedSeconds, suspendedSeconds } = result.freeze;
    expect(undisturbedSeconds).toBeLessThan(DEADLINE_SECONDS - 35);
    expect(suspendedSeconds).toBeLessThan(DEADLINE_SECONDS);
  });
});
