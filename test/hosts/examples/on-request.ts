import { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { STEADY_HOST } from '../../../simulator';
import type { Packet } from '../../../simulator/packets/packet';
import { readCapture } from '../../../simulator/packets/capture-reader';
import { CAPTURE_PATH } from '../../contract/support/capture-faults';
import { ask } from '../../simulator/support';
import { endTraffic } from '../appliance-events';
import { waitUntil } from '../../contract/support/wait-until';
import { readable } from '../../neighbours';
import { capturesOf, hashOf, onlyCapture } from '../truth';
import type { ExampleSuite } from './example-host';

export const whichDevice: ExampleSuite = (get) => {
  const NAME = '04-which-device';
  // Less to count for the simulator.
  const fields = {
    'Which device saw it': { lastAmount: 2 },
    'Its packets': { lastAmount: 2 },
  };
  const post = async (host: string) => (await get().begin(NAME, { fields })).post({ host });
  const chat = () => get().neighbours.chat;
  /** In Node-RED, what is said of each device is sent beside the message about all of them. */
  const untilSaid = (host: string, devices: number) =>
    waitUntil(() =>
      chat().messages.some(({ text }) => text === `${host} was seen by ${devices} of 2 devices`),
    );
  /** The devices by their traffic of the host, in the time that they were asked about. */
  const ranked = async () => {
    const { simulator } = get();
    const asked = simulator.requests.filter(({ path }) => path.endsWith(`/ip/ips/${STEADY_HOST}`));
    const traffic = asked.map(async ({ url }) => {
      const { interval } = (await ask(simulator, url)).json as { interval: number[] };
      const [, received = 0, , transmitted = 0] = interval;
      const id = new URL(url, simulator.url).searchParams.get('mm-id');
      return { id, bytes: received + transmitted };
    });
    return (await Promise.all(traffic)).sort((a, b) => b.bytes - a.bytes).map(({ id }) => id);
  };

  it('captures on each device that saw the address', async () => {
    const { simulator } = get();
    // Without new traffic, what was counted can be counted again.
    await endTraffic(simulator);
    await post(STEADY_HOST);
    const said = (id: string) => new RegExp(`\\b${id}: [1-9][\\d,]* packets`);
    await waitUntil(() => ['local', 'branch-1'].every((id) => said(id).test(chat().transcript)));
    await untilSaid(STEADY_HOST, 2);
    const listed = [...chat().transcript.matchAll(/^• ([\w-]+): \d/gm)].map(([, id]) => id);
    expect(listed).toEqual(await ranked());
    const captures = simulator.requests.filter(({ path }) => path === CAPTURE_PATH);
    const ids = captures.map(({ url }) => new URL(url, simulator.url).searchParams.get('mm-id'));
    expect([...ids].sort()).toEqual(['branch-1', 'local']);
    const { expression, startUs, endUs } = capturesOf(simulator)[ids.indexOf('local')]!;
    const { packets } = await simulator.packetsIn(expression, startUs, endUs);
    expect(chat().transcript).toContain(`local: ${packets.toLocaleString('en-US')} packets`);
    const file = await simulator.fileOf(expression, startUs, endUs);
    expect(chat().transcript).toContain(`SHA-256 ${hashOf(file)}`);
  });

  it('says so where no device saw it, and captures nothing', async () => {
    await post('192.0.2.99');
    await untilSaid('192.0.2.99', 0);
    expect(capturesOf(get().simulator)).toEqual([]);
  });

  it('tells a person what failed, and what did not', async () => {
    const refused = { kind: 'answer', status: 403, method: 'GET', path: CAPTURE_PATH } as const;
    get().simulator.faults.add({ ...refused, times: 1 });
    await post(STEADY_HOST);
    await waitUntil(() => /: [1-9][\d,]* packets/.test(chat().transcript));
    await waitUntil(() => chat().transcript.includes(`Failed: looking for ${STEADY_HOST}`));
    await untilSaid(STEADY_HOST, 2);
    expect(chat().transcript).toContain('HTTP 403');
  });
};

export const liveCapture: ExampleSuite = (get) => {
  const NAME = '05-live-capture';

  it('hands the capture back to the browser', async () => {
    const { simulator } = get();
    const begunUs = simulator.nowUs();
    // Longer than a busy machine takes until the first packet.
    const fields = { host: STEADY_HOST, port: '443', seconds: '15', megabytes: '10' };
    const { text, file } = await (await get().begin(NAME)).fill(fields);
    expect(text).toContain(hashOf(file!));
    const { expression } = onlyCapture(simulator);
    expect(expression).toMatch(/ip==10\.1\.2\.3\b.*443/);
    const packets: Packet[] = [];
    for await (const some of readCapture(Readable.from([file!]))) packets.push(...some);
    const [firstUs, lastUs] = [packets[0]!.timeUs, packets.at(-1)!.timeUs];
    expect(firstUs).toBeGreaterThanOrEqual(begunUs - 1e6);
    const truth = await simulator.packetsIn(expression, firstUs, lastUs + 1);
    expect(packets).toHaveLength(truth.packets);
  });

  it('tells the person at the form, and Slack, what went wrong', async () => {
    const { simulator, neighbours } = get();
    const fields = { host: '10.1.2.300', port: '', seconds: '3', megabytes: '10' };
    const { text } = await (await get().begin(NAME)).fill(fields);
    expect(text).toContain('10.1.2.300');
    await waitUntil(() => neighbours.chat.messages.length === 1);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: a live capture of 10.1.2.300');
    expect(simulator.requests).toEqual([]);
  });
};

export const portInventory: ExampleSuite = (get) => {
  const NAME = '10-port-inventory';
  const SERVER = '10.1.0.20';
  const path = `/API/stats/modules/ip/ips/${SERVER}`;
  const fields = { 'Server ports': { addresses: '10.1.0.0/24' } };
  const last = () => readable(get().neighbours.chat.messages.at(-1)!);

  it('tells what is new since the last time, and mails the whole as CSV', async () => {
    const { simulator, neighbours } = get();
    const inventories = () =>
      neighbours.mail.mails.map(({ attachments }) =>
        (
          parse(attachments[0]!.content, { columns: true, bom: true }) as Array<{ ip: string }>
        ).some(({ ip }) => ip === SERVER),
      );
    // At the first time, the file server is not there yet.
    simulator.faults.add({ kind: 'answer', status: 404, path });
    const example = await get().begin(NAME, { fields });
    await example.round();
    expect(neighbours.chat.messages[0]!.text).toMatch(/^Server ports: \d+ as the baseline$/);
    simulator.faults.clear();
    await example.round();
    await waitUntil(() => inventories().includes(true));
    expect(inventories()[0]).toBe(false);
    expect(neighbours.chat.transcript).toMatch(/^Server ports: [1-9]\d* new, 0 gone$/m);
    expect(neighbours.chat.transcript).toContain(`New: ${SERVER}:`);
    expect(neighbours.chat.refused).toEqual([]);
  });

  it('calls nothing gone or new that could not be read', async () => {
    const { simulator } = get();
    const example = await get().begin(NAME, { fields });
    await example.round();
    simulator.faults.add({ kind: 'answer', status: 500, path });
    await example.round();
    expect(last()).toMatch(/^Server ports: 0 new, 0 gone\n/);
    expect(last()).toContain(`Addresses that could not be read: 1 (${SERVER})`);
    simulator.faults.clear();
    await example.round();
    expect(last()).toMatch(/^Server ports: 0 new, 0 gone\n/);
    expect(last()).not.toContain('could not be read');
  });
};
