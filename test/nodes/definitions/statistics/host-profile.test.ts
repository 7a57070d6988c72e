import { hostProfile } from '../../../../nodes/definitions/statistics/host-profile';
import { jsonOf } from '../../../contract/support/run-definition';
import { fakeClient, type FakeAnswer } from '../../../support/fake-transport';
import { errorOf } from '../../../support/error-of';

const IPS = '/API/stats/modules/ip/ips';
const counters = (rxBytes: number, txBytes: number) => ({
  interval: [1, rxBytes, 2, txBytes],
  allTime: [10, 10 * rxBytes, 20, 10 * txBytes],
});
const list = (...displayedItems: object[]) => ({
  json: { displayedItems, numberOfItems: displayedItems.length, numberOfPages: 1 },
});

/** An appliance that knows 10.1.2.3 alone. */
const ANSWERS: Record<string, FakeAnswer> = {
  '/API/stats/time': { json: { currentTime: Date.UTC(2026, 10, 23, 16) } },
  [`${IPS}_paged`]: list({ ip: '10.1.2.3' }),
  [`${IPS}/10.1.2.3`]: {
    json: { ip: '10.1.2.3', dnsName: 'alice.example', macVendor: 'ACME', ...counters(9e6, 1e6) },
  },
  [`${IPS}/10.1.2.3/macs`]: { json: { macs: { '02:00:5E:00:01:03': {} } } },
  [`${IPS}/10.1.2.3/peers`]: list(
    { ip: '10.1.2.9', dnsName: 'files.example', ...counters(1, 9) },
    // Without an address it is not a peer.
    { name: 'others', ...counters(1, 1) },
  ),
  [`${IPS}/10.1.2.3/protocols`]: {
    json: { protocols: { DNS: counters(100, 100), SMB: counters(300, 300), NTP: counters(0, 0) } },
  },
  [`${IPS}/10.1.2.3/peers_ports`]: {
    text: 'ip,port,a,b,c,d,role\n10.1.2.9,22,,,,,client\n10.1.2.9,445,,,,,server\n',
  },
  [`${IPS}/10.1.2.3/connections`]: list(
    {
      ...{ clientIp: '10.1.2.3', clientPort: 50000, serverIp: '10.1.2.9', serverPort: 445 },
      ...{ connectionStart: 1795448946280, lastActivity: 1795448950120, ...counters(5, 5) },
    },
    {
      ...{ clientIp: '10.1.2.9', clientPort: 50001, serverIp: '10.1.2.3', serverPort: 22 },
      ...{ connectionStart: 1795444146280, lastActivity: 1795444150120, ...counters(1, 1) },
    },
  ),
};

const answering = (changes: Record<string, FakeAnswer> = {}) =>
  fakeClient(({ path }) => {
    const [name] = path.split('?');
    return { ...ANSWERS, ...changes }[name!] ?? { status: 404, json: {} };
  });
const profileOf = async (changes = {}, raw = {}) => {
  const { client, transport } = answering(changes);
  const json = await jsonOf(hostProfile, client, { addresses: '10.1.2.3', ...raw });
  return { json, hosts: json.hosts as Array<Record<string, unknown>>, transport };
};

it('says in a few lines what is known of a host', async () => {
  const { hosts, json } = await profileOf();
  expect(hosts).toEqual([
    expect.objectContaining({
      ...{ ip: '10.1.2.3', seen: true, name: 'alice.example', macVendor: 'ACME', failed: [] },
      macs: ['02:00:5e:00:01:03'],
      traffic: expect.objectContaining({ rxBytes: 9e6, txBytes: 1e6 }),
      peers: [
        {
          ...{ ip: '10.1.2.9', name: 'files.example', totalBytes: 10 },
          ...{ since: '2026-11-23T14:29:06.280Z', lastActivity: '2026-11-23T15:49:10.120Z' },
        },
      ],
      protocols: [
        { protocol: 'SMB', totalBytes: 600, sharePercent: 75 },
        { protocol: 'DNS', totalBytes: 200, sharePercent: 25 },
      ],
      ...{ offersPorts: [22], usesPorts: [445] },
      connections: [
        expect.objectContaining({ serverPort: 445, totalBytes: 10 }),
        expect.objectContaining({ serverPort: 22, totalBytes: 2 }),
      ],
    }),
  ]);
  expect(String(hosts[0]!.text).split('\n')).toEqual([
    '10.1.2.3 (alice.example, 02:00:5e:00:01:03, ACME): received 9 MB and transmitted 1 MB in 60 min.',
    'Peers: files.example 10.1.2.9 (10 B, 2026-11-23 14:29:06 to 15:49:10 UTC).',
    'Protocols: SMB 75 %, DNS 25 %.',
    'Offers port 22; uses port 445.',
  ]);
  expect(json.warnings).toEqual([]);
});

it('takes the counters since the start without a time range', async () => {
  const { hosts, transport } = await profileOf({}, { timeMode: 'none' });
  expect(hosts[0]!.traffic).toMatchObject({ rxBytes: 9e7 });
  expect(hosts[0]!.text).toContain('since the appliance started');
  expect(transport.paths.join()).not.toContain('starttime');
});

it.each(['macs', 'peers', 'protocols', 'peers_ports', 'connections'])(
  'goes on without %s where the appliance lacks it',
  async (part) => {
    const { hosts } = await profileOf({ [`${IPS}/10.1.2.3/${part}`]: { status: 403, json: {} } });
    const name = part === 'peers_ports' ? 'serverPorts' : part;
    expect(hosts[0]).toMatchObject({ seen: true, failed: [{ part: name, kind: 'permission' }] });
    expect(hosts[0]!.text).toContain(`Not read: ${name}.`);
  },
);

it('tells hosts apart that were not seen, or could not be read', async () => {
  const broken = { [`${IPS}/10.1.2.4`]: { status: 403, json: {} } };
  const { hosts, json } = await profileOf(broken, { addresses: '10.1.2.3, 10.1.2.5 10.1.2.4' });
  expect(hosts.map(({ ip, seen }) => [ip, seen])).toEqual([
    ['10.1.2.3', true],
    ['10.1.2.5', false],
    ['10.1.2.4', null],
  ]);
  expect(hosts[1]!.text).toBe('10.1.2.5: not seen by the appliance, or no longer remembered.');
  expect(json.warnings).toEqual([
    expect.stringMatching(/^1 of 3 addresses could not be read. Permission/),
  ]);
  const { client } = answering(broken);
  const failed = jsonOf(hostProfile, client, { addresses: '10.1.2.4' });
  expect(await errorOf(failed)).toMatchObject({ kind: 'permission' });
});
