import { SimulatorBench } from '../support/simulator-bench';
import { waitUntil } from '../../../contract/support/wait-until';
import { EVERY_TWO_SECONDS, TriggeredWorkflow, type Run } from '../support/trigger-bench';

const INCIDENTS_PATH = '/API/stats/modules/global_incidents';
const INCIDENTS = { triggerOn: 'incidentsTrigger', pollTimes: EVERY_TWO_SECONDS };
/** n8n may have to start before it polls. */
const POLL_LIMIT_MS = 600_000;

/**
 * The trigger that polls, in a real n8n which is killed between polls. Incidents, because a test can
 * make them at once; what each trigger finds in a poll is tested with its definition.
 */
describe('the trigger in n8n', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.incidents.clear();
  });

  const create = (parameters: Record<string, unknown>) =>
    TriggeredWorkflow.create(bench, 'allegroMultimeterTrigger', parameters);

  /** Waits for polls that begin from now on, and for what they start. */
  async function polled(count = 2): Promise<void> {
    bench.simulator.clearRequests();
    const polls = () => bench.simulator.requests.filter(({ path }) => path === INCIDENTS_PATH);
    // The last of them has begun; the ones before it are done with all that they start.
    await waitUntil(() => polls().length > count, POLL_LIMIT_MS);
  }

  async function killed(meanwhile: () => void): Promise<void> {
    await bench.host.end('SIGKILL');
    meanwhile();
    await bench.host.startAgain();
  }

  it('fetches a test event that shows how events look', async () => {
    const workflow = await create({ triggerOn: 'thresholdTrigger', watched: 'ip', limit: 1 });
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

  it('fetches nothing where there is no event, which is no error', async () => {
    const workflow = await create({ triggerOn: 'incidentsTrigger' });
    const { executionId } = await workflow.test();
    const { status, items } = await bench.host.rest.untilEnded(executionId);
    expect(status).toBe('success');
    expect(items.After ?? []).toEqual([]);
  });

  it('loses nothing and tells nothing twice, whenever n8n is killed', async () => {
    const { incidents } = bench.simulator;
    incidents.report({ ruleName: 'Old' });
    const workflow = await create({ ...INCIDENTS, reportRepeated: true });
    await workflow.activate();
    await polled();
    // The baseline: nothing happened.
    expect(await workflow.runs()).toEqual([]);

    // A burst: all that appears between two polls is in one run, as items.
    const burst = Array.from({ length: 20 }, (_, at) => incidents.report({ ruleName: `B${at}` }));
    const [first] = await workflow.until((runs) => runs.length > 0, 'The burst');
    expect(rulesOf(first!).sort()).toEqual(burst.map(({ ruleName }) => ruleName).sort());

    // Killed right after: what was told is not told again.
    await killed(() => undefined);
    await polled();
    const toldOf = (runs: Run[]) => runs.flatMap(rulesOf).filter((rule) => rule === 'B0').length;
    expect(toldOf(await workflow.runs())).toBe(1);

    // It ends in polls that yield nothing, which n8n does not store; then n8n is killed, and it
    // happens again while n8n is down.
    incidents.end(burst[0]!);
    await polled();
    await killed(() => incidents.repeat(burst[0]!));
    await workflow.until((runs) => toldOf(runs) > 1, 'What happened while n8n was down');
    await polled();
    const runs = await workflow.runs();
    expect(toldOf(runs)).toBe(2);
    const ids = runs.flatMap(({ items }) => items.map(({ json }) => json.eventId));
    expect(ids).toHaveLength(burst.length + 1);
    expect(new Set(ids).size).toBe(ids.length);
    await workflow.deactivate();
  });

  it('shows an error of a poll, goes on, and keeps what it knew', async () => {
    const { simulator } = bench;
    simulator.incidents.report({ ruleName: 'Old' });
    const workflow = await create(INCIDENTS);
    await workflow.activate();
    await polled();
    simulator.faults.add({ kind: 'answer', status: 403, path: INCIDENTS_PATH });
    const failed = await workflow.until(
      (runs) => runs.some(({ status }) => status === 'error'),
      'The error',
    );
    expect(failed[0]!.error?.message).toMatch(/Permission denied/);
    simulator.faults.clear();
    await waitUntil(() => simulator.requests.every(({ isOpen }) => !isOpen), POLL_LIMIT_MS);
    const refused = simulator.requests.filter(({ status }) => status === 403).length;
    const errors = (runs: Run[]) => runs.filter(({ status }) => status === 'error').length;
    // n8n stores the run of an error after its poll has ended.
    await workflow.until((all) => errors(all) === refused, 'An error for each poll refused');
    await polled();
    simulator.incidents.report({ ruleName: 'New' });
    const runs = await workflow.until((all) => all.some((run) => rulesOf(run).length > 0), 'News');
    // No further errors, and what was known before is not told as new.
    expect(errors(runs)).toBe(refused);
    expect(runs.flatMap(rulesOf)).toEqual(['New']);
    await workflow.deactivate();
  });
});

function rulesOf({ items }: Run): unknown[] {
  return items.map(({ json }) => json.rule);
}
