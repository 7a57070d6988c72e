import { SimulatorBench } from '../support/simulator-bench';
import { NODE, oneNode } from '../support/workflows';
import { hashOf } from '../../truth';

const CAPTURE_NODE = 'Capture';

/** Connections with their packets, and work on several devices, in a real n8n. */
describe('connections and devices in n8n', () => {
  let bench: SimulatorBench;

  beforeAll(async () => {
    bench = await SimulatorBench.start();
  });
  afterAll(() => bench?.stop());

  it('captures each connection that a node before it lists, with the form left as it is', async () => {
    const workflow = oneNode({
      parameters: {
        resource: 'statistics',
        operation: 'getConnections',
        connectionMode: 'rtpStats',
        limit: 2,
        timeMode: 'last',
        lastAmount: 5,
        lastUnit: 'minutes',
      },
      credentials: bench.withToken,
    });
    const list = workflow.nodes.find(({ name }) => name === NODE)!;
    workflow.nodes.push({
      ...list,
      id: '9',
      name: CAPTURE_NODE,
      parameters: { resource: 'packet', operation: 'captureConnection' },
    });
    workflow.connections[NODE] = { main: [[{ node: CAPTURE_NODE, type: 'main', index: 0 }]] };
    const { items } = await bench.run(workflow);
    expect(items[NODE]).toHaveLength(2);
    expect(items[CAPTURE_NODE]).toHaveLength(2);
    for (const [index, { json, binary }] of items[CAPTURE_NODE].entries()) {
      const { clientIp, clientPort, serverIp, serverPort } = items[NODE][index].json;
      expect(json.expression).toBe(
        `ip==${String(clientIp)}:${String(clientPort)} and ip==${String(serverIp)}:${String(serverPort)} and l4Protocol==UDP`,
      );
      expect(json.packets).toBeGreaterThan(0);
      expect(hashOf(await bench.host.rest.binary(binary!.data.id!))).toBe(json.sha256);
    }
  });

  it('runs on several devices, with those that fail among the items', async () => {
    const { items, status } = await bench.run(
      oneNode({
        parameters: {
          resource: 'packet',
          operation: 'capturePcap',
          captureSource: 'live',
          captureScope: 'all',
          // It ends with its last packet.
          liveSeconds: 600,
          options: { deviceScope: 'list', deviceList: 'local,branch-1,nowhere', maxPackets: 20 },
        },
        credentials: bench.withToken,
      }),
    );
    expect(status).toBe('success');
    const found = items[NODE].map(({ json }) => [
      json.deviceId,
      json.packets,
      (json.error as { kind: string } | undefined)?.kind,
    ]);
    expect(found.sort((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
      ['branch-1', 20, undefined],
      ['local', 20, undefined],
      ['nowhere', undefined, 'notFound'],
    ]);
  });

  const read = (parameters: Record<string, unknown>) =>
    bench.run(
      oneNode({
        parameters: { resource: 'statistics', timeMode: 'none', ...parameters },
        credentials: bench.withToken,
      }),
    );

  it.each([
    { operation: 'getConnections', listOutput: 'csv' },
    { operation: 'topTalkers', listOutput: 'csv' },
  ])('downloads a CSV as a file: $operation', async (parameters) => {
    const { items } = await read(parameters);
    const [{ json, binary }] = items[NODE];
    const file = await bench.host.rest.binary(binary!.data.id!);
    expect(hashOf(file)).toBe(json.sha256);
    expect(file.toString().trim().split('\n')).toHaveLength(Number(json.rows) + 1);
  });

  it('gives an item for each row of a list', async () => {
    const path = { __rl: true, mode: 'path', value: 'API/stats/modules/ip/ips_paged' };
    const { items } = await read({ operation: 'getStats', path, limit: 12 });
    expect(new Set(items[NODE].map(({ json }) => json.ip)).size).toBe(12);
  });
});
