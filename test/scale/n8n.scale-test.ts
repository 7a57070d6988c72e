import { scaleN8n, type N8nScaleResult } from '../../scripts/scale/n8n';

const ALERTS = 24;
/** Long enough to find the worker that froze the buffer, and to kill it, on a busy machine. */
const OPTIONS = { alerts: ALERTS, workers: 2, concurrency: 5, deadlineSeconds: 120 };
/** How late a busy machine may be; `npm run scale` allows nothing. */
const LATE_SECONDS = 300;
const total = (counts: Record<string, number>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** The run of `npm run scale`, with smaller bursts: real n8n processes, PostgreSQL and Redis. */
describe('n8n in queue mode', () => {
  let result: N8nScaleResult;

  beforeAll(async () => {
    // It takes minutes: show the progress.
    result = await scaleN8n({ ...OPTIONS, log: (line) => process.stdout.write(`${line}\n`) });
  }, 7_200_000);

  it('loses, doubles and changes nothing', () => {
    const { burst, kill, freeze, problems } = result;
    expect([burst, kill, freeze].flatMap((part) => part.problems)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('spreads a burst over both workers, each alert captured once', () => {
    const { spread, sentTwice, repeated, leftFiles } = result.burst;
    expect(Object.values(spread)).toEqual([expect.any(Number), expect.any(Number)]);
    expect(Object.values(spread).every((count) => count > 0)).toBe(true);
    expect(total(spread)).toBe(ALERTS);
    expect({ sentTwice, repeated, leftFiles }).toEqual({ sentTwice: 0, repeated: 0, leftFiles: 0 });
  });

  it.each(['burst', 'kill'] as const)(
    'limits captures at once to workers × concurrency (%s)',
    (name) => {
      const { mostCapturesAtOnce } = result[name];
      expect(mostCapturesAtOnce).toBeGreaterThan(0);
      expect(mostCapturesAtOnce).toBeLessThanOrEqual(OPTIONS.workers * OPTIONS.concurrency);
    },
  );

  it('calls the executions of a killed worker failed, and captures their alerts all the same', () => {
    const { endedAs, message, repeated } = result.kill;
    expect(endedAs.error).toBeGreaterThan(0);
    expect(endedAs).not.toHaveProperty('running');
    expect(message).toMatch(/failed to be processed too many times/);
    // What it had confirmed is taken up again by the workflow, what it had not by the sender.
    expect(repeated).toBeGreaterThan(0);
  });

  it('overwrites what they held, so that only the table still knows their alerts', () => {
    expect(result.kill.keepsItsAlert).toBe(false);
  });

  it('resumes the ring buffer before its deadline when the worker that froze it is killed', () => {
    const { undisturbedSeconds, killedSeconds } = result.freeze;
    expect(undisturbedSeconds).toBeLessThan(OPTIONS.deadlineSeconds + LATE_SECONDS);
    expect(killedSeconds).toBeLessThan(OPTIONS.deadlineSeconds + LATE_SECONDS);
  });
});
