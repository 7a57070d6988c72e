import { readFileSync } from 'node:fs';
import { asStored } from '../../../../node-red/editor/defaults';
import type { FlowNode } from '../../../../scripts/hosts/node-red-host';
import { STEADY_HOST } from '../../../../simulator';
import { SimulatorBench } from '../support/simulator-bench';
import { hashOf } from '../../truth';

interface Capture {
  path: string;
  packets: number;
  sha256: string;
  expression: string;
  deviceId?: string;
  error?: { kind: string };
}

/** Nodes that give one message for each connection or device, in a real Node-RED. */
describe('connections and inventory', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());

  const PLACE = { z: 'f0', x: 0, y: 0 };
  const JOIN = { id: 'join', type: 'join', ...PLACE, mode: 'auto', wires: [['reply']] };

  /** What `/run` answers, with further nodes behind the first one. */
  const run = async <T>(name: string, config: object, more: FlowNode[] = []) => {
    const flow = bench.make.flowFor(name, { ...config }, more);
    const nodes = flow.map((node) =>
      node.id === 'node' && more[0] ? { ...node, wires: [[more[0].id]] } : node,
    );
    await bench.host.deploy(nodes);
    return (await bench.post<{ payload: T; error?: { code: string } }>('/run', {})).body;
  };

  it('stores the packets of each connection that it lists', async () => {
    const capture = asStored({
      id: 'capture',
      type: 'allegro-multimeter-capture-connection',
      ...PLACE,
      appliance: 'a0',
      fileFolder: 'calls',
      wires: [['join']],
    });
    const list = {
      connectionMode: 'rtpStats',
      limit: '3',
      timeMode: 'last',
      lastAmount: '5',
      lastUnit: 'minutes',
    };
    const { payload } = await run<Capture[]>('getConnections', list, [capture, JOIN]);
    expect(payload).toHaveLength(3);
    for (const { path, packets, sha256, expression } of payload) {
      expect(packets).toBeGreaterThan(0);
      expect(hashOf(readFileSync(path))).toBe(sha256);
      expect(expression).toMatch(/^ip==\S+:\d+ and ip==\S+:\d+ and l4Protocol==UDP$/);
    }
    expect(new Set(payload.map(({ path }) => path)).size).toBe(3);
  });

  const PORTS = { portRole: 'asServer', timeMode: 'none', deviceScope: 'active' };

  it('lists the server ports of all devices, joined', async () => {
    type Ports = { deviceId: string; hosts: unknown[] };
    const { payload } = await run<Ports[]>('getServerPorts', PORTS, [JOIN]);
    expect(payload.map(({ deviceId }) => deviceId).sort()).toEqual(['branch-1', 'local']);
    for (const { hosts } of payload) expect(hosts.length).toBeGreaterThan(5);
  });

  it('joins them with the device that fails', async () => {
    bench.simulator.faults.add({
      kind: 'answer',
      status: 403,
      body: 'no',
      path: '/API/stats/modules/ip/ips',
      times: 1,
    });
    const { payload } = await run<Capture[]>('getServerPorts', PORTS, [JOIN]);
    expect(payload.map(({ error }) => error?.kind)).toEqual([undefined, 'permission']);
  });

  it('tells which device saw an address, and an error that a person can use', async () => {
    const window = { timeMode: 'last', lastAmount: '1', lastUnit: 'hours' };
    const found = await run<{ best: string; seenBy: number }>('whichDevice', {
      ...window,
      address: STEADY_HOST,
    });
    expect(found).not.toHaveProperty('error');
    expect(found.payload.seenBy).toBe(2);
    const { payload } = await run<{ devices: Array<{ id: string }> }>('listDevices', {});
    expect(payload.devices.map(({ id }) => id)).toContain(found.payload.best);
    const wrong = await run('whichDevice', { ...window, address: 'fileserver' });
    expect(wrong.error!.code).toBe('ALLEGRO_INPUT');
  });

  it('stores the CSV of a list, and lists it as rows', async () => {
    const list = { path: 'API/stats/modules/ip/ips_paged', timeMode: 'none' };
    const csv = { ...list, listOutput: 'csv', fileFolder: 'tables' };
    const stored = (await run<{ path: string; sha256: string }>('getStats', csv)).payload;
    const file = readFileSync(stored.path);
    expect(hashOf(file)).toBe(stored.sha256);
    const { payload } = await run<{ items: object[]; total: number; warnings: string[] }>(
      'getStats',
      { ...list, limit: '12' },
    );
    expect(payload.items).toHaveLength(12);
    expect(payload.warnings[0]).toContain(`12 of ${payload.total} rows`);
    expect(file.toString().trim().split('\n')).toHaveLength(payload.total + 1);
  });
});

describe('a capture on several devices', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());

  it('writes files that never meet, though they were given one name', async () => {
    const config = {
      deviceScope: 'active',
      host: STEADY_HOST,
      timeMode: 'last',
      lastAmount: '20',
      lastUnit: 'seconds',
      fileFolder: 'captures',
      fileName: 'evidence.pcap',
      fileExists: 'replace',
    };
    const join = { id: 'join', type: 'join', z: 'f0', x: 0, y: 0, mode: 'auto' };
    const flow = bench.make
      .flowFor('capturePcap', config, [{ ...join, wires: [['reply']] }])
      .map((node) => (node.id === 'node' ? { ...node, wires: [['join']] } : node));
    await bench.host.deploy(flow);
    const { body } = await bench.post<{ payload: Capture[] }>('/run', {});
    expect(bench.filesIn('captures').sort()).toEqual([
      'evidence_branch-1.pcap',
      'evidence_local.pcap',
    ]);
    for (const { path, sha256, deviceId } of body.payload) {
      expect(path).toContain(`evidence_${deviceId}.pcap`);
      expect(hashOf(readFileSync(path))).toBe(sha256);
    }
  });
});
