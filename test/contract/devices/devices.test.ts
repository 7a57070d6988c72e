import type { AllegroError } from '../../../client';
import { capturePcap } from '../../../nodes/definitions/capture/capture-pcap';
import { getConnections } from '../../../nodes/definitions/statistics/get-connections';
import { getServerPorts } from '../../../nodes/definitions/statistics/get-server-ports';
import { getStats } from '../../../nodes/definitions/statistics/get-stats';
import { listDevices } from '../../../nodes/definitions/device/list-devices';
import { suspendBuffer } from '../../../nodes/definitions/ring-buffer/suspend-buffer';
import { SAMPLE_DEVICE_FAILURE } from '../../../nodes/definitions/model/device-results';
import { readFieldValues } from '../../../nodes/definitions/model/read-field-values';
import { runOnDevices } from '../../../nodes/definitions/model/run-on-devices';
import type { RunResult } from '../../../nodes/definitions/model/run-result';
import { topTalkers } from '../../../nodes/definitions/statistics/top-talkers';
import { whichDevice } from '../../../nodes/definitions/device/which-device';
import { STEADY_HOST } from '../../../simulator';
import { runContext } from '../../support/fake-transport';
import { useBranch, useSimulator } from '../support/bench';
import { runDefinition } from '../support/run-definition';
import { waitUntil } from '../support/wait-until';

const DEVICES = '/API/system/multidevice/devices';
const bench = useSimulator(120, 5);
useBranch(bench);

const LAST = { timeMode: 'last', lastAmount: 30, lastUnit: 'seconds' };

function fault(path: string, status: number) {
  bench.simulator.faults.add({ kind: 'answer', status, body: 'no', path });
}

describe('List Devices', () => {
  it('lists all, or those that can be reached', async () => {
    const [{ json }] = await runDefinition(bench.client, listDevices);
    expect(json.devices).toEqual([
      { id: 'local', host: 'allegro-mm-1a2b', active: true },
      { id: 'branch-1', host: 'allegro-mm-2b3c', active: true },
      { id: 'branch-2', host: 'allegro-mm-3c4d', active: false },
    ]);
    expect(json).toMatchObject({ active: 2, total: 3 });
    const [only] = await runDefinition(bench.client, listDevices, { activeOnly: true });
    expect(only.json.devices).toHaveLength(2);
  });
});

describe('Which Device Saw It', () => {
  const find = async (address: string, more = {}) => {
    const values = { address, ...LAST, ...more };
    const [{ json }] = await runDefinition(bench.client, whichDevice, values);
    return json as typeof json & { devices: Array<Record<string, unknown>> };
  };

  it('ranks the devices by bytes', async () => {
    const { devices, best, seenBy } = await find(STEADY_HOST);
    const bytes = devices.map(({ totalBytes }) => totalBytes as number);
    expect(bytes).toEqual([...bytes].sort((a, b) => b - a));
    expect([devices.length, best, seenBy]).toEqual([2, devices[0].id, 2]);
    expect(devices.map(({ rank }) => rank)).toEqual([1, 2]);
  });

  it('says so when no device saw it', async () => {
    const { devices, best, seenBy } = await find('192.0.2.77');
    expect([best, seenBy]).toEqual([null, 0]);
    expect(devices.map(({ seen }) => seen)).toEqual([false, false]);
  });

  it('finds a MAC address in any form', async () => {
    const answer = (await bench.client.get(
      `/API/stats/modules/ip/ips/${STEADY_HOST}/macs`,
      {},
      { signal: new AbortController().signal },
    )) as { macs: string[] };
    const { best } = await find(answer.macs[0].toUpperCase().replace(/:/g, '-'));
    expect(best).not.toBeNull();
  });

  it('lists a device that fails behind the others, and ends only when all fail', async () => {
    const path = `/API/stats/modules/ip/ips/${STEADY_HOST}`;
    bench.simulator.faults.add({ kind: 'answer', status: 403, body: 'no', path, times: 1 });
    const { devices, warnings } = await find(STEADY_HOST, { parallelDevices: 1 });
    expect(devices[0]).toMatchObject({ rank: 1, id: 'branch-1', seen: true });
    expect(devices[1]).toMatchObject({
      rank: null,
      id: 'local',
      error: { kind: 'permission', status: 403, device: 'local' },
    });
    expect(warnings).toHaveLength(1);
    fault(path, 403);
    await expect(find(STEADY_HOST)).rejects.toMatchObject({ kind: 'permission' });
  });

  it('tells a device without the module from one that has not seen the address', async () => {
    const path = '/API/stats/modules/ip/ips/192.0.2.77';
    bench.simulator.switches.missingModules = ['ip'];
    await expect(find('192.0.2.77')).rejects.toMatchObject({
      what: expect.stringContaining('module "ip" is missing'),
    });
    expect(bench.met(path).length).toBeGreaterThan(0);
    bench.simulator.switches.missingModules = [];
    expect((await find('192.0.2.77')).seenBy).toBe(0);
  });
});

describe('a node on several devices', () => {
  const ACTIVE = { deviceScope: 'active' };
  const LIVE = { captureSource: 'live', captureScope: 'all' };
  const byDevice = (ran: Array<{ json: Record<string, unknown> }>) =>
    [...ran].sort((a, b) => String(b.json.deviceId).localeCompare(String(a.json.deviceId)));

  it('gives one result a device, each with its own traffic', async () => {
    const ran = byDevice(await runDefinition(bench.client, topTalkers, { ...LAST, ...ACTIVE }));
    expect(ran.map(({ json }) => [json.deviceId, json.deviceHost])).toEqual([
      ['local', 'allegro-mm-1a2b'],
      ['branch-1', 'allegro-mm-2b3c'],
    ]);
    const totals = ran.map(({ json }) => json.allTrafficBytes);
    expect(totals[0]).not.toBe(totals[1]);
    for (const { json } of ran) {
      for (const talker of json.talkers as Array<Record<string, unknown>>) {
        expect(talker).toMatchObject({ deviceId: json.deviceId, mmId: json.deviceId });
      }
    }
  });

  it('stays as it was on one', async () => {
    const [{ json }] = await runDefinition(bench.client, topTalkers, LAST);
    expect(json).not.toHaveProperty('deviceId');
    expect((json.talkers as object[])[0]).not.toHaveProperty('mmId');
    expect(bench.met(DEVICES)).toEqual([]);
  });

  it.each([
    ['', '127.0.0.1', 0],
    ['local', 'allegro-mm-1a2b', 1],
    ['branch-1', 'allegro-mm-2b3c', 1],
  ])('names the host of the one "%s" by the same property', async (device, host, reads) => {
    const [{ json }] = await runDefinition(bench.client, topTalkers, { ...LAST, device });
    expect(json.deviceHost).toBe(host);
    expect(bench.met(DEVICES)).toHaveLength(reads);
    const raw = { ...LAST, captureScope: 'all', maxPackets: 5, device };
    const [{ json: facts, file }] = await runDefinition(bench.client, capturePcap, raw);
    expect(facts).toMatchObject({ deviceHost: host, fileName: file!.name });
  });

  it('takes the ID of the one for its host where the devices cannot be listed', async () => {
    bench.simulator.faults.add({ path: DEVICES, kind: 'answer', status: 403 });
    const values = { ...LAST, device: 'branch-1' };
    const [{ json }] = await runDefinition(bench.client, topTalkers, values);
    expect(json.deviceHost).toBe('branch-1');
  });

  it('says on each element which one was named', async () => {
    const device = 'branch-1';
    const [ranked] = await runDefinition(bench.client, topTalkers, { ...LAST, device });
    const addresses = STEADY_HOST;
    const [inventory] = await runDefinition(bench.client, getServerPorts, { device, addresses });
    const elements = [ranked.json.talkers, inventory.json.hosts].flat() as object[];
    expect(elements.length).toBeGreaterThan(1);
    for (const element of elements) expect(element).toMatchObject({ mmId: device });
  });

  it('captures live on all at the same time, into files of their own', async () => {
    const values = { ...ACTIVE, ...LIVE, liveSeconds: 300, maxPackets: 20 };
    // Without a packet, neither comes to its end before the other one has begun.
    bench.simulator.setQuiet(true);
    const running = runDefinition(bench.client, capturePcap, values);
    await waitUntil(() => bench.simulator.openCaptures() === 2);
    bench.simulator.setQuiet(false);
    const ran = await running;
    expect(new Set(ran.map(({ file }) => file!.name)).size).toBe(2);
    for (const { json, file } of ran) {
      expect(json).toMatchObject({ fileName: file!.name, sha256: file!.sha256, packets: 20 });
      expect(file!.name).toContain(`_${String(json.deviceId)}.pcap`);
      const { evidence } = json as { evidence: { files: Array<{ name: string }> } };
      expect(evidence.files[0].name).toBe(file!.name);
    }
  });

  it('makes a device that fails a result with its error', async () => {
    const values = { ...LAST, deviceScope: 'list', deviceList: 'local, branch-2, nowhere' };
    const ran = await runDefinition(bench.client, topTalkers, values);
    expect(ran).toHaveLength(3);
    expect(ran[0].json).toMatchObject({ deviceId: 'local' });
    expect(ran[0].json).not.toHaveProperty('error');
    expect(ran.slice(1).map(({ json }) => json)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          deviceId: 'nowhere',
          error: expect.objectContaining({
            kind: 'notFound',
            device: 'nowhere',
            message: expect.any(String),
            advice: expect.any(String),
          }),
        }),
        expect.objectContaining({
          deviceId: 'branch-2',
          error: expect.objectContaining({ kind: 'appliance' }),
        }),
      ]),
    );
  });

  it('looks as help and docs show it where a device fails', async () => {
    const values = { ...LAST, deviceScope: 'list', deviceList: 'local, branch-2' };
    const failed = (await runDefinition(bench.client, topTalkers, values)).at(-1)!.json;
    const { error, ...rest } = SAMPLE_DEVICE_FAILURE;
    expect(Object.keys(failed).sort()).toEqual(['error', ...Object.keys(rest)].sort());
    const { deviceId, mmId, warnings } = rest;
    expect(failed).toMatchObject({ deviceId, mmId, warnings });
    expect(failed.error).toMatchObject({ ...error, message: expect.stringContaining(error.what) });
  });

  it('is an error when all fail, which names them', async () => {
    const values = { ...LAST, deviceScope: 'list', deviceList: 'here,nowhere' };
    const error = await runDefinition(bench.client, topTalkers, values).catch(
      (thrown: AllegroError) => thrown,
    );
    expect(error).toMatchObject({ kind: 'notFound', status: 404 });
    expect((error as AllegroError).what).toMatch(/None of the 2 devices.*here: .*nowhere: /);
  });

  it('is an error when any fails and a person wants that, after the results of the others', async () => {
    const values = { ...LAST, deviceScope: 'list', deviceList: 'local, nowhere' };
    const context = runContext({ client: bench.client });
    const found: Array<Record<string, unknown>> = [];
    const run = async () => {
      const read = readFieldValues(topTalkers, { ...values, failIfAnyDeviceFails: true });
      const store = async ({ json }: RunResult) => void found.push(json);
      for await (const _ of runOnDevices(topTalkers, context, read, store));
    };
    await expect(run()).rejects.toMatchObject({
      kind: 'notFound',
      what: expect.stringMatching(/^1 of 2 devices failed. nowhere: /),
    });
    expect(found).toEqual([expect.objectContaining({ deviceId: 'local' })]);
  });

  it('is a wrong value, not a failed device, when a value is wrong', async () => {
    const values = { ...ACTIVE, ...LIVE, maxMegabytes: 0 };
    await expect(runDefinition(bench.client, capturePcap, values)).rejects.toMatchObject({
      kind: 'input',
      field: 'maxMegabytes',
    });
  });

  it('runs no more at once than it may', async () => {
    const values = { ...ACTIVE, parallelDevices: 1, ...LIVE, liveSeconds: 300, maxPackets: 20 };
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, bench.simulator.openCaptures());
    }, 5);
    bench.simulator.setQuiet(true);
    const running = runDefinition(bench.client, capturePcap, values);
    await waitUntil(() => most > 0);
    bench.simulator.setQuiet(false);
    await running.finally(() => clearInterval(watch));
    expect(most).toBe(1);
  });

  it('ends everywhere when it is cancelled', async () => {
    const cancel = new AbortController();
    const values = { ...ACTIVE, ...LIVE, liveSeconds: 3600 };
    const running = runDefinition(bench.client, capturePcap, values, {
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await waitUntil(() => bench.simulator.openCaptures() === 0);
  });

  it('works for statistics, connections and the ring buffer', async () => {
    const path = 'API/stats/modules/ip';
    const stats = await runDefinition(bench.client, getStats, { path, ...LAST, ...ACTIVE });
    expect(stats).toHaveLength(2);
    const csv = { ...ACTIVE, listOutput: 'csv', timeMode: 'none' };
    const files = await runDefinition(bench.client, getConnections, csv);
    expect(new Set(files.map(({ file }) => file!.sha256)).size).toBe(2);
    for (const bufferAction of ['suspend', 'resume']) {
      const ran = await runDefinition(bench.client, suspendBuffer, { bufferAction, ...ACTIVE });
      expect(ran.map(({ json }) => json.suspended)).toEqual(
        Array(2).fill(bufferAction === 'suspend'),
      );
    }
  });
});
