import { readFileSync } from 'node:fs';
import { TOKEN_TYPE } from '../support/bench';
import { CAPTURE_PATH, SimulatorBench } from '../support/simulator-bench';
import { example, NODE, oneNode, smallExamples } from '../support/workflows';
import { hashOf } from '../../truth';

/**
 * What holds for every appliance: the simulator, or a real one whose analysis slot 1 is free to use.
 * ALLEGRO_TEST_URL, ALLEGRO_TEST_TOKEN and ALLEGRO_TEST_CA (a PEM file) name it; without them, the
 * simulator is started.
 */
describe('n8n with any appliance', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start(namedAppliance());
  });
  afterAll(() => bench?.stop());

  it('passes the credential test', async () => {
    const test = { ...bench.good, type: TOKEN_TYPE, data: bench.credentialData };
    expect(await bench.host.rest.testCredential(test)).toMatchObject({ status: 'OK' });
  });

  it('ranks talkers, the highest first', async () => {
    const parameters = { resource: 'statistics', operation: 'topTalkers', timeMode: 'last' };
    const { error, items } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
    expect(error).toBeUndefined();
    const bytes = items[NODE].map(({ json }) => json.totalBytes as number);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
  });

  it('stores the same bytes that the appliance gives for the same request', async () => {
    const untilMs = Date.now() - 60_000;
    const sinceMs = untilMs - 60_000;
    const parameters = {
      resource: 'packet',
      operation: 'capturePcap',
      captureScope: 'all',
      timeMode: 'between',
      since: new Date(sinceMs).toISOString(),
      until: new Date(untilMs).toISOString(),
      maxMegabytes: 0,
    };
    const { error, items } = await bench.run(oneNode({ parameters, credentials: bench.withToken }));
    expect(error).toBeUndefined();
    const [{ json, binary }] = items[NODE];
    const stored = hashOf(await bench.host.rest.binary(binary!.data.id!));
    const query = new URLSearchParams({
      startTime: String(sinceMs * 1000),
      endTime: String(untilMs * 1000),
      snapPacketLength: '65535',
      fromCaptureBuffer: 'true',
      captureBufferSlotId: '0',
    });
    expect(json.packets).toBeGreaterThan(0);
    expect(json.sha256).toBe(stored);
    expect(hashOf(await bench.fetchDirectly(`${CAPTURE_PATH}?${query}`))).toBe(stored);
    if (!bench.hasSimulator) return;
    // Made from the packets themselves, without HTTP and without a request.
    const file = await bench.simulator.fileOf('', sinceMs * 1000, untilMs * 1000);
    expect(hashOf(file)).toBe(stored);
  });

  it.each(smallExamples())('runs the example %s', async (name) => {
    const { error, status, items } = await bench.run(example(name, bench.good));
    expect(error).toBeUndefined();
    expect(Object.keys(items)).not.toContain('What Went Wrong');
    expect(Object.keys(items)).not.toContain('Capture Failed');
    expect(status).toBe('success');
  });

  it('refuses a wrong token in words', async () => {
    const parameters = { resource: 'statistics', operation: 'topTalkers' };
    const credentials = await bench.withOtherToken('Wrong', 'wrong-token-0815');
    const { error, raw } = await bench.run(oneNode({ parameters, credentials }));
    expect(error?.message).toMatch(/login/);
    expect(raw).not.toContain('wrong-token-0815');
  });
});

function namedAppliance(): Parameters<typeof SimulatorBench.start>[0] {
  const { ALLEGRO_TEST_URL, ALLEGRO_TEST_TOKEN = '', ALLEGRO_TEST_CA } = process.env;
  if (!ALLEGRO_TEST_URL) return undefined;
  const certificate = ALLEGRO_TEST_CA ? readFileSync(ALLEGRO_TEST_CA, 'utf8') : '';
  return { url: ALLEGRO_TEST_URL, token: ALLEGRO_TEST_TOKEN, certificate };
}
