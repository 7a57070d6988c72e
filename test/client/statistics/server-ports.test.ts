import { fakeClient, never } from '../../support/fake-transport';

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
    const none = { asServer: [], asClient: [], leftOut: 0, malformedRows: 0 };
    expect(await read('a,b,c,d,e,f,g\n')).toEqual(none);
    const rows = 'a,b,c,d,e,f,g\n10.0.0.9,,,ICMP,,1,client\n10.0.0.9,99999,,,,1,client\n';
    expect(await read(rows)).toEqual(none);
    const short = `${rows}10.0.0.9,1\n10.0.0.9,,,ICMP,,1,client\n`;
    expect(await read(short)).toEqual({ ...none, malformedRows: 1 });
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
    expect(transport.paths).toEqual([
      `/API/stats/modules/ip/ips/fe80::1%25eth0/peers_ports?csv=true`,
    ]);
  });
});
