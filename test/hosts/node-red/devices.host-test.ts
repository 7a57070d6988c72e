import { readFileSync } from 'node:fs';
import { STEADY_HOST } from '../../../simulator';
import { hashOf, SimulatorBench } from './simulator-bench';

jest.setTimeout(90_000);

interface Capture {
  filename: string;
  packets: number;
  sha256: string;
  expression: string;
  deviceId?: string;
  error?: { kind: string };
}

/** The example with connections, server ports and devices, in a real Node-RED. */
describe('connections and inventory', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
    await bench.host.deploy(bench.make.example('connections-and-inventory'));
  });
  afterAll(() => bench?.stop());
  beforeEach(() => bench.reset());

  it('stores the packets of each connection that it lists', async () => {
    const { status, body } = await bench.post<Capture[]>('/allegro/calls', {});
    expect(status).toBe(200);
    expect(body).toHaveLength(3);
    for (const { filename, packets, sha256, expression } of body) {
      expect(packets).toBeGreaterThan(0);
      expect(hashOf(readFileSync(filename))).toBe(sha256);
      expect(expression).toMatch(/^ip==\S+:\d+ and ip==\S+:\d+ and l4Protocol==UDP$/);
    }
    expect(new Set(body.map(({ filename }) => filename)).size).toBe(3);
  });

  it('lists the server ports of all devices, joined', async () => {
    const { body } = await bench.post<Array<{ deviceId: string; hosts: unknown[] }>>(
      '/allegro/server-ports',
      {},
    );
    expect(body.map(({ deviceId }) => deviceId).sort()).toEqual(['branch-1', 'local']);
    for (const { hosts } of body) expect(hosts.length).toBeGreaterThan(5);
  });

  it('joins them with the device that fails', async () => {
    bench.simulator.faults.add({
      kind: 'answer',
      status: 403,
      body: 'no',
      path: '/API/stats/modules/ip/ips',
      times: 1,
    });
    const { body } = await bench.post<Capture[]>('/allegro/server-ports', {});
    expect(body.map(({ error }) => error?.kind)).toEqual([undefined, 'permission']);
  });

  it('tells which device saw an address, and an error that a person can use', async () => {
    const path = '/allegro/which-device';
    const found = await bench.post<{ best: string; seenBy: number }>(path, { host: STEADY_HOST });
    expect(found.body.seenBy).toBe(2);
    const devices = await bench.post<{ devices: Array<{ id: string }> }>('/allegro/devices', {});
    expect(devices.body.devices.map(({ id }) => id)).toContain(found.body.best);
    const wrong = await bench.post<{ code: string }>(path, { host: 'fileserver' });
    expect([wrong.status, wrong.body.code]).toEqual([500, 'ALLEGRO_INPUT']);
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
    for (const { filename, sha256, deviceId } of body.payload) {
      expect(filename).toContain(`evidence_${deviceId}.pcap`);
      expect(hashOf(readFileSync(filename))).toBe(sha256);
    }
  });
});
