import { applianceHealth } from '../../../nodes/definitions/device/appliance-health';
import { AllegroClient } from '../../../client';
import { systemContext } from '../../../node-red/runtime/config-node/system-context';
import { axiosTransport } from '../support/transports';
import { useSimulator } from '../support/bench';
import { jsonOf } from '../support/run-definition';
import { errorOf } from '../../support/error-of';

describe('the health of an appliance', () => {
  const bench = useSimulator(700);
  // The clock is part of it, so it must not run fast here.
  const check = async (raw: Record<string, unknown> = {}) => {
    const { transport, destroy } = axiosTransport(bench.simulator);
    const client = new AllegroClient({ transport, context: systemContext });
    return jsonOf(applianceHealth, client, raw).finally(destroy);
  };

  it('is fine where nothing is beyond a limit', async () => {
    const json = await check();
    expect(json).toMatchObject({
      ok: true,
      warnings: [],
      temperatureCelsius: 41.5,
      cpuTemperatureCelsius: 48,
      storageInUse: true,
      storageFreePercent: null,
      bufferSuspended: false,
      notifications: [],
      unavailable: [],
    });
    expect(json.uptimeSeconds).toBeGreaterThanOrEqual(700);
    expect(json.disks).toMatchObject([{ name: 'sda' }]);
    expect(Math.abs(json.clockOffsetSeconds as number)).toBeLessThan(2);
  });

  it.each<[string, Parameters<typeof Object.assign>[1], Record<string, unknown>, RegExp]>([
    ['temperature', { temperature: 71 }, {}, /appliance is at 71 °C \(limit 70 °C\)/],
    ['CPU temperature', { cpuTemperature: 60 }, { maxCpuTemperature: 50 }, /CPU is at 60 °C/],
    ['clock', { clockSkewMs: -20_000 }, {}, /\d s behind this machine \(limit 2 s\)/],
    ['free storage', { storageFreePercent: 3.5 }, {}, /Only 3.5 % of the storage/],
    ['ring buffer', {}, { minBufferHours: 24 }, /back only 0\.\d+ h \(limit 24 h\)/],
    ['uptime', {}, { minUptime: 1e6 }, /was started \d+ s ago/],
    ['notifications', { notifications: ['Disk'] }, { warnOfNotifications: true }, /1 notification/],
  ])('warns of %s beyond its limit', async (_what, switches, raw, says) => {
    Object.assign(bench.simulator.switches, switches);
    const json = await check(raw);
    expect(json.ok).toBe(false);
    expect(json.warnings).toEqual([expect.stringMatching(says)]);
  });

  it('has no limit where the field is blank', async () => {
    Object.assign(bench.simulator.switches, { temperature: 71, clockSkewMs: 9000 });
    // The default is 70 °C.
    expect((await check({ maxClockOffset: 20 })).warnings).toEqual([expect.stringMatching(/71/)]);
    expect((await check({ maxTemperature: '', maxClockOffset: '' })).ok).toBe(true);
  });

  it('warns of a suspended buffer unless that is meant', async () => {
    const { signal } = new AbortController();
    await bench.client.setRingBufferSuspended(0, true, { signal });
    expect(await check()).toMatchObject({ ok: false, bufferSuspended: true });
    expect(await check({ warnIfSuspended: false })).toMatchObject({ ok: true });
    await bench.client.setRingBufferSuspended(0, false, { signal });
  });

  it.each([403, 404, 500])('lists a part that answers %d, and goes on', async (status) => {
    bench.simulator.faults.add({ path: '/API/system/disks', kind: 'answer', status });
    bench.simulator.switches.tellsBufferState = false;
    const json = await check();
    expect(json.ok).toBe(true);
    expect(json).not.toHaveProperty('disks');
    expect((json.unavailable as Array<{ part: string }>).map(({ part }) => part)).toEqual([
      'disks',
      'ringBuffer',
    ]);
  });

  it('takes one of two temperatures', async () => {
    bench.simulator.faults.add({ path: '/API/system/state', kind: 'answer', status: 403 });
    expect(await check()).toMatchObject({ temperatureCelsius: null, cpuTemperatureCelsius: 48 });
  });

  it('fails where no part can be read, and says why', async () => {
    bench.simulator.faults.add({ kind: 'answer', status: 401, body: '' });
    expect(await errorOf(check())).toMatchObject({ kind: 'login', status: 401 });
  });
});
