import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Simulator } from '../../simulator';
import { NodeRedHost, until, type FlowNode } from '../demo/node-red-host';
import { ROOT } from '../demo/pack';
import { SIMULATOR_TOKEN } from '../demo/simulator-process';

const EXAMPLE = join(ROOT, 'examples/node-red/scale-out/alerts-by-mqtt.json');
const APPLIANCE_TYPE = 'allegro-multimeter-appliance';
const KEEPER_LABEL = 'Scale-out: keeper';

/** At Once in the example's capture node. */
export const CAPTURES_PER_INSTANCE = 4;

/** As docs/scaling.md asks: what the keeper remembers outlives its process. */
const CONTEXT_STORAGE = { default: { module: 'localfilesystem', config: { flushInterval: 1 } } };

export interface PairOptions {
  simulator: Simulator;
  brokerPort: number;
  /** Where the instances put their files: shared, as over a network file system. */
  folder: string;
  /** Seconds without a receipt after which the keeper sends an alert again. */
  overdueSeconds: number;
}

/** Two instances of Node-RED with the same flow; the keeper's tab is active in the first only. */
export class NodeRedPair {
  private constructor(
    private firstHost: NodeRedHost,
    readonly second: NodeRedHost,
    private readonly settings: Record<string, unknown>,
  ) {}

  get first(): NodeRedHost {
    return this.firstHost;
  }

  static async start(options: PairOptions): Promise<NodeRedPair> {
    const settings = { fileWorkingDirectory: options.folder, contextStorage: CONTEXT_STORAGE };
    const first = await NodeRedHost.start({ settings });
    try {
      const second = await NodeRedHost.start({ settings });
      const pair = new NodeRedPair(first, second, settings);
      try {
        await first.deploy(readFlow(options, 1));
        await second.deploy(readFlow(options, 2));
        return pair;
      } catch (error) {
        await second.stop();
        throw error;
      }
    } catch (error) {
      await first.stop();
      throw error;
    }
  }

  /** Kills the keeper's instance, and starts it again with what it has on disk. */
  async restartFirst(): Promise<void> {
    const { userDir, pid } = this.first;
    process.kill(pid, 'SIGKILL');
    await until('the first instance to end', () => !this.first.isRunning);
    this.firstHost = await NodeRedHost.start({ userDir, settings: this.settings });
  }

  async stop(): Promise<void> {
    await this.second.stop();
    await this.first.stop();
    // A restarted one keeps its folder.
    rmSync(this.first.userDir, { recursive: true, force: true });
  }
}

/** The example, adapted as its comments say: broker, appliance, instance, where the keeper runs. */
function readFlow(
  { simulator, brokerPort, overdueSeconds }: PairOptions,
  instance: number,
): FlowNode[] {
  const nodes = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as FlowNode[];
  const variables: Record<string, number> = { OVERDUE_SECONDS: overdueSeconds, INSTANCE: instance };
  return nodes.map((node) => {
    if (node.type === 'mqtt-broker') {
      return { ...node, broker: '127.0.0.1', port: String(brokerPort) };
    }
    if (node.type === APPLIANCE_TYPE) {
      const credentials = { token: SIMULATOR_TOKEN };
      const caCertificate = simulator.certificatePem;
      return { ...node, baseUrl: simulator.url, caCertificate, credentials };
    }
    if (node.type === 'tab') {
      const env = (node.env as Array<{ name: string; value: string }>).map((entry) => ({
        ...entry,
        value: String(variables[entry.name] ?? entry.value),
      }));
      return { ...node, env, disabled: node.label === KEEPER_LABEL && instance > 1 };
    }
    return node;
  });
}
