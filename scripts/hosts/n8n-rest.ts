import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { fetchOnce } from './fetch-once';

/** A workflow as n8n exports and imports it. */
export interface Workflow {
  name: string;
  nodes: WorkflowNode[];
  connections: Record<string, unknown>;
  settings?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface WorkflowNode {
  name: string;
  type: string;
  parameters: Record<string, unknown>;
  credentials?: Record<string, { id: string; name: string }>;
  [key: string]: unknown;
}

export interface Item {
  json: Record<string, unknown>;
  binary?: Record<
    string,
    { id?: string; data: string; fileName?: string; mimeType: string; bytes?: number }
  >;
}

export interface Execution {
  id: string;
  status: string;
  /** Items of each node's first output; of its second under the name with ` (error)`. */
  items: Record<string, Item[]>;
  /** The error that ended it. */
  error?: { message: string; description?: string; httpCode?: string };
  /** Everything that n8n kept, as text. */
  raw: string;
}

export const OWNER = { email: 'owner@example.com', password: 'Allegro-Test-1' };

/** The editor's own REST API. */
export class N8nRest {
  private cookie = '';
  readonly browserId = randomUUID();

  private constructor(private readonly url: string) {}

  /** Makes the owner of a fresh n8n. */
  static async signUp(url: string): Promise<N8nRest> {
    const rest = new N8nRest(url);
    await rest.call('POST', '/rest/owner/setup', {
      ...OWNER,
      firstName: 'Test',
      lastName: 'Owner',
    });
    return rest;
  }

  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetchOnce(this.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        'browser-id': this.browserId,
        cookie: this.cookie,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const cookies = response.headers.getSetCookie();
    if (cookies.length > 0) this.cookie = cookies.map((line) => line.split(';')[0]).join('; ');
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return (JSON.parse(text) as { data: T }).data;
  }

  /** The cookies of the session, for a browser. */
  get sessionCookies(): Array<{ name: string; value: string; url: string }> {
    return this.cookie.split('; ').map((pair) => {
      const at = pair.indexOf('=');
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: this.url };
    });
  }

  createCredential(
    name: string,
    type: string,
    data: Record<string, unknown>,
  ): Promise<{ id: string; name: string; type: string }> {
    return this.call('POST', '/rest/credentials', { name, type, data });
  }

  testCredential(credential: {
    id: string;
    name: string;
    type: string;
    data: Record<string, unknown>;
  }): Promise<{ status: string; message: string }> {
    return this.call('POST', '/rest/credentials/test', { credentials: credential });
  }

  createWorkflow(workflow: Workflow): Promise<Workflow & { id: string }> {
    // The order of execution that n8n's editor gives to new workflows.
    const settings = { executionOrder: 'v1' };
    return this.call('POST', '/rest/workflows', { settings, ...workflow });
  }

  /** Runs a workflow from a trigger, and waits for its end. */
  async run(workflow: Workflow & { id: string }, trigger: string): Promise<Execution> {
    const { executionId } = await this.start(workflow, trigger);
    return this.untilEnded(executionId);
  }

  start(workflow: Workflow & { id: string }, trigger: string): Promise<{ executionId: string }> {
    return this.call('POST', `/rest/workflows/${workflow.id}/run`, {
      workflowData: workflow,
      startNodes: [],
      triggerToStartFrom: { name: trigger },
    });
  }

  async untilEnded(executionId: string, limitSeconds = 900): Promise<Execution> {
    const endMs = Date.now() + limitSeconds * 1000;
    while (Date.now() < endMs) {
      const execution = await this.call<{ status: string; data: string }>(
        'GET',
        `/rest/executions/${executionId}`,
      );
      if (!['new', 'running', 'waiting'].includes(execution.status)) {
        return readExecution(executionId, execution.status, execution.data);
      }
      await wait(200);
    }
    throw new Error(`Execution ${executionId} did not end within ${limitSeconds} s.`);
  }

  /** Downloads a binary as the editor does. */
  async binary(id: string): Promise<Buffer> {
    const response = await fetchOnce(
      `${this.url}/rest/binary-data?id=${encodeURIComponent(id)}&action=download&fileName=x&mimeType=application%2Foctet-stream`,
      { headers: { 'browser-id': this.browserId, cookie: this.cookie } },
    );
    if (!response.ok) throw new Error(`Binary ${id}: ${response.status} ${await response.text()}`);
    return Buffer.from(await response.arrayBuffer());
  }
}

interface NodeRun {
  data?: { main?: Array<Item[] | null> };
}

function readExecution(id: string, status: string, data: string): Execution {
  const { resultData } = unflatten(data) as {
    resultData: { runData?: Record<string, NodeRun[]>; error?: Execution['error'] };
  };
  const items: Execution['items'] = {};
  for (const [node, runs] of Object.entries(resultData.runData ?? {})) {
    items[node] = runs.flatMap((run) => run.data?.main?.[0] ?? []);
    items[`${node} (error)`] = runs.flatMap((run) => run.data?.main?.[1] ?? []);
  }
  return { id, status, items, error: resultData.error, raw: data };
}

/**
 * Reads the form in which n8n stores executions: an array in which each object, array and string
 * stands once and is referred to by its index, written as a string.
 */
function unflatten(text: string): unknown {
  const table = JSON.parse(text) as unknown[];
  const done = new Map<number, unknown>();
  const resolve = (index: number): unknown => {
    if (done.has(index)) return done.get(index);
    const entry = table[index];
    if (typeof entry !== 'object' || entry === null) return entry;
    const copy: Record<string, unknown> | unknown[] = Array.isArray(entry) ? [] : {};
    done.set(index, copy);
    for (const [key, value] of Object.entries(entry)) {
      (copy as Record<string, unknown>)[key] =
        typeof value === 'string' ? resolve(Number(value)) : value;
    }
    return copy;
  };
  return resolve(0);
}
