import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';
import { NodeRedHost, type FlowNode } from '../../../../scripts/hosts/node-red-host';
import { StubAppliance } from '../../stub-appliance';
import { HostFlows } from './host-flows';

/**
 * A real Node-RED with the packed package, and an appliance of which every byte is known, for the
 * tests of one file. After each of them, Node-RED still runs, and no error was left uncaught.
 */
export function useStubHost() {
  let appliance: StubAppliance;
  let host: NodeRedHost;
  let make: HostFlows;
  beforeAll(async () => {
    appliance = await StubAppliance.start({ packets: 200, packetBytes: 100 });
    make = new HostFlows(appliance);
    host = await NodeRedHost.start({ preload: require.resolve('./patient-editor') });
  });
  afterAll(async () => {
    await host?.stop();
    await appliance?.stop();
  });
  afterEach(() => {
    expect(host.isRunning).toBe(true);
    expect(host.log).not.toMatch(/uncaught|unhandled/i);
  });
  return {
    get appliance() {
      return appliance;
    },
    get host() {
      return host;
    },
    get make() {
      return make;
    },
    /** Deploys the flow that answers `POST /run` with what a node makes of it, and further nodes. */
    deploy: (node: string, config: Record<string, unknown>, more?: FlowNode[]): Promise<void> =>
      host.deploy(make.flowFor(node, config, more)),
    post: (path: string, body: unknown = {}): Promise<Response> =>
      fetchOnce(host.url + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    /** Names of all files, hidden ones included, in a folder of Node-RED's. */
    filesIn(folder: string): string[] {
      const path = join(host.userDir, folder);
      return existsSync(path) ? readdirSync(path) : [];
    },
  };
}
