import { Api } from '../../client/api/api';
import { systemContext } from '../../node-red/runtime/config-node/system-context';
import { checkAppliance } from '../../scripts/check-appliance/check-appliance';
import type { PERSONALITIES } from '../../simulator';
import { startSimulator, STEADY_HOST, type SimulatorOptions } from '../../simulator';
import { axiosTransport } from '../contract/support/transports';

async function report(options: SimulatorOptions = {}): Promise<string[]> {
  const simulator = await startSimulator({ historySeconds: 60, ...options });
  const { transport, destroy } = axiosTransport(simulator);
  const api = new Api({ transport, context: systemContext });
  const lines: string[] = [];
  try {
    for await (const line of checkAppliance(api, new AbortController().signal)) lines.push(line);
    const changed = simulator.requests.filter(({ method }) => !['GET', 'OPTIONS'].includes(method));
    expect(changed).toEqual([]);
    return lines;
  } finally {
    destroy();
    await simulator.close();
  }
}

it('finds that the simulator responds as expected, and names no value and no address', async () => {
  const lines = await report();
  // What the simulator does not have.
  const missing = ['ringBufferReplay', 'pcap', 'ipsTCP'];
  const other = lines.filter((line) => /failed|different/.test(line));
  expect(other.filter((line) => !missing.some((name) => line.includes(`/${name}:`)))).toEqual([]);
  expect(lines).toContain('GET /API/stats/time: as expected');
  expect(lines.at(-1)).toMatch(/^This login may: statistics yes, captures yes, voip yes, /);
  expect(lines.join('\n')).not.toContain(STEADY_HOST);
  expect(lines.join('\n')).not.toMatch(/\d{1,3}(\.\d{1,3}){3}|demo-token/);
});

it.each([
  ['missing-modules', /mac_protocols\/generic: failed \(notFound, HTTP 404\)/],
  ['clock-403', /stats\/time: failed \(permission, HTTP 403\)/],
  ['clock-key', /stats\/time: different: currentTime is missing, expected number/],
])('says what is different with %s', async (name, expected) => {
  const personality = name as keyof typeof PERSONALITIES;
  expect((await report({ personality })).join('\n')).toMatch(expected);
});
