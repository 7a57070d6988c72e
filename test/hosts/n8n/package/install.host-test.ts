import { VERSION } from '../../../../nodes/definitions/version';
import { N8nHost } from '../../../../scripts/hosts/n8n-host';
import type { Execution, Workflow } from '../../../../scripts/hosts/n8n-rest';
import { startSimulator, STEADY_HOST, type Simulator } from '../../../../simulator';
import { TOKEN_TYPE } from '../support/bench';
import { PackageRegistry } from './package-registry';
import { NODE, oneNode, TRIGGER } from '../support/workflows';

const PACKAGE = 'n8n-nodes-allegro-multimeter';
/** This tree as it is, under an older version. */
const PREVIOUS = '0.0.1';

/**
 * Frozen: workflows as n8n saves them, without what is at its default. From the first release on they
 * must keep running, so that a change of names or defaults shows here.
 */
const SAVED = {
  'a capture': { timeMode: 'last', host: STEADY_HOST, options: { device: 'local' } },
  'top talkers': { resource: 'statistics', limit: 3, options: { device: '', linkGroup: 0 } },
  statistics: {
    resource: 'statistics',
    operation: 'getStats',
    path: 'API/stats/modules/ip',
    options: { device: 'local' },
  },
};

interface Installed {
  packageName: string;
  installedVersion: string;
  installedNodes: Array<{ type: string }>;
  failedLoading?: boolean;
}

/** From the registry into a running n8n, and from one version to the next. */
describe('the package as a community package', () => {
  let registry: PackageRegistry;
  let simulator: Simulator;
  let host: N8nHost;
  const workflows: Record<string, Workflow & { id: string }> = {};

  beforeAll(async () => {
    registry = await PackageRegistry.start();
    registry.publish(PREVIOUS);
    simulator = await startSimulator();
    host = await N8nHost.start({ withPackage: false, settings: registry.settings });
  });
  afterAll(async () => {
    await host?.stop();
    await simulator?.close();
    await registry?.stop();
  });

  const installed = () => host.rest.call<Installed[]>('GET', '/rest/community-packages');
  const expectInstalled = async (version: string) => {
    const packages = await installed();
    expect(packages).toMatchObject([
      { packageName: PACKAGE, installedVersion: version, failedLoading: false },
    ]);
    expect(packages[0]!.installedNodes.map(({ type }) => type)).toContain(
      `${PACKAGE}.allegroMultimeter`,
    );
  };
  const run = (name: string): Promise<Execution> => host.rest.run(workflows[name]!, TRIGGER);
  async function expectAllRun(): Promise<void> {
    for (const name of Object.keys(SAVED)) {
      const { error, items } = await run(name);
      expect([name, error]).toEqual([name, undefined]);
      expect(items[NODE]!.length).toBeGreaterThan(0);
    }
  }
  const restart = async () => {
    await host.end('SIGTERM');
    await host.startAgain();
  };

  it('is installed by its name', async () => {
    expect(await installed()).toEqual([]);
    await host.rest.call('POST', '/rest/community-packages', { name: PACKAGE });
    await expectInstalled(PREVIOUS);
    expect(registry.asked).toContain(`/-/${PACKAGE}-${PREVIOUS}.tgz`);
  });

  it('works without a restart, with saved workflows', async () => {
    const data = {
      baseUrl: simulator.url,
      token: 'demo-token',
      caCertificate: simulator.certificatePem,
    };
    const { id, name } = await host.rest.createCredential('Allegro', TOKEN_TYPE, data);
    const credentials = { [TOKEN_TYPE]: { id, name } };
    for (const [key, parameters] of Object.entries(SAVED)) {
      const workflow = oneNode({ parameters, credentials });
      workflows[key] = { ...workflow, ...(await host.rest.createWorkflow(workflow)) };
    }
    await expectAllRun();
  });

  it('is there after a restart', async () => {
    await restart();
    await expectInstalled(PREVIOUS);
    await expectAllRun();
  });

  it('is brought to the next version, and workflows go on', async () => {
    registry.publish(VERSION);
    await host.rest.call('PATCH', '/rest/community-packages', { name: PACKAGE, version: VERSION });
    await expectInstalled(VERSION);
    await expectAllRun();
    await restart();
    await expectInstalled(VERSION);
    await expectAllRun();
  });

  it('can be removed', async () => {
    await host.rest.call('DELETE', `/rest/community-packages?name=${PACKAGE}`);
    expect(await installed()).toEqual([]);
  });
});
