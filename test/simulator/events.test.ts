import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator } from '../../simulator';
import { waitUntil } from '../contract/support/wait-until';
import { ask } from './support';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ historySeconds: 30 });
});
afterAll(() => simulator.close());

describe('traffic that a test puts on the line', () => {
  it('is counted and captured as what it is, with what is there anyway', async () => {
    const startUs = Math.floor(simulator.nowUs() / 1e6) * 1e6;
    const { packets, bytes } = simulator.inject({
      from: '10.7.0.1',
      bytesPerSecond: 100_000,
      seconds: 2,
    });
    expect(bytes).toBeGreaterThanOrEqual(200_000);
    // Three seconds later.
    simulator.switches.clockSkewMs += 3000;
    const { json } = await ask(simulator, '/API/stats/modules/ip/ips/10.7.0.1');
    expect(json.allTime).toEqual([0, 0, packets, bytes]);
    const mac = await ask(simulator, '/API/stats/modules/mac/macs/02:01:0a:07:00:01');
    expect(mac.json.allTime).toEqual([0, 0, packets, bytes]);
    const captured = await simulator.packetsIn('ip==10.7.0.1', startUs, startUs + 3e6);
    expect(captured).toMatchObject({ packets, bytes });
    const all = await simulator.packetsIn('', startUs, startUs + 3e6);
    expect(all.packets).toBeGreaterThan(packets);
  });
});

describe('incidents', () => {
  const PATH = '/API/stats/modules/global_incidents';

  it.each([
    ['array', (json: any) => json], // eslint-disable-line @typescript-eslint/no-explicit-any
    ['envelope', (json: any) => json.displayedItems], // eslint-disable-line @typescript-eslint/no-explicit-any
    ['object', (json: any) => Object.values(json.incidents)], // eslint-disable-line @typescript-eslint/no-explicit-any
  ] as const)('come as %s', async (shape, listOf) => {
    simulator.incidents.clear();
    const first = simulator.incidents.report({ ruleName: 'A' });
    simulator.incidents.repeat(first);
    simulator.incidents.end(first);
    simulator.switches.incidentsShape = shape;
    const { json } = await ask(simulator, PATH);
    expect(listOf(json)).toMatchObject([{ ruleName: 'A', count: 2, active: false }]);
  });

  it('are 1000 at most, in pages', async () => {
    simulator.switches.incidentsShape = 'envelope';
    for (let index = 0; index < 1100; index++) simulator.incidents.report();
    const { json } = await ask(simulator, `${PATH}?page=9&count=100`);
    expect(json).toMatchObject({ numberOfItems: 1000, numberOfPages: 10 });
    expect(json.displayedItems).toHaveLength(100);
    const reporting = await ask(simulator, '/API/stats/incidentReporting');
    expect(reporting.status).toBe(200);
  });
});

describe('the statistics export', () => {
  let server: Server;
  const bodies: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        bodies.push(body);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('posts what the appliance answers, again and again, until it is stopped', async () => {
    const { port } = server.address() as AddressInfo;
    const target = `http://127.0.0.1:${port}/x`;
    const path = '/API/stats/modules/ip';
    const started = simulator.exportStatistics({ path, target, intervalSeconds: 0.1 });
    await waitUntil(() => started.statuses.length >= 2);
    started.stop();
    expect(new Set(started.statuses)).toEqual(new Set([200]));
    expect(JSON.parse(bodies[0]!)).toMatchObject({
      globalCounters: { allTime: expect.any(Array) },
    });
  });

  it('says when nobody takes it', async () => {
    const path = '/API/stats/time';
    const target = 'http://127.0.0.1:9/';
    const started = simulator.exportStatistics({ path, target, intervalSeconds: 60 });
    expect(await started.send()).toBe(0);
  });
});
