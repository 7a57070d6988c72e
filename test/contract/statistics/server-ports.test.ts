import { parse } from 'csv-parse/sync';
import { getServerPorts } from '../../../nodes/definitions/statistics/get-server-ports';
import { ask } from '../../simulator/support';
import { useSimulator } from '../support/bench';
import { runDefinition } from '../support/run-definition';
import { waitUntil } from '../support/wait-until';

const IPS = '/API/stats/modules/ip/ips';
const bench = useSimulator(120);

interface Host {
  ip: string;
  asServer: number[];
  asClient: number[];
}

const signal = new AbortController().signal;
const run = (values = {}, options = {}) =>
  runDefinition(bench.client, getServerPorts, values, options);
const inventory = async (values = {}) => {
  const [{ json }] = await run(values);
  return json as typeof json & { hosts: Host[]; gone: string[]; failed: object[] };
};
const allIps = async () => (await bench.client.get(IPS, {}, { signal })) as string[];

/** What the vendor's script makes of one address, read by another library and by position. */
async function asTheScript(ip: string): Promise<Host> {
  const path = `${IPS}/${ip}/peers_ports`;
  const { body } = await ask(bench.simulator, `${path}?csv=true`);
  const rows = parse(body, { from: 2 }) as string[][];
  const ports = (isServer: boolean) =>
    [
      ...new Set(
        rows.filter((row) => (row[6] === 'client') === isServer).map((row) => Number(row[1])),
      ),
    ].sort((a, b) => a - b);
  return { ip, asServer: ports(true), asClient: ports(false) };
}

it('lists each address with its ports in both roles', async () => {
  bench.standStill();
  const { hosts, ports } = await inventory({ portFilter: 'all' });
  const ips = await allIps();
  expect(hosts.map(({ ip }) => ip)).toEqual(ips);
  for (const host of hosts) expect(host).toMatchObject(await asTheScript(host.ip));
  expect(ports).toBe(
    hosts.reduce((sum, { asServer, asClient }) => sum + asServer.length + asClient.length, 0),
  );
  expect(hosts.some(({ asServer }) => asServer.length > 0)).toBe(true);
  expect(hosts.some(({ asClient }) => asClient.length > 0)).toBe(true);
});

it('leaves out the ports of calls and of clients, and says how many', async () => {
  bench.standStill();
  const all = await inventory({ portFilter: 'all' });
  const services = await inventory();
  const portsOf = ({ hosts }: typeof all) => [...new Set(hosts.flatMap((one) => one.asServer))];
  const rtp = portsOf(all).filter((port) => port >= 16_000 && port <= 30_000);
  expect(rtp.length).toBeGreaterThan(0);
  expect(portsOf(services).filter((port) => rtp.includes(port))).toEqual([]);
  expect(portsOf(services)).toEqual(expect.arrayContaining([53, 443, 5060]));
  expect((services.ports as number) + (services.leftOut as number)).toBe(all.ports);
  expect(all.leftOut).toBe(0);
});

it('takes the list of addresses as an object, too', async () => {
  bench.simulator.switches.ipsShape = 'object';
  expect((await inventory()).hosts.length).toBeGreaterThan(5);
});

it('makes a CSV of it, with the columns of the vendor', async () => {
  const [{ json, file }] = await run({ listOutput: 'csv' });
  const rows = parse(file!.bytes, { columns: true }) as Array<Record<string, string>>;
  expect(Object.keys(rows[0])).toEqual(['ip address', 'ip role', 'server port']);
  expect(json).toMatchObject({
    fileName: file!.name,
    rows: rows.length,
    ports: rows.length,
    bytes: file!.bytes.length,
    sha256: file!.sha256,
  });
});

it('counts malformed rows, and takes no port from them', async () => {
  const body = [
    'Peer,Server port,a,b,c,d,Peer role',
    '10.0.0.1,443,1,1,1,1,client',
    '10.0.0.2,22,1,1,1,client',
    'x,10.0.0.3,80,1,1,1,1,client',
    '',
  ].join('\r\n');
  bench.simulator.faults.add({ kind: 'answer', status: 200, body, path: `${IPS}/10.9.9.9` });
  const { hosts, warnings } = await inventory({ addresses: '10.9.9.9' });
  expect(hosts).toMatchObject([
    { ip: '10.9.9.9', text: 'Offers port 443.', asServer: [443], asClient: [] },
  ]);
  expect(warnings).toEqual([expect.stringMatching(/left out.*: 2\.$/)]);
  bench.simulator.faults.clear();
});

it('asks only for the addresses, networks and roles that are wanted', async () => {
  bench.standStill();
  const ips = await allIps();
  const [first] = ips.filter((ip) => ip.includes('.'));
  bench.simulator.clearRequests();
  const one = await inventory({ addresses: first, portRole: 'asServer' });
  expect(one.hosts.map(({ ip }) => ip)).toEqual([first]);
  expect(one.hosts[0].asClient).toEqual([]);
  expect(bench.met(IPS)).toHaveLength(1);
  const network = first.replace(/\.\d+$/, '.0/24');
  const several = await inventory({ addresses: `${network}, 192.0.2.1/32` });
  const prefix = first.replace(/\d+$/, '');
  expect(several.hosts.map(({ ip }) => ip).sort()).toEqual(
    ips.filter((ip) => ip.startsWith(prefix)).sort(),
  );
});

it('tells what is gone and what failed, and goes on', async () => {
  bench.standStill();
  const ips = await allIps();
  bench.simulator.faults.add({
    kind: 'answer',
    status: 500,
    body: 'oops',
    path: `${IPS}/${ips[0]}/peers_ports`,
  });
  const addresses = `${ips[0]}, ${ips[1]}, 192.0.2.99`;
  const { hosts, gone, failed, warnings } = await inventory({ addresses, portFilter: 'all' });
  const error = { kind: 'appliance', status: 500, message: expect.stringContaining('oops') };
  expect(hosts).toEqual([
    { ...(await asTheScript(ips[1])), text: expect.stringMatching(/ports? \d/) },
    { ip: ips[0], text: '', asServer: [], asClient: [], error },
  ]);
  expect(gone).toEqual(['192.0.2.99']);
  expect(failed).toEqual([{ ip: ips[0], ...error }]);
  expect(warnings).toHaveLength(1);
});

it('ends at once when the login is refused', async () => {
  const ips = await allIps();
  bench.simulator.clearRequests();
  bench.simulator.faults.add({ kind: 'answer', status: 401, body: '', path: `${IPS}/` });
  await expect(inventory({ parallelRequests: 2 })).rejects.toMatchObject({ kind: 'login' });
  expect(bench.met(`${IPS}/`).length).toBeLessThan(ips.length);
});

it('asks several at once, as many as it may, and tells how far it is', async () => {
  bench.simulator.faults.add({ kind: 'slow', bytesPerSecond: 10, path: `${IPS}/` });
  const steps: Array<[number | undefined, number | undefined]> = [];
  const onProgress = ({ done, total }: { done?: number; total?: number }) =>
    steps.push([done, total]);
  const running = run({}, { onProgress });
  // None has its answer before eight have asked, however slow this machine is.
  await waitUntil(() => bench.met(`${IPS}/`).filter(({ isOpen }) => isOpen).length === 8);
  bench.simulator.faults.clear();
  const [{ json }] = await running;
  const asked = bench.met(`${IPS}/`);
  const atOnce = asked.map(
    ({ startedAtMs: time }) =>
      asked.filter(({ startedAtMs, endedAtMs }) => startedAtMs <= time && time < endedAtMs!).length,
  );
  expect(Math.max(...atOnce)).toBe(8);
  expect(steps.at(-1)).toEqual([json.addresses, json.addresses]);
});
