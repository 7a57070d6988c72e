import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { definitions } from '../../../../nodes/definitions';
import { triggers } from '../../../../nodes/definitions/triggers';
import { OPTIONS_NAME } from '../../../../n8n/description/properties';
import { exampleWorkflow } from '../../../../scripts/examples/example-files';
import type { Execution, Workflow, WorkflowNode } from '../../../../scripts/hosts/n8n-rest';
import {
  FileStore,
  JiraServer,
  MailServer,
  Neighbours,
  ObjectStore,
  TheHiveServer,
} from '../../../neighbours';
import type { Change as AnyChange, ExampleHost } from '../../examples/example-host';
import { EXAMPLE_TROUBLE } from '../../ten-jobs';
import { SimulatorBench, type Credential } from '../support/simulator-bench';
import { EVERY_TWO_SECONDS } from '../support/trigger-bench';
import { RunningWorkflow, type Endpoint, type Published } from './running-workflow';
import { fetchOnce } from '../../../../scripts/hosts/fetch-once';

/** How long an execution may take to begin after its trigger was met. */
const START_LIMIT_MS = 600_000;

interface Change {
  /** Of the node "Settings", on top of where the neighbours are. */
  settings?: Record<string, unknown>;
  /** Parameters of other nodes, by name, laid over what they have. */
  parameters?: Record<string, Record<string, unknown>>;
  /** Nodes that a person activates. */
  activated?: string[];
}

export interface Assignment {
  name: string;
  type: string;
  value: unknown;
}

/** A real n8n, the simulator, and the neighbours that the examples talk to. */
export class ExampleBench implements ExampleHost {
  /** Of the running test. */
  private readonly begun: RunningWorkflow[] = [];

  private constructor(
    readonly bench: SimulatorBench,
    readonly neighbours: Neighbours,
    private readonly credentials: Record<string, Credential>,
  ) {}

  static async start(): Promise<ExampleBench> {
    const neighbours = await Neighbours.start();
    try {
      const bench = await SimulatorBench.start(undefined, { trouble: EXAMPLE_TROUBLE });
      const { rest } = bench.host;
      const smtp = await rest.createCredential('SMTP', 'smtp', {
        user: MailServer.USER,
        password: MailServer.PASSWORD,
        host: '127.0.0.1',
        port: neighbours.mail.port,
        secure: false,
        disableStartTls: true,
      });
      const s3 = await rest.createCredential('S3', 's3', {
        endpoint: neighbours.objects.url,
        region: ObjectStore.REGION,
        ...ObjectStore.KEY,
        forcePathStyle: true,
      });
      const basic = await rest.createCredential('Files', 'httpBasicAuth', {
        user: FileStore.USER,
        password: FileStore.PASSWORD,
      });
      const jira = await rest.createCredential('Jira', 'jiraSoftwareCloudApi', {
        ...JiraServer.LOGIN,
        domain: neighbours.jira.url,
      });
      const theHive = await rest.createCredential('TheHive', 'theHiveProjectApi', {
        ApiKey: TheHiveServer.KEY,
        url: neighbours.theHive.url,
        allowUnauthorizedCerts: false,
      });
      const model = await rest.createCredential('Model', 'openAiApi', {
        apiKey: 'none',
        url: neighbours.model.url,
      });
      const push = await rest.createCredential('Push', 'allegroMultimeterPushApi', {
        secret: 'a-secret-of-20-chars',
      });
      return new ExampleBench(bench, neighbours, {
        jiraSoftwareCloudApi: { id: jira.id, name: jira.name },
        theHiveProjectApi: { id: theHive.id, name: theHive.name },
        allegroMultimeterPushApi: { id: push.id, name: push.name },
        allegroMultimeterTokenApi: bench.good,
        openAiApi: { id: model.id, name: model.name },
        smtp: { id: smtp.id, name: smtp.name },
        s3: { id: s3.id, name: s3.name },
        httpBasicAuth: { id: basic.id, name: basic.name },
      });
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

  reset(): void {
    this.simulator.faults.clear();
    this.simulator.setQuiet(false);
    this.simulator.clearRequests();
    this.neighbours.clear();
  }

  /** Makes a further credential known; examples that name its type get it. */
  async addCredential(type: string, data: Record<string, unknown>): Promise<void> {
    const { id, name } = await this.bench.host.rest.createCredential(type, type, data);
    this.credentials[type] = { id, name };
  }

  /** A credential of this type, in the form in which a node names it. */
  credentialOf(type: string): Record<string, Credential> {
    return { [type]: this.credentials[type] };
  }

  /** An example as a person would adapt it: credentials chosen, and the node "Settings" filled in. */
  example(name: string, { settings = {}, parameters = {}, activated = [] }: Change = {}): Workflow {
    const workflow = exampleWorkflow(name);
    const wanted: Record<string, unknown> = {
      slackWebhook: this.neighbours.chat.url,
      teamsWebhook: this.neighbours.teams.url,
      storeUrl: this.neighbours.files.url,
      mailFrom: 'allegro@example.com',
      mailTo: this.neighbours.mail.address,
      ...settings,
    };
    for (const node of workflow.nodes) {
      for (const type of Object.keys(node.credentials ?? {})) {
        const credential = this.credentials[type];
        if (!credential) throw new Error(`${node.name} wants a credential of the type ${type}.`);
        node.credentials![type] = credential;
      }
      Object.assign(node.parameters, parameters[node.name]);
      if (activated.includes(node.name)) Object.assign(node, { disabled: false });
      if (node.name !== 'Settings') continue;
      const { assignments } = node.parameters.assignments as { assignments: Assignment[] };
      for (const assignment of assignments) {
        if (assignment.name in wanted) assignment.value = wanted[assignment.name];
      }
    }
    return workflow;
  }

  begin(name: string, { settings, fields = {}, activated, sample = {} }: AnyChange = {}) {
    const workflow = this.example(name, { settings, activated });
    for (const [node, values] of Object.entries(fields)) fill(named(workflow, node), values);
    for (const { parameters } of workflow.nodes) {
      if ('pollTimes' in parameters) parameters.pollTimes = EVERY_TWO_SECONDS;
      const { assignments = [] } = (parameters.assignments ?? {}) as { assignments?: Assignment[] };
      for (const one of assignments) {
        const key = one.name.replace('body.', '');
        if (key in sample && !String(one.value).startsWith('=')) one.value = sample[key];
      }
    }
    const running = new RunningWorkflow(this, workflow);
    this.begun.push(running);
    return Promise.resolve(running);
  }

  /** Takes back what {@link begin} published. */
  async endAll(): Promise<void> {
    for (const running of this.begun.splice(0)) await running.end();
  }

  /** Runs it from a trigger to its end; with other pinned data where that is given. */
  async run(
    workflow: Workflow,
    trigger: string,
    pinned?: Record<string, unknown>,
  ): Promise<Execution> {
    const { rest } = this.bench.host;
    if (pinned) workflow.pinData = { [trigger]: [{ json: pinned }] };
    const saved = { ...workflow, ...(await rest.createWorkflow(workflow)) };
    const { executionId } = await rest.start(saved, trigger);
    return rest.untilEnded(executionId);
  }

  /**
   * Publishes it, so that its webhooks and forms answer; under paths of their own, because n8n frees
   * the usual ones only some time after a workflow was taken back.
   */
  async publish(workflow: Workflow): Promise<Published> {
    const { rest } = this.bench.host;
    const ending = randomUUID();
    const own = structuredClone(workflow);
    for (const { parameters, type } of own.nodes) {
      const holder = (type.endsWith('.formTrigger') ? parameters.options : parameters) as Endpoint;
      const isEndpoint = /\.(webhook|formTrigger|mcpTrigger)$/.test(type);
      if (isEndpoint) holder.path = `${holder.path}-${ending}`;
    }
    const { id, versionId } = await rest.createWorkflow(own);
    await rest.call('POST', `/rest/workflows/${id}/activate`, { versionId });
    const urlOf = (path: string) => `${this.url}/${path}-${ending}`;
    return {
      urlOf,
      send: (path, init) => this.send(urlOf(path), init),
      execution: () => this.executionOf(id),
      executions: () => this.executionsOf(id),
      end: async () => {
        await rest.call('POST', `/rest/workflows/${id}/deactivate`, {});
      },
    };
  }

  /** n8n opens an endpoint some time after it said that a workflow is published. */
  private async send(url: string, init: RequestInit): Promise<Response> {
    const end = Date.now() + START_LIMIT_MS;
    for (;;) {
      const response = await fetchOnce(url, init);
      if (response.status !== 404 || Date.now() > end) return response;
      await pause(300);
    }
  }

  /** The latest execution of a workflow, when it has ended. */
  private async executionOf(workflowId: string): Promise<Execution> {
    const end = Date.now() + START_LIMIT_MS;
    for (;;) {
      const [latest] = await this.executionsOf(workflowId);
      if (latest !== undefined) return this.bench.host.rest.untilEnded(latest);
      if (Date.now() > end) throw new Error(`Workflow ${workflowId} did not run.`);
      await pause(200);
    }
  }

  private async executionsOf(workflowId: string): Promise<string[]> {
    const filter = encodeURIComponent(JSON.stringify({ workflowId }));
    const path = `/rest/executions?filter=${filter}`;
    const { results } = await this.bench.host.rest.call<{ results: Array<{ id: string }> }>(
      ...(['GET', path] as const),
    );
    return results.map(({ id }) => id);
  }

  get url(): string {
    return this.bench.host.url;
  }
}

/** What most tests of an example use. */
export function methods(bench: ExampleBench) {
  const { simulator, neighbours } = bench;
  const example = bench.example.bind(bench);
  const run = bench.run.bind(bench);
  return { simulator, neighbours, example, run };
}

function named({ nodes }: Workflow, name: string): WorkflowNode {
  const node = nodes.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!node) throw new Error(`There is no node ${name}.`);
  return node;
}

/** Fields that definitions call advanced stand in the collection of options. */
function fill({ parameters }: WorkflowNode, values: Record<string, unknown>): void {
  const name = parameters.operation ?? parameters.triggerOn;
  const { fields } = [...definitions, ...triggers].find((one) => one.name === name)!;
  for (const [key, value] of Object.entries(values)) {
    const isAdvanced = fields.find((field) => field.name === key)!.advanced;
    const holder = isAdvanced ? (parameters[OPTIONS_NAME] as Record<string, unknown>) : parameters;
    holder[key] = value;
  }
}
