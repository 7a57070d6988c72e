import { setTimeout as pause } from 'node:timers/promises';
import { STEADY_HOST } from '../../../simulator';
import { CAPTURE, TALKERS } from './bench';
import { CAPTURE_PATH, SimulatorBench } from './simulator-bench';
import { NODE, oneNode } from './workflows';

/** Stopping in n8n is stopping at the appliance: a live capture costs it as long as it is open. */
describe('stopping an execution in n8n', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  }, 300_000);
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.simulator.faults.clear();
    bench.simulator.clearRequests();
    bench.simulator.setQuiet(false);
  });

  const LIVE = {
    ...CAPTURE,
    captureSource: 'live',
    liveSeconds: 600,
    maxMegabytes: 1000,
    host: STEADY_HOST,
  };
  const workflow = (parameters: Record<string, unknown>, settings?: Record<string, unknown>) => ({
    ...oneNode({ parameters, credentials: bench.withToken }),
    settings: { executionOrder: 'v1', ...settings },
  });
  const stop = (id: string) => bench.host.rest.call('POST', `/rest/executions/${id}/stop`);
  const isCapturing = () => bench.simulator.openCaptures() > 0;

  it.each([
    ['with traffic', false],
    ['without any', true],
  ])('ends a live capture at the appliance within a second, %s', async (_, isQuiet) => {
    bench.simulator.setQuiet(isQuiet);
    const before = bench.storedFiles();
    const id = await bench.begin(workflow(LIVE));
    await until(isCapturing, 10_000);
    // Into the middle of the capture.
    await pause(1000);
    const [milliseconds] = await Promise.all([until(() => !isCapturing(), 10_000), stop(id)]);
    expect(milliseconds).toBeLessThan(1000);
    const { status, items } = await bench.host.rest.untilEnded(id);
    expect(status).toBe('canceled');
    expect(items[NODE] ?? []).toEqual([]);
    expect(bench.storedFiles()).toEqual(before);
    await expectNothingMore();
  });

  it('ends a live capture when the time of the workflow is up', async () => {
    const before = bench.storedFiles();
    const id = await bench.begin(workflow(LIVE, { executionTimeout: 3 }));
    await until(isCapturing, 3000);
    expect(await until(() => !isCapturing(), 10_000)).toBeLessThan(4000);
    const { status, items } = await bench.host.rest.untilEnded(id);
    expect(status).toBe('canceled');
    expect(items[NODE] ?? []).toEqual([]);
    expect(bench.storedFiles()).toEqual(before);
    await expectNothingMore();
  });

  it('ends the wait for packets that are still to come', async () => {
    const until60 = new Date(Date.now() + 60_000).toISOString();
    const since = new Date().toISOString();
    const waiting = { ...CAPTURE, timeMode: 'between', since, until: until60 };
    const id = await bench.begin(workflow(waiting));
    await until(() => bench.simulator.requests.length > 0, 10_000);
    await stop(id);
    expect((await bench.host.rest.untilEnded(id, 5)).status).toBe('canceled');
    expect(bench.simulator.requests.some(({ path }) => path === CAPTURE_PATH)).toBe(false);
    await expectNothingMore();
  });

  it('ends a question that the appliance does not answer', async () => {
    bench.simulator.faults.add({ kind: 'stallBeforeHeaders', path: '/API/stats/modules' });
    const id = await bench.begin(workflow(TALKERS));
    const open = () => bench.simulator.requests.filter(({ isOpen }) => isOpen).length;
    await until(() => open() > 0, 10_000);
    const [milliseconds] = await Promise.all([until(() => open() === 0, 10_000), stop(id)]);
    expect(milliseconds).toBeLessThan(1000);
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

/** Returns after how many milliseconds it was so. */
async function until(condition: () => boolean, limit: number): Promise<number> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > limit) throw new Error(`It was not so within ${limit} ms.`);
    await pause(10);
  }
  return performance.now() - start;
}
