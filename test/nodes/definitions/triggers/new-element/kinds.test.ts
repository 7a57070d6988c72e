import { newElementTrigger } from '../../../../../nodes/definitions/triggers/new-element-trigger';
import type { FakeAnswer } from '../../../../support/fake-transport';
import { TriggerRunner } from '../../../../support/trigger-runner';

const START = Math.floor(Date.UTC(2026, 10, 23, 15, 50) / 1000);
const MODULES = '/API/stats/modules';
const IPS = `${MODULES}/ip/ips`;

type Answers = Record<string, unknown>;

/** An appliance that answers paths below the modules: text as a table, all else as JSON. */
function bench(raw: Record<string, unknown>) {
  const appliance = { now: START, answers: {} as Answers };
  const answer = (path: string): FakeAnswer => {
    if (path === '/API/stats/time') return { json: { currentTime: appliance.now * 1000 } };
    const found = appliance.answers[path.slice(MODULES.length + 1)];
    if (found === undefined) return { status: 404 };
    if (typeof found === 'number') return { status: found };
    return typeof found === 'string' ? { text: found } : { json: found };
  };
  const runner = new TriggerRunner(newElementTrigger, raw, answer);
  const poll = (answers: Answers) => {
    Object.assign(appliance.answers, answers);
    appliance.now += 60;
    runner.pass(60);
    return runner.poll();
  };
  return { runner, poll };
}

const rows = (field: string, ...elements: unknown[]) => ({
  displayedItems: elements.map((element) => ({ [field]: element, interval: [1, 60, 1, 60] })),
});
const table = (...lines: string[]) =>
  ['peer,port,peer name,l4 protocol,protocol,bytes,peer role', ...lines, ''].join('\n');
const PORTS = { elementKind: 'hostPort', addresses: '10.1.2.100' };
const elementsOf = (events: Array<Record<string, unknown>>) => events.map(({ element }) => element);

describe('the New Element Trigger', () => {
  it.each([
    ['tcpPort', 'services', ['20000', '443']],
    ['udpPort', 'services', ['443']],
    ['udpPort', 'all', ['20000', '40000', '443']],
  ])('of %s reports %s', async (elementKind, portFilter, expected) => {
    const list = `l4_ports/${elementKind.slice(0, 3)}_ports_paged`;
    const { poll } = bench({ elementKind, portFilter });
    await poll({ [list]: rows('serverPort', 53) });
    const events = await poll({ [list]: rows('serverPort', 53, 20000, 40000, 443) });
    expect(elementsOf(events)).toEqual(expected);
  });

  it('reports each new port that a watched host offers', async () => {
    const { poll } = bench({ elementKind: 'hostPort', addresses: '10.1.2.100, 2001:db8::1' });
    const known = 'x,443,n,TCP,SSL,1,client';
    await poll({ 'ip/ips/10.1.2.100/peers_ports': table(known) });
    const events = await poll({
      'ip/ips/10.1.2.100/peers_ports': table(
        known,
        'x,8443,n,TCP,SSL,1,client',
        'x,16500,n,UDP,RTP,1,client',
        'x,22,n,TCP,SSH,1,server',
      ),
      'ip/ips/10.1.2.100': { ip: '10.1.2.100', dnsName: 'files.example', macVendor: 'Vendor' },
      'ip/ips/2001:db8::1/peers_ports': table('x,53,n,UDP,DNS,1,client'),
    });
    expect(events).toMatchObject([
      {
        ...{ element: '10.1.2.100:8443', ip: '10.1.2.100', port: 8443, hostName: 'files.example' },
        ...{ mac: null, macVendor: 'Vendor', expression: 'ip==10.1.2.100:8443' },
      },
      {
        ...{ element: '[2001:db8::1]:53', ip: '2001:db8::1', port: 53, hostName: null },
        expression: '(ip==2001:db8::1 and portrange==53)',
      },
    ]);
    expect(await poll({})).toEqual([]);
  });

  it('warns when the hosts have more ports than are remembered', async () => {
    const { poll, runner } = bench({ ...PORTS, remembered: 100 });
    const ports = Array.from({ length: 101 }, (_, index) => `x,${1000 + index},n,TCP,SSL,1,client`);
    await poll({ 'ip/ips/10.1.2.100/peers_ports': table(...ports.slice(1)) });
    expect(runner.warnings).toEqual([]);
    await poll({ 'ip/ips/10.1.2.100/peers_ports': table(...ports) });
    expect(runner.warnings).toEqual([expect.stringContaining('only 100 are remembered')]);
  });

  it('takes no port of a host that could not be read for new', async () => {
    const { poll } = bench(PORTS);
    const path = 'ip/ips/10.1.2.100/peers_ports';
    await expect(poll({ [path]: 403 })).rejects.toMatchObject({ kind: 'permission' });
    expect(await poll({ [path]: table('x,443,n,TCP,SSL,1,client') })).toEqual([]);
  });

  it.each([
    ['no host', { addresses: ' ' }],
    ['a name', { addresses: 'server.example' }],
    ['more hosts than a poll can read', { addresses: '10.0.0.0/8' }],
  ])('refuses %s', async (_what, raw) => {
    const { poll } = bench({ elementKind: 'hostPort', ...raw });
    const many = Array.from({ length: 257 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    await expect(poll({ 'ip/ips': many })).rejects.toMatchObject({ field: 'addresses' });
  });

  it.each([
    ['dnsServer', 'dns/servers_paged', 'ip==10.1.2.66:53'],
    ['dhcpServer', 'dhcp/servers', 'ip==10.1.2.66 and portrange==67-68'],
  ])('reports a %s that is seen for the first time', async (elementKind, path, expression) => {
    const { poll, runner } = bench({ elementKind });
    const first = { ip: '10.1.2.1', hostName: 'router.example' };
    await poll({ [path]: { displayedItems: [first] } });
    const rogue = { ip: '10.1.2.66', mac: '00:11:22:33:44:55', allTime: [7, 0, 0, 0] };
    const events = await poll({ [path]: { displayedItems: [first, rogue] } });
    expect(events).toMatchObject([
      { element: '10.1.2.66', ip: '10.1.2.66', mac: '00:11:22:33:44:55', expression },
    ]);
    expect(events[0]).not.toHaveProperty('totalPackets');
    expect(await poll({})).toEqual([]);
    expect(await runner.preview()).toHaveLength(2);
  });

  it('names the address and host of a new MAC address, as far as they are told', async () => {
    const { poll } = bench({ elementKind: 'mac' });
    const [one, other] = ['00:00:00:00:00:01', '00:00:00:00:00:02'];
    await poll({ 'mac/mac_paged': rows('mac') });
    const events = await poll({
      'mac/mac_paged': rows('mac', one, other),
      [`mac/macs/${one}/ip_paged`]: {
        displayedItems: [{ ip: '10.1.2.44', dnsName: 'printer.example' }],
      },
      [`mac/macs/${other}/ip_paged`]: 403,
    });
    expect(events).toMatchObject([
      { mac: one, ip: '10.1.2.44', hostName: 'printer.example', macVendor: null },
      { mac: other, ip: null, hostName: null, macVendor: null },
    ]);
  });

  it('asks about few of many new elements', async () => {
    const { poll, runner } = bench({ elementKind: 'mac' });
    await poll({ 'mac/mac_paged': rows('mac') });
    const macs = Array.from({ length: 60 }, (_, index) => `00:00:00:00:00:${10 + index}`);
    expect(await poll({ 'mac/mac_paged': rows('mac', ...macs) })).toHaveLength(60);
    expect(runner.paths.filter((path) => path.includes('/ip_paged'))).toHaveLength(20);
  });

  it('does not take other ports for new when the choice of ports changes', async () => {
    const { poll, runner } = bench({ elementKind: 'udpPort' });
    const list = { 'l4_ports/udp_ports_paged': rows('serverPort', 53, 40000) };
    await poll(list);
    runner.change({ portFilter: 'all' });
    expect(await poll(list)).toEqual([]);
  });

  it('knows an address with its names from the list', async () => {
    const { poll, runner } = bench({ elementKind: 'ip' });
    await poll({ 'ip/ips_paged': rows('ip') });
    const row = { ip: '10.1.2.9', dhcpHostName: 'laptop', macVendor: 'V', interval: [1, 1, 1, 1] };
    const events = await poll({ 'ip/ips_paged': { displayedItems: [row] } });
    expect(events).toMatchObject([{ ip: '10.1.2.9', hostName: 'laptop', macVendor: 'V' }]);
    expect(runner.paths.some((path) => path.startsWith(`${IPS}/`))).toBe(false);
  });
});
