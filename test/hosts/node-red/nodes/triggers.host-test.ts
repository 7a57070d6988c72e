import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { asStored } from '../../../../node-red/editor/defaults';
import { NodeRedHost, until, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { startSimulator, type Simulator } from '../../../../simulator';
import { HostFlows } from '../support/host-flows';
import { TOKEN } from '../support/simulator-bench';

/** The least that a trigger allows; see `quick-polls.js`. */
const POLL = { pollSeconds: '10' };
const SECRET = 'a-secret-of-20-chars';
const LIMIT = 4_000_000;
const PLACE = { z: 'f0', x: 0, y: 0 };

let simulator: Simulator;
let host: NodeRedHost;
let userDir: string;
const events: Array<Record<string, unknown> & { node: string }> = [];

beforeAll(async () => {
  // Long enough for every address to have been seen: none is new but those of the tests.
  simulator = await startSimulator({ historySeconds: 600 });
  userDir = mkdtempSync(join(tmpdir(), 'allegro-triggers-'));
  await startHost();
});

afterAll(async () => {
  await host?.stop();
  await simulator?.close();
  rmSync(userDir, { recursive: true, force: true });
});

afterEach(() => {
  expect(host.isRunning).toBe(true);
  expect(host.log).not.toMatch(/uncaught|unhandled/i);
});

async function startHost(): Promise<void> {
  host = await NodeRedHost.start({ userDir, preload: join(__dirname, 'quick-polls.js') });
}

function trigger(id: string, kind: string, config: Record<string, unknown>): FlowNode {
  const type = `allegro-multimeter-${kind}-trigger`;
  const node = { id, type, ...PLACE, wires: [[`note-${id}`]], appliance: 'a0', ...config };
  return asStored(node as FlowNode);
}

const note = (id: string): FlowNode => ({
  id: `note-${id}`,
  type: 'function',
  ...PLACE,
  func: `const seen = flow.get('seen') || [];
    seen.push({ node: '${id}', topic: msg.topic, time: msg.alertTime, expression: msg.expression,
      error: msg.error && msg.error.message, code: msg.error && msg.error.code, ...(msg.error ? {} : msg.payload) });
    flow.set('seen', seen);`,
  wires: [],
});

function flow(without: string[] = []): FlowNode[] {
  const { url, certificatePem: certificate } = simulator;
  const make = new HostFlows({ url, certificate, token: TOKEN });
  const nodes: FlowNode[] = [
    { id: 'f0', type: 'tab', label: 'Triggers' },
    make.applianceNode('a0'),
    trigger('threshold', 'threshold', {
      ...POLL,
      windowSeconds: '10',
      limit: String(LIMIT),
      clearLimit: String(LIMIT / 2),
      coolDownSeconds: '0',
      reportCleared: 'true',
    }),
    trigger('incidents', 'incidents', { ...POLL, reportRepeated: 'true', reportEnded: 'true' }),
    trigger('elements', 'new-element', { ...POLL, elementKind: 'ip' }),
    trigger('push', 'pushed-statistics', {
      urlPath: 'allegro/push',
      statistic: 'API/stats/interfaces',
      credentials: { secret: SECRET },
    }),
    ...['threshold', 'incidents', 'elements', 'push', 'catch'].map(note),
    { id: 'catch', type: 'catch', ...PLACE, scope: null, wires: [['note-catch']] },
    { id: 'in', type: 'http in', ...PLACE, url: '/seen', method: 'get', wires: [['take']] },
    {
      id: 'take',
      type: 'function',
      ...PLACE,
      func: "msg.payload = flow.get('seen') || []; flow.set('seen', []); return msg;",
      wires: [['out']],
    },
    { id: 'out', type: 'http response', ...PLACE, wires: [] },
  ];
  return nodes.filter(({ id }) => !without.includes(id));
}

/** Takes what was sent since the last time. */
async function collect(): Promise<void> {
  events.push(...(await host.json<typeof events>('/seen')));
}

const of = (node: string) => events.filter((event) => event.node === node);
const changes = (node: string) =>
  of(node).map(({ event, element, rule }) => `${String(event)} ${String(element ?? rule)}`);

async function untilSeen(what: string, isThere: () => boolean): Promise<void> {
  await until(what, async () => {
    await collect();
    return isThere();
  });
}

/** Waits until each trigger has polled since now, and begun again: what the first found is told. */
async function untilPolled(): Promise<void> {
  simulator.clearRequests();
  const requests = (path: string) =>
    simulator.requests.filter((request) => request.path.endsWith(path)).length;
  // Two of the triggers ask for the clock first.
  await until(
    'polls of all triggers',
    () => requests('/global_incidents') >= 2 && requests('/API/stats/time') >= 4,
  );
}

const stateFolder = () => join(userDir, 'allegro-multimeter');
/** Without what is being written at this moment: each is replaced as a whole. */
const stateFiles = () =>
  existsSync(stateFolder())
    ? readdirSync(stateFolder()).filter((name) => name.endsWith('.json'))
    : [];

function deliver(
  path: string,
  more: { body?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetchOnce(`${host.url}/allegro/push${path}`, {
    method: 'POST',
    body: JSON.stringify({ interfaces: [] }),
    ...more,
    headers: more.headers,
  });
}

// One after the other: each goes on where the one before ended.
describe('triggers in a real Node-RED', () => {
  let known: ReturnType<Simulator['incidents']['report']>;

  it('take stock first, and send nothing', async () => {
    known = simulator.incidents.report({ ruleName: 'Old' });
    await host.deploy(flow());
    await until('states on disk', () => stateFiles().length === 3);
    await untilPolled();
    await collect();
    expect(events).toEqual([]);
  });

  it('raise, report each new element of a burst, and tell incidents', async () => {
    // Twice the limit, for far longer than the time between two polls.
    const burst = { bytesPerSecond: LIMIT / 4, seconds: 40 };
    simulator.inject({ from: '10.9.0.1', ...burst });
    for (let index = 2; index < 40; index++) {
      simulator.inject({ from: `10.9.0.${index}`, bytesPerSecond: 1500 });
    }
    simulator.incidents.report({ ruleName: 'New', ip: '10.9.0.1' });
    simulator.incidents.repeat(known);
    await untilSeen('an alarm', () => of('threshold').length >= 2);
    await untilSeen('new elements', () => of('elements').length >= 39);
    await untilSeen('incidents', () => of('incidents').length >= 2);
    // On a busy machine, the burst may be over by now.
    const raised = changes('threshold').filter((change) => change.startsWith('raised'));
    expect(raised.sort()).toEqual(['raised 10.1.0.20', 'raised 10.9.0.1']);
    const alarm = of('threshold').find(({ element }) => element === '10.9.0.1')!;
    expect(alarm).toMatchObject({
      expression: 'ip==10.9.0.1',
      limit: LIMIT,
      unit: 'bit/s',
      topic: '10.9.0.1',
      time: alarm.alertTime,
    });
    expect(alarm.value).toBeGreaterThan(LIMIT);
    expect(new Set(of('elements').map(({ element }) => element)).size).toBe(39);
    expect(changes('incidents').sort()).toEqual(['new 10.9.0.1', 'repeated Old'].sort());
  });

  it('lose nothing and double nothing when Node-RED restarts', async () => {
    // What is noted between the last look and the end would be lost with the memory of Node-RED.
    simulator.faults.add({ kind: 'stallBeforeHeaders' });
    const held = () => simulator.requests.filter(({ isOpen }) => isOpen).length;
    await until('all triggers to wait for an answer', () => held() === 3);
    await collect();
    const before = events.length;
    await host.stop();
    simulator.faults.clear();
    simulator.inject({ from: '10.9.1.1', bytesPerSecond: 1500 });
    simulator.incidents.report({ ruleName: 'While away' });
    await startHost();
    await untilSeen('the incident', () => changes('incidents').includes('new While away'));
    await untilSeen('the element', () => changes('elements').includes('new 10.9.1.1'));
    await untilSeen('the end of the first alarm', () =>
      changes('threshold').includes('cleared 10.9.0.1'),
    );
    expect(events.length).toBeGreaterThan(before);
    const ids = events.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('report an appliance that is away once, and make up for it', async () => {
    simulator.faults.add({ kind: 'answer', status: 401 });
    simulator.inject({ from: '10.9.2.1', bytesPerSecond: 1500 });
    await untilSeen('the errors', () => of('catch').length >= 3);
    await untilPolled();
    await collect();
    expect(of('catch').map(({ code }) => code)).toEqual(Array(3).fill('ALLEGRO_LOGIN'));
    simulator.faults.clear();
    await untilSeen('the element of the meantime', () =>
      changes('elements').includes('new 10.9.2.1'),
    );
  });

  it('take pushed statistics with the right secret only', async () => {
    expect((await deliver('')).status).toBe(401);
    expect((await deliver('?secret=wrong-wrong-wrong-wrong')).status).toBe(403);
    expect((await deliver('/wrong-wrong-wrong-wrong')).status).toBe(403);
    expect((await deliver(`/${SECRET}`, { body: 'no JSON' })).status).toBe(400);
    const large = { body: 'x'.repeat(11 * 1024 * 1024) };
    expect(
      await deliver(`/${SECRET}`, large).then(
        ({ status }) => status,
        () => 413,
      ),
    ).toBe(413);
    await collect();
    expect(of('push')).toEqual([]);
    expect((await deliver(`/${SECRET}`)).status).toBe(200);
    const headers = { 'X-Allegro-Secret': SECRET, 'Content-Type': 'text/plain' };
    expect((await deliver('', { headers })).status).toBe(200);
    const target = `${host.url}/allegro/push?secret=${SECRET}`;
    const path = '/API/stats/interfaces';
    const started = simulator.exportStatistics({ path, target, intervalSeconds: 60 });
    expect(await started.send()).toBe(200);
    started.stop();
    await untilSeen('three deliveries', () => of('push').length >= 3);
    const [, , last] = of('push');
    expect(last).toMatchObject({
      event: 'pushed',
      statistic: path,
      statistics: { interfaces: [{ allTime: { rxPackets: expect.any(Number) } }] },
    });
    expect(host.log).not.toContain(SECRET);
  });

  it('serve their URL no more, and leave no file, when they are deleted', async () => {
    const pending = () => {
      const text = readFileSync(join(stateFolder(), 'trigger-threshold.json'), 'utf8');
      return (JSON.parse(text) as { pending: unknown[] }).pending.length;
    };
    await until('all events to be sent', () => pending() === 0);
    await host.deploy(flow(['threshold', 'push']), 'nodes');
    expect((await deliver(`?secret=${SECRET}`)).status).toBe(404);
    expect(stateFiles().sort()).toEqual(['trigger-elements.json', 'trigger-incidents.json']);
    await host.deploy(flow());
    expect((await deliver(`?secret=${SECRET}`)).status).toBe(200);
  });
});
