import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { asStored } from '../../../../node-red/editor/defaults';
import { APPLIANCE_TYPE } from '../../../../node-red/runtime/values/names';
import type { FlowNode } from '../../../../scripts/hosts/node-red-host';
import type { Change, ExampleHost } from '../../examples/example-host';
import { FileStore, JiraServer, MailServer, Neighbours, TheHiveServer } from '../../../neighbours';
import { EXAMPLE_TROUBLE } from '../../ten-jobs';
import { SimulatorBench, TOKEN } from '../support/simulator-bench';
import { named } from './named';
import { RunningFlow } from './running-flow';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

/** A real Node-RED with the package for mail beside ours, the simulator, and the neighbours. */
export class ExampleBench implements ExampleHost {
  private constructor(
    readonly bench: SimulatorBench,
    readonly neighbours: Neighbours,
  ) {}

  static async start(): Promise<ExampleBench> {
    const neighbours = await Neighbours.start();
    try {
      const packages = ['node-red-node-email'];
      const bench = await SimulatorBench.start({ packages }, EXAMPLE_TROUBLE);
      const example = new ExampleBench(bench, neighbours);
      mkdirSync(example.inbox);
      return example;
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

  /** The folder that an example watches. */
  get inbox(): string {
    return join(this.bench.host.userDir, 'allegro-inbox');
  }

  async begin(name: string, change: Change = {}): Promise<RunningFlow> {
    const { settings = {}, fields = {}, activated = [], sample = {} } = change;
    const nodes = await this.deploy(
      name,
      (all) => {
        for (const one of all) if (/-trigger$/.test(one.type)) one.pollSeconds = '10';
        for (const [node, values] of Object.entries(fields)) fill(named(all, node), values);
        for (const one of all) if (activated.includes(String(one.name))) one.d = false;
        const props = all.flatMap((one) => (one.props ?? []) as Array<{ p: string; v: string }>);
        for (const one of props) one.v = sample[one.p] ?? one.v;
      },
      environment(settings),
    );
    return new RunningFlow(this, nodes);
  }

  /** An example as a person would adapt it: appliance, environment of the tab, login for mail. */
  async deploy(
    name: string,
    change: (nodes: FlowNode[]) => void = () => undefined,
    more: Record<string, string> = {},
  ): Promise<FlowNode[]> {
    const { mail, chat, files, teams, jira, theHive, model } = this.neighbours;
    const wanted: Record<string, string> = {
      SLACK_WEBHOOK: chat.url,
      TEAMS_WEBHOOK: teams.url,
      MAIL_SERVER: '127.0.0.1',
      MAIL_PORT: String(mail.port),
      MAIL_FROM: 'allegro@example.com',
      MAIL_TO: mail.address,
      STORE_URL: files.url,
      JIRA_URL: jira.url,
      THEHIVE_URL: theHive.url,
      MODEL_URL: `${model.url}/chat/completions`,
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
      if (node.type === 'http request' && node.authType) {
        return { ...node, credentials: loginOf(name) };
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
    const response = await fetchOnce(`${this.url}/inject/${id}`, { method: 'POST' });
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
  }
}

/** What most tests of an example use. */
export function parts(bench: ExampleBench) {
  const { simulator, neighbours, url } = bench;
  return {
    bench: bench.bench,
    simulator,
    neighbours,
    url,
    deploy: bench.deploy.bind(bench),
    press: bench.press.bind(bench),
  };
}

/** As the form stores what a person enters: texts, and the choice of text instead of an expression. */
function fill(node: FlowNode, values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) {
    node[key] = String(value);
    if (`${key}Type` in node) node[`${key}Type`] = 'str';
  }
}

/** At what an example sends its requests to. */
function loginOf(example: string): Record<string, string> {
  const { email, apiToken } = JiraServer.LOGIN;
  if (example.includes('jira')) return { user: email, password: apiToken };
  if (example.includes('thehive')) return { password: TheHiveServer.KEY };
  return { user: FileStore.USER, password: FileStore.PASSWORD };
}

/** `minHours` of the settings is `MIN_HOURS` in the environment of a tab. */
function environment(settings: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key.replace(/[A-Z]/g, '_$&').toUpperCase(),
      String(value),
    ]),
  );
}
