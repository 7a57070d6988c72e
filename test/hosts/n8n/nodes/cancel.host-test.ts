import { setTimeout as pause } from 'node:timers/promises';
import { STEADY_HOST } from '../../../../simulator';
import { CAPTURE, TALKERS } from '../support/bench';
import { CAPTURE_PATH, SimulatorBench } from '../support/simulator-bench';
import { NODE, oneNode } from '../support/workflows';

/** Far less than what is stopped would take by itself; much on a busy machine. */
const CANCEL_LIMIT_MS = 600_000;
/** How long that would be. */
const LIVE_SECONDS = 7200;

/** Stopping in n8n is stopping at the appliance: a live capture costs it as long as it is open. */
describe('stopping an execution in n8n', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.clearRequests();
    bench.simulator.setQuiet(false);
  });

  const LIVE = {
    ...CAPTURE,
    captureSource: 'live',
    liveSeconds: LIVE_SECONDS,
    maxMegabytes: 1000,
    host: STEADY_HOST,
  };
  const workflow = (parameters: Record<string, unknown>, settings?: Record<string, unknown>) => ({
    ...oneNode({ parameters, credentials: bench.withToken }),
    settings: { executionOrder: 'v1', ...settings },
  });
  const stop = (id: string) => bench.host.rest.call('POST', `/rest/executions/${id}/stop`);
  const captures = () =>
    bench.simulator.requests.filter(({ isOpen, path }) => isOpen && path === CAPTURE_PATH);
  const isCapturing = () => captures().length > 0;

  it.each([
    ['with traffic', false],
    ['without any', true],
  ])('ends a live capture at the appliance at once, %s', async (_, isQuiet) => {
    bench.simulator.setQuiet(isQuiet);
    const before = bench.storedFiles();
    const id = await bench.begin(workflow(LIVE));
    // Into the middle of the capture: behind the header of the file, at least.
    await until(() => captures().some(({ bytes }) => bytes >= (isQuiet ? 24 : 1000)));
    await Promise.all([until(() => !isCapturing(), CANCEL_LIMIT_MS), stop(id)]);
    const { status, items } = await bench.host.rest.untilEnded(id);
    expect(status).toBe('canceled');
    expect(items[NODE] ?? []).toEqual([]);
    await until(() => String(bench.storedFiles()) === String(before));
    await expectNothingMore();
  });

  it('ends a live capture when the time of the workflow is up', async () => {
    const before = bench.storedFiles();
    const id = await bench.begin(workflow(LIVE, { executionTimeout: 40 }));
    await until(() => bench.simulator.requests.some(({ path }) => path === CAPTURE_PATH));
    await until(() => !isCapturing(), CANCEL_LIMIT_MS);
    const { status, items } = await bench.host.rest.untilEnded(id);
    expect(status).toBe('canceled');
    expect(items[NODE] ?? []).toEqual([]);
    await until(() => String(bench.storedFiles()) === String(before));
    await expectNothingMore();
  });

  it('ends the wait for packets that are still to come', async () => {
    const since = new Date().toISOString();
    const later = new Date(Date.now() + 1_800_000).toISOString();
    const waiting = { ...CAPTURE, timeMode: 'between', since, until: later };
    const id = await bench.begin(workflow(waiting));
    await until(() => bench.simulator.requests.length > 0);
    await stop(id);
    expect((await bench.host.rest.untilEnded(id, CANCEL_LIMIT_MS / 1000)).status).toBe('canceled');
    expect(bench.simulator.requests.some(({ path }) => path === CAPTURE_PATH)).toBe(false);
    await expectNothingMore();
  });

  it('ends a question that the appliance does not answer', async () => {
    bench.simulator.faults.add({ kind: 'stallBeforeHeaders', path: '/API/stats/modules' });
    const id = await bench.begin(workflow(TALKERS));
    const open = () => bench.simulator.requests.filter(({ isOpen }) => isOpen).length;
    await until(() => open() > 0);
    await Promise.all([until(() => open() === 0, CANCEL_LIMIT_MS), stop(id)]);
    await bench.host.rest.untilEnded(id);
    await expectNothingMore();
  });

  /** A retry, or a poll of what was waited for, would come in this time. */
  async function expectNothingMore(): Promise<void> {
    const { length } = bench.simulator.requests;
    await pause(1500);
    expect(bench.simulator.requests).toHaveLength(length);
  }
});

async function until(condition: () => boolean, limit = 600_000): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > limit) throw new Error(`It was not so within ${limit} ms.`);
    await pause(10);
  }
}
