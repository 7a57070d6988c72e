import { asStored } from '../../../../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../../../../node-red/runtime/values/names';
import type { FlowNode } from '../../../../scripts/hosts/node-red-host';
import { FileStore, MailServer, Neighbours } from '../../../neighbours';
import { SimulatorBench, TOKEN } from '../support/simulator-bench';

/** A real Node-RED with the package for mail beside ours, the simulator, and the neighbours. */
export class ExampleBench {
  private constructor(
    readonly bench: SimulatorBench,
    readonly neighbours: Neighbours,
  ) {}

  static async start(): Promise<ExampleBench> {
    const neighbours = await Neighbours.start();
    try {
      const bench = await SimulatorBench.start({ packages: ['node-red-node-email'] });
      return new ExampleBench(bench, neighbours);
    } catch (error) {
      await neighbours.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.bench.stop();
    await this.neighbours.stop();
  }

  get simulator(): SimulatorBench['simulator'] {
    return this.bench.simulator;
  }

  get url(): string {
    return this.bench.host.url;
  }

  reset(): void {
    this.bench.reset();
    this.neighbours.clear();
  }

  /** An example as a person would adapt it: appliance, environment of the tab, login for mail. */
  async deploy(
    name: string,
    change: (nodes: FlowNode[]) => void = () => undefined,
    more: Record<string, string> = {},
  ): Promise<FlowNode[]> {
    const { mail, chat, files } = this.neighbours;
    const wanted: Record<string, string> = {
      SLACK_WEBHOOK: chat.url,
      MAIL_SERVER: '127.0.0.1',
      MAIL_PORT: String(mail.port),
      MAIL_FROM: 'allegro@example.com',
      MAIL_TO: mail.address,
      STORE_URL: files.url,
      ...more,
    };
    const { url, certificatePem } = this.simulator;
    const nodes = this.bench.make.example(name).map((node) => {
      if (node.type === 'tab') {
        const env = node.env as Array<{ name: string; value: string }>;
        const filled = env.map((one) => ({ ...one, value: wanted[one.name] ?? one.value }));
        return { ...node, env: filled };
      }
      if (node.type === APPLIANCE_TYPE) {
        return asStored({
          ...node,
          baseUrl: url,
          caCertificate: certificatePem,
          credentials: { token: TOKEN },
        });
      }
      if (node.type === 'e-mail') {
        const credentials = { userid: MailServer.USER, password: MailServer.PASSWORD };
        return { ...node, secure: false, tls: false, credentials };
      }
      if (node.authType === 'basic') {
        return { ...node, credentials: { user: FileStore.USER, password: FileStore.PASSWORD } };
      }
      return node;
    });
    change(nodes);
    await this.bench.host.deploy(nodes);
    return nodes;
  }

  /** Presses the button of an Inject node. */
  async press(nodes: FlowNode[], name: string): Promise<void> {
    const { id } = named(nodes, name);
    const response = await fetch(`${this.url}/inject/${id}`, { method: 'POST' });
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
  }
}

export function named(nodes: FlowNode[], name: string): FlowNode {
  const node = nodes.find((candidate) => candidate.name === name);
  if (!node) throw new Error(`There is no node ${name}.`);
  return node;
}
