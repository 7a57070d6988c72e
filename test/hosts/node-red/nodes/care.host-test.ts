import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { cutCapture } from '../../../contract/support/capture-faults';
import { upload } from '../../../simulator/support';
import { SimulatorBench } from '../support/simulator-bench';
import { hashOf } from '../../truth';

interface Answer {
  payload: Record<string, unknown> & { path: string; sha256: string };
  error?: { code: string };
}

/** Health, frozen evidence, charts and plain requests in a real Node-RED. */
describe('the care of an appliance, in Node-RED', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    await pause(50);
    expect(bench.host.isRunning).toBe(true);
    expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
    expect(bench.simulator.isBufferSuspended()).toBe(false);
  });

  const run = async (name: string, config: Record<string, unknown>) => {
    await bench.host.deploy(bench.make.flowFor(name, config));
    return (await bench.post<Answer>('/run', {})).body;
  };
  const freezeConfig = () => ({
    timeMode: 'around',
    aroundTime: new Date(bench.simulator.nowUs() / 1000 - 120_000).toISOString(),
    secondsBefore: '30',
    secondsAfter: '30',
    host: STEADY_HOST,
    fileFolder: 'evidence',
  });

  it('tells the health', async () => {
    // What a request takes on a busy machine looks like a difference of the clocks.
    const { payload } = await run('applianceHealth', { maxClockOffset: '60' });
    expect(payload).toMatchObject({ ok: true, temperatureCelsius: 41.5, unavailable: [] });
  });

  it('freezes, stores the packets, and resumes', async () => {
    const { payload } = await run('freezeEvidence', freezeConfig());
    expect(payload).toMatchObject({ resumed: true, alreadySuspended: false, complete: true });
    expect(hashOf(readFileSync(payload.path))).toBe(payload.sha256);
  });

  // Two reads of the state below the same path come first, before and after it suspends.
  it('resumes and tells it when the capture breaks off', async () => {
    bench.simulator.faults.add({ ...cutCapture, skip: 2, times: 1 });
    const { error } = await run('freezeEvidence', freezeConfig());
    expect(error!.code).toBe('ALLEGRO_INCOMPLETE');
  });

  it('resumes when the flow is deployed anew in the middle', async () => {
    bench.simulator.faults.add({
      path: '/API/data/modules/capture',
      method: 'GET',
      skip: 2,
      times: 1,
      kind: 'stall',
      afterBytes: 500,
    });
    const answer = run('freezeEvidence', freezeConfig()).catch(() => undefined);
    await until('it to be suspended', () => bench.simulator.isBufferSuspended());
    await bench.host.deploy(bench.make.flowFor('freezeEvidence', freezeConfig()));
    await until('it to record again', () => !bench.simulator.isBufferSuspended());
    void answer;
  });

  it('stores a picture', async () => {
    const { payload } = await run('chart', {
      chartKind: 'topTalkers',
      timeMode: 'last',
      lastAmount: '5',
      lastUnit: 'minutes',
      fileTarget: 'file',
      fileFolder: 'charts',
    });
    expect(payload.path).toMatch(/charts\/.*\.png$/);
    expect(PNG.sync.read(readFileSync(payload.path)).width).toBe(1600);
  });

  it('waits for an analysis, and sends any request', async () => {
    const now = bench.simulator.nowUs();
    const file = await bench.simulator.fileOf('', now - 20e6, now - 10e6);
    await upload(bench.simulator, 1, file);
    const waited = await run('waitForAnalysis', { device: ':1' });
    expect(waited.payload).toMatchObject({ settled: true, concludedBy: 'counters' });
    const { payload } = await run('apiRequest', { path: 'API/info/system' });
    expect(payload).toMatchObject({ hostname: 'allegro-mm-1a2b' });
  });
});
