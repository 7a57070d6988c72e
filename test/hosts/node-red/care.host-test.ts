import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { setTimeout as pause } from 'node:timers/promises';
import { STEADY_HOST } from '../../../simulator';
import { upload } from '../../simulator/support';
import { hashOf, SimulatorBench } from './simulator-bench';

jest.setTimeout(90_000);

/** Health, frozen evidence, charts and plain requests in a real Node-RED, as the example has them. */
describe('the care of an appliance, in Node-RED', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
    await bench.host.deploy(bench.make.example('care-of-the-appliance'));
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    await pause(50);
    expect(bench.host.isRunning).toBe(true);
    expect(bench.host.log).not.toMatch(/uncaught|unhandled/i);
    expect(bench.simulator.isBufferSuspended()).toBe(false);
  });

  const alert = () => ({
    host: STEADY_HOST,
    time: new Date(bench.simulator.nowUs() / 1000 - 120_000).toISOString(),
  });

  it('tells the health', async () => {
    const { status, body } = await bench.post<Record<string, unknown>>('/allegro/health', {});
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: true, temperatureCelsius: 41.5, unavailable: [] });
  });

  it('freezes, stores the packets, and resumes', async () => {
    const { status, body } = await bench.post<Record<string, string>>('/allegro/freeze', alert());
    expect(status).toBe(200);
    expect(body).toMatchObject({ resumed: true, alreadySuspended: false, complete: true });
    expect(hashOf(readFileSync(body.filename!))).toBe(body.sha256);
  });

  it('resumes and tells it when the capture breaks off', async () => {
    bench.simulator.faults.add({
      path: '/API/data/modules/capture',
      method: 'GET',
      skip: 1,
      times: 1,
      kind: 'cut',
      afterBytes: 3000,
      framing: 'chunked',
    });
    const { status, body } = await bench.post<Record<string, string>>('/allegro/freeze', alert());
    expect([status, body.code]).toEqual([500, 'ALLEGRO_INCOMPLETE']);
  });

  it('resumes when the flow is deployed anew in the middle', async () => {
    bench.simulator.faults.add({
      path: '/API/data/modules/capture',
      method: 'GET',
      skip: 1,
      times: 1,
      kind: 'stall',
      afterBytes: 500,
    });
    const answer = bench.post('/allegro/freeze', alert()).catch(() => undefined);
    while (!bench.simulator.isBufferSuspended()) await pause(20);
    await bench.host.deploy(bench.make.example('care-of-the-appliance'));
    for (let tries = 0; tries < 100 && bench.simulator.isBufferSuspended(); tries++)
      await pause(50);
    expect(bench.simulator.isBufferSuspended()).toBe(false);
    void answer;
  });

  it('stores a picture', async () => {
    const { status, body } = await bench.post<Record<string, string>>('/allegro/chart', {});
    expect(status).toBe(200);
    expect(body.filename).toMatch(/charts\/.*\.png$/);
    expect(PNG.sync.read(readFileSync(body.filename!)).width).toBe(1600);
  });

  it('waits for an analysis, and sends any request', async () => {
    const now = bench.simulator.nowUs();
    const file = await bench.simulator.fileOf('', now - 20e6, now - 10e6);
    await upload(bench.simulator, 1, file);
    const waited = await bench.post<Record<string, unknown>>('/allegro/wait', { device: ':1' });
    expect(waited.body).toMatchObject({ settled: true, concludedBy: 'counters' });
    const { body } = await bench.post<Record<string, unknown>>('/allegro/system', {});
    expect(body).toMatchObject({ hostname: 'allegro-mm-1a2b' });
  });
});
