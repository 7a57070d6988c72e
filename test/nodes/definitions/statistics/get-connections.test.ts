import { getConnections } from '../../../../nodes/definitions/statistics/get-connections';
import { runDefinition } from '../../../contract/support/run-definition';
import { fakeClient, never } from '../../../support/fake-transport';

const IP = '/API/stats/modules/ip';

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

describe('the server ports of an address', () => {
  const read = (csv: string) =>
    fakeClient(() => ({ text: csv })).client.serverPorts('10.0.0.1', {}, never());

  it.each([
    ['the names of the simulator', 'peer,port,peer name,l4 protocol,protocol,bytes,peer role'],
    ['any names, by the positions of the script', 'a,b,c,d,e,f,g'],
    ['camel case', 'peerIp,serverPort,x,y,z,bytes,peerRole'],
  ])('are found under %s', async (_, header) => {
    const csv = `${header}\n10.9.9.9,443,n,TCP,SSL,1,client\n"10.9.9.8",53,n,UDP,DNS,1,server\n10.9.9.7,443,n,TCP,SSL,1,client\n`;
    expect(await read(csv)).toEqual({
      asServer: [443],
      asClient: [53],
      leftOut: 0,
      malformedRows: 0,
    });
  });

  it('are found under names in another order', async () => {
    const csv = 'Peer Role,Bytes,Server Port,Client Port\nclient,5,8443,50000\n';
    expect(await read(csv)).toEqual({
      asServer: [8443],
      asClient: [],
      leftOut: 0,
      malformedRows: 0,
    });
  });

  it('are none in an empty table, or in rows without a port', async () => {
    expect(await read('a,b,c,d,e,f,g\n')).toEqual({
      asServer: [],
      asClient: [],
      leftOut: 0,
      malformedRows: 0,
    });
    const rows = 'a,b,c,d,e,f,g\n10.0.0.9,,,ICMP,,1,client\n10.0.0.9,99999,,,,1,client\n';
    expect(await read(rows)).toEqual({ asServer: [], asClient: [], leftOut: 0, malformedRows: 0 });
    const short = `${rows}10.0.0.9,1\n10.0.0.9,,,ICMP,,1,client\n`;
    expect(await read(short)).toEqual({ asServer: [], asClient: [], leftOut: 0, malformedRows: 1 });
    await expect(read(`${rows}10.0.0.9,1`)).rejects.toMatchObject({ kind: 'incomplete' });
  });

  it('are without ephemeral ports and those of calls, where only services are wanted', async () => {
    const rows = ['TCP,SSL', 'UDP,DNS', 'UDP,RTP', 'TCP,', 'udp,', ',rtcp'];
    const ports = [443, 53, 5004, 27017, 16384, 20001];
    const table = rows.map((row, index) => `x,${ports[index]},n,${row},1,client\n`).join('');
    const header = 'peer,port,peer name,l4 protocol,protocol,bytes,peer role\n';
    const again =
      'x,5004,n,TCP,SSL,1,client\nx,32768,n,TCP,SSL,1,client\nx,50000,n,TCP,,1,server\n';
    const { client } = fakeClient(() => ({ text: header + table + again }));
    const found = await client.serverPorts('10.0.0.1', {}, { ...never(), servicesOnly: true });
    expect(found).toEqual({
      asServer: [53, 443, 5004, 27017],
      asClient: [],
      leftOut: 4,
      malformedRows: 0,
    });
  });

  it('are not known from an answer without even a header', async () => {
    await expect(read('')).rejects.toMatchObject({ kind: 'incomplete', canRetry: true });
  });

  it.each([
    ['a web page', '<html>x</html>'],
    ['JSON', '{"error":"x"}'],
    ['too few columns', 'a,b\n1,2\n'],
  ])('are not read from %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ kind: 'badAnswer' });
  });

  it('are asked for with an encoded address', async () => {
    const { client, transport } = fakeClient(() => ({ text: 'a,b,c,d,e,f,g\n' }));
    await client.serverPorts('fe80::1%eth0', {}, never());
    expect(transport.paths).toEqual([`${IP}/ips/fe80::1%25eth0/peers_ports?csv=true`]);
  });
});
