import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { nodeTypes } from '../../../../node-red/editor/generate';
import { NodeRedHost, until } from '../../../../scripts/hosts/node-red-host';
import { EditorEvents } from '../support/editor-events';
import { HostFlows } from '../support/host-flows';
import { StubAppliance } from '../../stub-appliance';

let appliance: StubAppliance;
let host: NodeRedHost;

beforeAll(async () => {
  appliance = await StubAppliance.start({ packets: 200, packetBytes: 100 });
  host = await NodeRedHost.start({
    settings: { lang: 'de' },
    preload: require.resolve('../support/patient-editor'),
  });
});
afterAll(async () => {
  await host?.stop();
  await appliance?.stop();
});

describe('the packed package in a real Node-RED', () => {
  it('runs in the versions that this run is meant for', async () => {
    const { nodejs, runtime } = await host.json<{
      nodejs: { version: string };
      runtime: { version: string };
    }>('/diagnostics');
    const major = (version: string) => /\d+/.exec(version)![0];
    expect(`${major(runtime.version)}@${major(nodejs.version)}`).toBe(host.version);
  });

  it('loads every set without an error', async () => {
    const sets = await host.json<Array<{ id: string; types: string[]; err?: unknown }>>('/nodes');
    expect(sets.filter(({ err }) => err !== undefined)).toEqual([]);
    const own = sets.filter(({ id }) => id.startsWith('@allegro-multimeter/node-red/'));
    expect(own.flatMap(({ types }) => types).sort()).toEqual(nodeTypes().sort());
  });

  it('serves help, catalogues, icons, examples and the shared script', async () => {
    const html = await (
      await fetchOnce(`${host.url}/nodes`, { headers: { Accept: 'text/html' } })
    ).text();
    for (const type of nodeTypes()) expect(html).toContain(`data-help-name="${type}"`);
    const set = '@allegro-multimeter/node-red/allegro-multimeter-get-stats';
    const texts = await host.json(`/locales/${set}?lng=en-US`);
    expect(JSON.stringify(texts)).toContain('Query Parameters');
    const icons = await host.json<Record<string, string[]>>('/icons');
    expect(icons['@allegro-multimeter/node-red']).toContain('allegro-capture.svg');
    const examples = await host.json('/library/examples/flows/@allegro-multimeter/node-red');
    expect(JSON.stringify(examples)).toContain('alert-to-pcap');
    const script = await fetchOnce(`${host.url}/resources/@allegro-multimeter/node-red/editor.js`);
    expect(script.status).toBe(200);
  });
});

interface Replied {
  filename: string;
  payload: { warnings?: string[] };
  error?: { code: string; message: string; cause: Record<string, unknown> };
}

async function run(alertTime: string, target = '10.1.2.3'): Promise<Replied> {
  const response = await fetchOnce(`${host.url}/run`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ host: target, alertTime }),
  });
  return (await response.json()) as Replied;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const captureFlow = () =>
  new HostFlows(appliance).flowFor('capturePcap', {
    captureSource: 'ringBuffer',
    timeMode: 'around',
    fileFolder: 'smoke',
  });

/** The same with other settings of the appliance. */
const withAppliance = (settings: object) =>
  captureFlow().map((node) => (node.id === 'a0' ? { ...node, ...settings } : node));

it('runs a node: its file, its result, and its German status', async () => {
  const flow = captureFlow();
  await host.deploy(flow);
  const events = await EditorEvents.open(host.url);
  const { filename, payload, error } = await run(minutesAgo(5));
  expect(error).toBeUndefined();
  expect(payload).toMatchObject({ packets: 200, complete: true, sha256: appliance.sentSha256 });
  const hash = createHash('sha256').update(readFileSync(filename)).digest('hex');
  expect(hash).toBe(appliance.sentSha256);
  const { id } = flow.find(({ type }) => type === 'allegro-multimeter-capture-pcap')!;
  await until('the status', () => events.statusesOf(String(id)).at(-1) === '200 Pakete, 23,2 kB');
  events.close();
  expect(host.log).not.toMatch(/uncaught|unhandled/i);
});

it('tells errors and warnings in German, and their facts as ever', async () => {
  await host.deploy(captureFlow());
  expect((await run('yesterday')).error).toMatchObject({
    code: 'ALLEGRO_INPUT',
    message: expect.stringMatching(
      /: „yesterday“ ist keine Zeitangabe\. Verwenden Sie ISO 8601 .*\. Der Wert stammt aus `msg\.alertTime`\.$/,
    ),
    cause: { kind: 'input', field: 'aroundTime', what: '„yesterday“ ist keine Zeitangabe.' },
  });
  expect((await run('')).error!.message).toMatch(
    /: „Zeit des Alarms“ fehlt\. Füllen Sie das Feld aus, oder senden Sie `msg\.alertTime`\. /,
  );
  const { warnings } = (await run(minutesAgo(5), '10.0.0.0/16')).payload;
  expect(warnings!.join(' ')).toMatch(
    /Keine Pakete im Zeitfenster\. .*der wahrscheinlichste zuerst: /,
  );
});

it.each([
  [{ caCertificate: '' }, /: Dem Zertifikat der Appliance wird nicht vertraut \(DEPTH_\w+\)\. /],
  [
    { baseUrl: '${NOT_THERE}' },
    /: Die Umgebungsvariable „NOT_THERE“ ist nicht gesetzt; .* die URL\./,
  ],
])('tells in German what keeps it from the appliance: %j', async (settings, message) => {
  await host.deploy(withAppliance(settings));
  expect((await run(minutesAgo(5))).error!.message).toMatch(message);
});

it('tells in German what the appliance node is at: in the log, and by its test', async () => {
  await host.deploy(withAppliance({ baseUrl: '${MISSING_URL}' }));
  await until('the log', () =>
    /\[allegro-multimeter-appliance:Appliance\] Die Umgebungsvariable „MISSING_URL“/.test(host.log),
  );
  await host.deploy(captureFlow());
  const test = await fetchOnce(`${host.url}/allegro-multimeter/a0/test`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  });
  const { message } = (await test.json()) as { message: string };
  expect(message).toMatch(/^Verbunden\. Die Uhr der Appliance zeigt \d{4}-/);
});
