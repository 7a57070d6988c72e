import { setTimeout as pause } from 'node:timers/promises';
import type { Execution, Item, Workflow } from '../../../../scripts/hosts/n8n-rest';
import { requestOf, type RunningExample, type Told } from '../../examples/example-host';
import type { SimulatorBench } from '../support/simulator-bench';
import { fileIn, nextPage, submit } from './forms';

type Json = Record<string, unknown>;

/** How long something may take that a published workflow does by itself. */
const LIMIT_MS = 600_000;

/** A published workflow. */
export interface Published {
  /** To an endpoint, such as `webhook/my-path` or `form/my-path`. */
  send(path: string, init: RequestInit): Promise<Response>;
  /** The address of an endpoint. */
  urlOf(path: string): string;
  /** Its latest execution, when it has ended. */
  execution(): Promise<Execution>;
  /** IDs of its executions so far, the latest first. */
  executions(): Promise<string[]>;
  /** Takes it back. */
  end(): Promise<void>;
}

export interface Endpoint {
  path: string;
}

interface HostBench {
  readonly bench: SimulatorBench;
  run(workflow: Workflow, trigger: string): Promise<Execution>;
  publish(workflow: Workflow): Promise<Published>;
}

/** An example at work: run from its button, and published once something has to reach it. */
export class RunningWorkflow implements RunningExample {
  private published?: Published;

  constructor(
    private readonly bench: HostBench,
    private readonly workflow: Workflow,
  ) {}

  async press(): Promise<void> {
    await this.run();
  }

  async tell(): Promise<Told> {
    return this.toldBy(await this.run());
  }

  async watch(): Promise<void> {
    await this.publish();
  }

  async post(body: object | URLSearchParams): Promise<void> {
    const published = await this.publish();
    const response = await published.send(`webhook/${this.endpoint()!.path}`, requestOf(body));
    expect(response.status).toBe(200);
    expect(await published.execution()).toMatchObject({ status: 'success' });
  }

  async ask(body: object = {}): Promise<Told> {
    const endpoint = this.endpoint();
    if (!endpoint) return this.tell();
    const published = await this.publish();
    const response = await published.send(`webhook/${endpoint.path}`, requestOf(body));
    const { status } = response;
    if (!/Node$/.test(endpoint.responseMode ?? '')) {
      return { ...(await this.toldBy(await published.execution())), status };
    }
    const text = await response.text();
    const contentType = response.headers.get('content-type');
    const isJson = /json/.test(contentType ?? '');
    const data = isJson ? [JSON.parse(text) as Json] : [];
    return { text: isJson ? messageOf(data[0]!) : text, data, status, contentType };
  }

  async fill(fields: Record<string, string>): Promise<Told> {
    const { formWaitingUrl } = await this.submit(Object.values(fields));
    if (!this.workflow.nodes.some(({ type }) => type.endsWith('.form')))
      return { text: '', data: [] };
    const page = await nextPage(formWaitingUrl!);
    return { text: page, data: [], file: fileIn(page) };
  }

  async drop(fileName: string, content: Buffer): Promise<void> {
    await this.submit([new File([new Uint8Array(content)], fileName)]);
    await this.published!.execution();
  }

  /** Only a published workflow keeps what it remembers, so a webhook takes the place of the schedule. */
  async round(): Promise<void> {
    const schedule = this.workflow.nodes.find(({ type }) => type.endsWith('.scheduleTrigger'));
    if (schedule) {
      const parameters = { httpMethod: 'POST', path: 'round', responseMode: 'lastNode' };
      Object.assign(schedule, { type: 'n8n-nodes-base.webhook', typeVersion: 2, parameters });
      Object.assign(schedule, { webhookId: 'round' });
    }
    await (await this.publish()).send(`webhook/${this.endpoint()!.path}`, { method: 'POST' });
  }

  async hear(part: string): Promise<string> {
    const end = Date.now() + LIMIT_MS;
    while (Date.now() < end) {
      for (const id of await this.published!.executions()) {
        const execution = await this.bench.bench.host.rest.untilEnded(id);
        const said = (await this.toldBy(execution)).data.map(messageOf);
        const found = said.find((one) => one.includes(part));
        if (found !== undefined) return found;
      }
      await pause(200);
    }
    throw new Error(`It never said "${part}".`);
  }

  /** What came of its latest run, once it was published. */
  execution(): Promise<Execution> {
    return this.published!.execution();
  }

  async end(): Promise<void> {
    await this.published?.end();
  }

  private async run(): Promise<Execution> {
    const execution = await this.bench.run(this.workflow, this.button());
    expect(execution.error).toBeUndefined();
    return execution;
  }

  private async publish(): Promise<Published> {
    this.published ??= await this.bench.publish(this.workflow);
    return this.published;
  }

  private async submit(fields: Array<string | File>): Promise<{ formWaitingUrl?: string }> {
    const form = this.workflow.nodes.find(({ type }) => type.endsWith('.formTrigger'))!;
    const { path } = form.parameters.options as Endpoint;
    return submit(await this.publish(), `form/${path}`, fields);
  }

  /** The webhook, before {@link publish} gives it a path of its own. */
  private endpoint(): (Endpoint & { responseMode?: string }) | undefined {
    const webhook = this.workflow.nodes.find(({ type }) => type.endsWith('.webhook'));
    return webhook?.parameters as unknown as Endpoint | undefined;
  }

  /** What a person presses: the trigger for trying it, or else the only one. */
  private button(): string {
    const triggers = this.workflow.nodes.filter(({ type }) => /trigger$/i.test(type));
    return (triggers.find(({ name }) => name === 'Try It') ?? triggers[0]!).name;
  }

  /** What came out where the workflow ends. */
  private async toldBy({ items }: Execution): Promise<Told> {
    const last = this.workflow.nodes.filter(({ name }) => {
      const { main = [] } = (this.workflow.connections[name] ?? {}) as { main?: unknown[][] };
      return (main[0] ?? []).length === 0;
    });
    const data = last.flatMap(({ name }) => items[name] ?? []).map(({ json }) => json);
    const withFile = Object.values(items)
      .flat()
      .find(({ binary }) => binary !== undefined);
    const text = data.map(messageOf).join('\n\n');
    return { text, data, file: withFile && (await this.fileOf(withFile)) };
  }

  private fileOf({ binary }: Item): Promise<Buffer> {
    const [file] = Object.values(binary!);
    return this.bench.bench.host.rest.binary(file!.id!);
  }
}

/** A subject, an empty line, and the text. */
function messageOf({ subject, text }: Json): string {
  return [subject, text].filter((one) => one !== undefined).join('\n\n');
}
