import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { NodeRedHost, until } from '../../../../scripts/hosts/node-red-host';
import { startSimulator, STEADY_HOST, type Simulator } from '../../../../simulator';
import { HostFlows } from '../support/host-flows';
import { TOKEN } from '../support/simulator-bench';

/** Every setting of an appliance that may be an environment variable. */
const FROM_ENVIRONMENT = {
  baseUrl: '${ALLEGRO_URL}',
  caCertificate: '',
  ignoreCertificateErrors: '${ALLEGRO_UNCHECKED}',
  maxConcurrentRequests: '${ALLEGRO_LIMIT}',
  credentials: { token: '${ALLEGRO_TOKEN}' },
};

describe('a Node-RED whose appliance is set by environment variables', () => {
  let simulator: Simulator;
  let userDir: string;
  let host: NodeRedHost;
  let make: HostFlows;

  beforeAll(async () => {
    simulator = await startSimulator({ historySeconds: 120 });
    make = new HostFlows({ url: simulator.url, certificate: '', token: TOKEN });
    userDir = mkdtempSync(join(tmpdir(), 'allegro-crash-'));
    mkdirSync(join(userDir, 'evidence'));
    await startHost();
  });
  afterAll(async () => {
    await host?.stop();
    await simulator?.close();
    rmSync(userDir, { recursive: true, force: true });
  });

  async function startHost(): Promise<void> {
    const environment = {
      ALLEGRO_URL: simulator.url,
      ALLEGRO_TOKEN: TOKEN,
      ALLEGRO_LIMIT: '3',
      ALLEGRO_UNCHECKED: 'true',
    };
    host = await NodeRedHost.start({ userDir, environment });
  }

  const flowWith = (appliances: Record<string, object>) => {
    const config = {
      timeMode: 'around',
      aroundTime: new Date(simulator.nowUs() / 1000 - 60_000).toISOString(),
      host: STEADY_HOST,
      fileFolder: 'evidence',
    };
    const nodes = make.flowFor('freezeEvidence', config).filter(({ id }) => id !== 'a0');
    const made = Object.entries(appliances).map(([id, settings]) =>
      make.applianceNode(id, { ...FROM_ENVIRONMENT, ...settings }),
    );
    return [...nodes, ...made];
  };
  const evidence = () => readdirSync(join(userDir, 'evidence'));

  it('cleans up at the next start when it is killed while evidence is frozen', async () => {
    // Two reads of the state of the ring buffer come first.
    simulator.faults.add({
      path: '/API/data/modules/capture',
      method: 'GET',
      skip: 2,
      times: 1,
      kind: 'stall',
      afterBytes: 500,
    });
    await host.deploy(flowWith({ a0: {} }));
    const answer = fetchOnce(`${host.url}/run`, { method: 'POST' }).catch(() => undefined);
    await until('the capture to run', () => simulator.openCaptures() > 0);
    await until('a file to be written', () => evidence().length > 0);
    await host.kill();
    await answer;
    expect(evidence()).toEqual([expect.stringMatching(/\.part$/)]);
    expect(simulator.isBufferSuspended()).toBe(true);

    await startHost();
    await until('it to record again', () => !simulator.isBufferSuspended());
    await until('it to say so', () => /Resumed ring buffer 0 of/.test(host.log));
    await until('the file to be removed', () => evidence().length === 0);
    const removed = /Removed 1 incomplete file of an interrupted run.*evidence/;
    await until('it to say that too', () => removed.test(host.log));
  });

  it('keeps a planned resume when it is killed', async () => {
    const suspend = make.flowFor('suspendBuffer', {
      bufferAction: 'suspend',
      resumeAfterMinutes: '60',
    });
    const others = suspend.filter(({ id }) => id !== 'a0');
    await host.deploy([...others, make.applianceNode('a0', FROM_ENVIRONMENT)]);
    await fetchOnce(`${host.url}/run`, { method: 'POST' });
    expect(simulator.isBufferSuspended()).toBe(true);
    await host.kill();
    const folder = join(userDir, 'allegro-multimeter', 'suspended');
    const [name] = readdirSync(folder);
    const path = join(folder, name!);
    const note = JSON.parse(readFileSync(path, 'utf8')) as { resumeAt: string };
    expect(Date.parse(note.resumeAt)).toBeGreaterThan(Date.now() + 1_800_000);
    // Rather than to wait for an hour.
    const resumeAt = new Date(Date.now() + 1000).toISOString();
    writeFileSync(path, JSON.stringify({ ...note, resumeAt }));

    await startHost();
    await until('it to record again', () => !simulator.isBufferSuspended());
    await until('the note to be removed', () => readdirSync(folder).length === 0);
  });

  it('names every variable that is not set', async () => {
    const unset = {
      a1: { baseUrl: '${NO_URL}' },
      a2: { credentials: { token: '${NO_TOKEN}' } },
      a3: { maxConcurrentRequests: '${NO_LIMIT}' },
      a4: { ignoreCertificateErrors: '${NO_CHOICE}' },
    };
    await host.deploy(flowWith({ a0: {}, ...unset }));
    for (const name of ['NO_URL', 'NO_TOKEN', 'NO_LIMIT', 'NO_CHOICE']) {
      const told = `The environment variable "${name}" is not set`;
      await until(`${name} to be named`, () => host.log.includes(told));
    }
    expect(host.log).not.toContain('"ALLEGRO_');
    expect(host.log).not.toContain(TOKEN);
  });
});
