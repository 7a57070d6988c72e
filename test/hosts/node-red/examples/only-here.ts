import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STEADY_HOST } from '../../../../simulator';
import { cutCapture } from '../../../contract/support/capture-faults';
import { waitUntil } from '../../../contract/support/wait-until';
import { SURICATA_ALERT } from '../../../examples/alerts';
import { MispServer } from '../../../neighbours';
import { hashOf, requestedWindow } from '../../truth';
import { type ExampleBench } from './example-bench';
import { named } from './named';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

/** What examples do in Node-RED only. */

export function firstCapture(get: () => ExampleBench): void {
  const NAME = '13-first-capture';
  const time = () => new Date(Math.floor(get().simulator.nowUs() / 1000) - 300_000).toISOString();

  it.each([
    ['a time that is none', { ip: STEADY_HOST, time: 'yesterday' }],
    ['an address that is none', { ip: '10.1.2.300', time: '2026-11-23T15:50:00Z' }],
    ['no address', { time: '2026-11-23T15:50:00Z' }],
  ])('refuses %s without a request', async (_what, alert) => {
    const { status, data } = await (await get().begin(NAME)).ask(alert);
    expect([status, data[0]!.code]).toEqual([400, 'ALLEGRO_INPUT']);
    expect(get().simulator.requests).toEqual([]);
  });

  it('reads a time without a zone in that of the server', async () => {
    // The server has the time zone of the tests. The Swedish form is ISO 8601 with a blank.
    const local = new Date(time()).toLocaleString('sv').replace(' ', 'T');
    const alert = { ip: STEADY_HOST, time: local };
    const { data } = await (await get().begin(NAME)).ask(alert);
    const { startUs } = requestedWindow({ json: data[0]! });
    expect(startUs).toBe(new Date(local).getTime() * 1000 - 60e6);
  });

  it('tells the alerting system when the capture breaks off, and leaves no file', async () => {
    const { bench, simulator } = get();
    const example = await get().begin(NAME);
    const before = bench.filesIn('captures');
    simulator.faults.add(cutCapture);
    const { status, data } = await example.ask({ ip: STEADY_HOST, time: time() });
    expect(status).toBe(502);
    expect(data[0]).toMatchObject({ code: 'ALLEGRO_INCOMPLETE', canRetry: true });
    expect(bench.filesIn('captures')).toEqual(before);
    await example.hear('ALLEGRO_INCOMPLETE');
  });

  it('shows below the node how many packets came', async () => {
    const example = await get().begin(NAME);
    await example.press('Packets around the alert', /^[\d,]+ packets, /);
    expect(
      get()
        .bench.filesIn('captures')
        .filter((name) => /^\.|\.part$/.test(name)),
    ).toEqual([]);
  });
}

export function liveCapture(get: () => ExampleBench): void {
  it('shows a form with the fields that it reads', async () => {
    await get().begin('05-live-capture');
    const page = await (await fetchOnce(`${get().url}/allegro/live`)).text();
    for (const name of ['host', 'port', 'seconds', 'megabytes']) {
      expect(page).toContain(`name="${name}"`);
    }
  });
}

/** A trigger's own failure goes to Catch here; in n8n it is the workflow's error workflow that hears of it. */
export function thresholdWatch(get: () => ExampleBench): void {
  it('tells a person when the appliance fails', async () => {
    const { simulator, neighbours } = get();
    simulator.faults.add({ kind: 'answer', status: 401 });
    await (await get().begin('09-threshold-watch')).watch();
    await waitUntil(() => neighbours.chat.messages.length > 0);
    expect(neighbours.chat.messages[0]!.text).toBe('Failed: the threshold watch');
  });
}

export function portInventory(get: () => ExampleBench): void {
  it('begins anew where its file is damaged', async () => {
    const { chat } = get().neighbours;
    const file = join(get().bench.host.userDir, 'allegro-server-ports.json');
    writeFileSync(file, '["10.1.0.2');
    const fields = { 'Server ports': { addresses: '10.1.0.0/24' } };
    await (await get().begin('10-port-inventory', { fields })).round();
    expect(chat.messages[0]!.text).toMatch(/^Server ports: \d+ as the baseline$/);
    expect(chat.transcript).toContain('allegro-server-ports.json was damaged');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(expect.any(Array));
  });
}

export function aiTriage(get: () => ExampleBench): void {
  it('ends after eight rounds, and says so', async () => {
    const { chat, model } = get().neighbours;
    model.calls = Array.from({ length: 20 }, () => ({ tool: /talkers/, args: {} }));
    await (await get().begin('12-ai-triage')).post(SURICATA_ALERT);
    await waitUntil(() => chat.messages.length > 0);
    expect(chat.messages[0]!.text).toMatch(/^Failed: the triage of /);
    expect(chat.transcript).toContain('did not finish within eight rounds');
    expect(model.toolAnswers).toHaveLength(7);
  });
}

export function newDevices(get: () => ExampleBench): void {
  it('shows what the appliance pushes', async () => {
    const secret = 'a-secret-of-20-chars';
    const { bench, simulator, url } = get();
    const nodes = await get().deploy('16-new-devices', (all) => {
      Object.assign(named(all, 'Pushed interfaces'), { credentials: { secret } });
    });
    const trigger = named(nodes, 'Pushed interfaces').id;
    await waitUntil(() => bench.events.statusesOf(trigger).includes('waiting'));
    const target = `${url}/allegro/interfaces?secret=${secret}`;
    const path = '/API/stats/interfaces';
    const sent = simulator.exportStatistics({ path, target, intervalSeconds: 60 });
    expect(await sent.send()).toBe(200);
    sent.stop();
    const { id } = named(nodes, 'Interfaces');
    await waitUntil(() => bench.events.debugOf(id).length === 1);
    expect(bench.events.debugOf(id)[0]).toContain('Interface 1');
  });
}

/** As the guide says: what an example captures, in an attribute of an event. */
export function misp(get: () => ExampleBench): void {
  it('attaches the pcap to an event of MISP', async () => {
    const { misp: server } = get().neighbours;
    const nodes = await get().deploy('22-application-slow', (all) => {
      const packets = named(all, 'Its packets');
      (packets.wires as string[][])[0]!.push('file');
      const attribute = `return {
        headers: { Authorization: '${MispServer.KEY}' },
        payload: { type: 'attachment', category: 'Network activity',
          value: msg.filename.split('/').at(-1), data: msg.payload.toString('base64') },
      };`;
      const [filename, url] = ['payload.path', `${server.url}/attributes/add/${MispServer.EVENT}`];
      const place = { z: packets.z, x: 500, y: 300 };
      all.push(
        { ...place, id: 'file', type: 'file in', filename, filenameType: 'msg', wires: [['make']] },
        { ...place, id: 'make', type: 'function', func: attribute, outputs: 1, wires: [['post']] },
        {
          ...place,
          id: 'post',
          type: 'http request',
          method: 'POST',
          ret: 'txt',
          url,
          wires: [[]],
        },
      );
    });
    await get().press(nodes, 'Sample complaint');
    await waitUntil(() => server.tickets.length > 0 || server.refused.length > 0);
    expect(server.refused).toEqual([]);
    const [{ name, content }] = server.tickets[0]!.files as [{ name: string; content: Buffer }];
    const { host } = get().bench;
    const stored = readFileSync(join(host.userDir, 'captures', name));
    expect(hashOf(content)).toBe(hashOf(stored));
  });
}
