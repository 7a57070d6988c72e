import { setTimeout as wait } from 'node:timers/promises';
import { STEADY_HOST } from '../../../simulator';
import { SimulatorBench } from './simulator-bench';
import { EVERY_TEN_SECONDS, TriggeredWorkflow, type Run } from './trigger-bench';

const WINDOW_SECONDS = 10;
/** Until a second is counted, a window is over and a poll comes by. */
const ONE_POLL_MS = 14_000;

const THRESHOLD = {
  triggerOn: 'thresholdTrigger',
  pollTimes: EVERY_TEN_SECONDS,
  watched: 'ip',
  limit: 1,
  windowSeconds: WINDOW_SECONDS,
  coolDownSeconds: 0,
};

/** The trigger that polls, in a real n8n which is killed between polls. */
describe('the trigger in n8n', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  }, 300_000);
  afterAll(() => bench?.stop());
  beforeEach(() => bench.simulator.faults.clear());

  const create = (parameters: Record<string, unknown>) =>
    TriggeredWorkflow.create(bench, 'allegroMultimeterTrigger', parameters);
  const crash = () => bench.host.end('SIGKILL');

  it('fetches a test event that shows how events look', async () => {
    bench.simulator.setQuiet(false);
    const workflow = await create(THRESHOLD);
    const { executionId } = await workflow.test();
    const { status, items } = await bench.host.rest.untilEnded(executionId);
    expect(status).toBe('success');
    expect(items.After!.length).toBeGreaterThan(0);
    expect(items.After![0]!.json).toMatchObject({
      event: 'preview',
      watched: 'ip',
      element: expect.any(String),
      value: expect.any(Number),
      alertTime: expect.stringMatching(/^20.*Z$/),
    });
  });

  it('loses nothing and tells nothing twice, whenever n8n is killed', async () => {
    const { simulator } = bench;
    simulator.setQuiet(true);
    const workflow = await create(THRESHOLD);
    // Let the last traffic pass out of the first window.
    await wait((WINDOW_SECONDS + 4) * 1000);
    await workflow.activate();
    await wait(ONE_POLL_MS);
    // The baseline: nothing happened.
    expect(await workflow.runs()).toEqual([]);

    // A burst: all that appears between two polls is in one run, as items.
    simulator.setQuiet(false);
    const [first] = await workflow.until((runs) => runs.length > 0, 'The burst');
    expect(first!.items.length).toBeGreaterThan(5);
    expect(elementsOf(first!)).toContain(STEADY_HOST);
    const isAgain = (runs: Run[]) => runs.flatMap(elementsOf).filter((ip) => ip === STEADY_HOST);

    // Killed right after: what was told is not told again.
    await crash();
    await bench.host.startAgain();
    await wait(2 * ONE_POLL_MS);
    expect(isAgain(await workflow.runs())).toHaveLength(1);

    // Back to normal in polls that yield nothing, which n8n does not store; then killed.
    simulator.setQuiet(true);
    await wait(2 * WINDOW_SECONDS * 1000 + ONE_POLL_MS);
    await crash();
    // It happens again while n8n is down, and is over before n8n is back.
    simulator.setQuiet(false);
    await wait((WINDOW_SECONDS + 3) * 1000);
    simulator.setQuiet(true);
    await bench.host.startAgain();
    const runs = await workflow.until(
      (all) => isAgain(all).length > 1,
      'What happened while n8n was down',
      90,
    );
    await wait(ONE_POLL_MS);
    expect(isAgain(runs)).toHaveLength(2);
    const ids = (await workflow.runs()).flatMap(({ items }) =>
      items.map(({ json }) => json.eventId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    await workflow.deactivate();
  }, 300_000);

  it('shows an error of a poll, goes on, and keeps what it knew', async () => {
    const { simulator } = bench;
    simulator.setQuiet(false);
    const workflow = await create({ ...THRESHOLD, elements: STEADY_HOST });
    await wait((WINDOW_SECONDS + 4) * 1000);
    // The steady host is beyond the limit already: that is the baseline.
    await workflow.activate();
    await wait(2 * ONE_POLL_MS);
    expect(await workflow.runs()).toEqual([]);
    simulator.faults.add({ kind: 'answer', status: 403, path: '/API/stats/modules' });
    const failed = await workflow.until(
      (runs) => runs.some(({ status }) => status === 'error'),
      'The error',
    );
    expect(failed[0]!.error?.message).toMatch(/Permission denied/);
    simulator.faults.clear();
    const errors = (runs: Run[]) => runs.filter(({ status }) => status === 'error').length;
    await wait(2 * ONE_POLL_MS);
    const before = errors(await workflow.runs());
    await wait(ONE_POLL_MS);
    const runs = await workflow.runs();
    // No further errors, and what was beyond the limit before is not told as new.
    expect(errors(runs)).toBe(before);
    expect(runs.flatMap(({ items }) => items)).toEqual([]);
    await workflow.deactivate();
  }, 180_000);
});

function elementsOf({ items }: Run): unknown[] {
  return items.map(({ json }) => json.element);
}
