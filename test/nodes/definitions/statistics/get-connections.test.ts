import { getConnections } from '../../../../nodes/definitions/statistics/get-connections';
import { runDefinition } from '../../../contract/support/run-definition';
import { fakeClient } from '../../../support/fake-transport';

/** An appliance that lists at most 1,000 of its connections, in pages of 100. */
function withConnections(count: number, total = count) {
  return fakeClient(({ path }) => {
    const url = new URL(path, 'https://x');
    const page = Number(url.searchParams.get('page'));
    const listed = Math.min(count, 1000);
    const size = Math.max(0, Math.min(100, listed - page * 100));
    return {
      json: {
        displayedItems: Array.from({ length: size }, (_, index) => ({
          clientIp: '10.0.0.1',
          clientPort: page * 100 + index,
          serverIp: '10.0.0.2',
          serverPort: 443,
          l4ProtocolShortName: 'TCP',
          dpiProtocol: 'SSL',
          connectionStart: '1795448946280,7749',
          lastActivity: 1795448950120,
          allTime: [1, 100, 2, 200],
          custom: { kept: true },
        })),
        numberOfItems: total,
        numberOfPages: Math.ceil(total / 100),
        itemsPerPage: 100,
      },
    };
  });
}

async function list(count: number, values: Record<string, unknown>, total = count) {
  const { client, transport } = withConnections(count, total);
  const raw = { timeMode: 'none', ...values };
  const [{ json }] = await runDefinition(client, getConnections, raw);
  const { connections, warnings } = json as { connections: object[]; warnings: string[] };
  return { connections, warnings, requests: transport.requests.length };
}

it('says that the appliance lists no more than 1,000', async () => {
  const { connections, warnings, requests } = await list(5000, { returnAll: true });
  expect([connections.length, requests]).toEqual([1000, 10]);
  expect(warnings).toEqual([expect.stringMatching(/lists the 1000 highest of 5000 connections/)]);
  // Where only the capped number is told, too.
  const capped = await list(5000, { returnAll: true }, 1000);
  expect(capped.warnings).toEqual([expect.stringMatching(/lists the 1000 highest connections/)]);
});

it('says that a filter may have missed some, though few are wanted', async () => {
  const { connections, warnings } = await list(5000, { limit: 5, l4Protocol: 'tcp' });
  expect(connections).toHaveLength(5);
  expect(warnings).toEqual([expect.stringContaining('may be missing')]);
});

it.each([
  [{ limit: 5 }, 5000, 5, 1],
  [{ limit: 250 }, 5000, 250, 3],
  [{ returnAll: true }, 999, 999, 10],
  [{ limit: 5, port: 443 }, 300, 5, 3],
])('warns of nothing with %j of %d', async (values, count, listed, requests) => {
  const found = await list(count, values);
  expect([found.connections.length, found.requests]).toEqual([listed, requests]);
  expect(found.warnings).toEqual([]);
});

it('keeps what it does not know, and reads times with a comma', async () => {
  const { connections } = await list(1, { simplify: false });
  expect(connections).toEqual([
    {
      clientIp: '10.0.0.1',
      clientPort: 0,
      serverIp: '10.0.0.2',
      serverPort: 443,
      l4Protocol: 'TCP',
      protocol: 'SSL',
      connectionStart: '1795448946280,7749',
      connectionStartIso: '2026-11-23T15:49:06.280Z',
      lastActivity: 1795448950120,
      lastActivityIso: '2026-11-23T15:49:10.120Z',
      durationSeconds: 3.839,
      rxPackets: 1,
      rxBytes: 100,
      txPackets: 2,
      txBytes: 200,
      totalPackets: 3,
      totalBytes: 300,
      custom: { kept: true },
    },
  ]);
});
