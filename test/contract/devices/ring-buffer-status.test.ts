import { AllegroClient, AllegroError } from '../../../client';
import { ringBufferStatus } from '../../../nodes/definitions/ring-buffer/ring-buffer-status';
import { useSimulator } from '../support/bench';
import { fastContext } from '../support/fast-context';
import { errorOf } from '../../support/error-of';
import { jsonOf } from '../support/run-definition';
import { axiosTransport } from '../support/transports';
import { waitUntil } from '../support/wait-until';

const CAPTURE = '/API/data/modules/capture';
const BUFFER = `${CAPTURE}/buffer/0`;

describe('the status of a ring buffer', () => {
  const bench = useSimulator(120);
  const status = (raw: Record<string, unknown> = {}) => jsonOf(ringBufferStatus, bench.client, raw);

  it('tells its oldest packet and how far back that is', async () => {
    const { simulator } = bench;
    simulator.switches.oldestPacketUs = simulator.nowUs() - 72e6;
    const json = await status();
    expect(json).toMatchObject({ ok: true, suspended: false, warnings: [] });
    const oldestUs = Date.parse(json.oldestPacketAt as string) * 1000;
    expect(oldestUs).toBeGreaterThanOrEqual(simulator.switches.oldestPacketUs - 1000);
    expect(json.hoursBack).toBeGreaterThanOrEqual(0.02);
    expect(json.text).toMatch(
      /^Ring buffer 0 reaches back [\d.]+ s, to [\d-]+ [\d:]+ UTC, and records\.$/,
    );
    await waitUntil(() => simulator.openCaptures() === 0);
  });

  it('is not ok where it reaches back less than the minimum, or is suspended', async () => {
    expect(await status({ minHours: 24 })).toMatchObject({
      ok: false,
      warnings: [expect.stringMatching(/reaches back only 0\.\d+ h \(minimum 24 h\)/)],
    });
    const { signal } = new AbortController();
    await bench.client.setRingBufferSuspended(0, true, { signal });
    const json = await status().finally(() =>
      bench.client.setRingBufferSuspended(0, false, { signal }),
    );
    expect(json).toMatchObject({ ok: false, suspended: true });
    expect(json.text).toContain('and is suspended');
  });

  it('says what it could not read', async () => {
    const { faults } = bench.simulator;
    faults.add({ path: BUFFER, kind: 'answer', status: 404, body: '{}' });
    const unknown = await status();
    expect(unknown).toMatchObject({ ok: true, suspended: null });
    expect(unknown.text).not.toMatch(/records|suspended/);
    faults.add({ path: CAPTURE, kind: 'answer', status: 403, body: '{}' });
    const error = await errorOf(status());
    expect(error).toBeInstanceOf(AllegroError);
    expect(error).toMatchObject({ kind: 'permission' });
    faults.clear();
    const { transport, destroy } = axiosTransport(bench.simulator, 'stats-token');
    const client = new AllegroClient({ transport, context: fastContext(1) });
    const unasked = await jsonOf(ringBufferStatus, client, {});
    expect(unasked).toMatchObject({ ok: true, oldestPacketAt: null });
    const json = await jsonOf(ringBufferStatus, client, { minHours: 1 }).finally(destroy);
    expect(json).toMatchObject({
      ...{ ok: false, suspended: false, oldestPacketAt: null },
      text: 'Ring buffer 0 has an unknown reach, and records.',
      warnings: [expect.stringMatching(/^The oldest packet could not be read\. Permission denied/)],
    });
  });
});
