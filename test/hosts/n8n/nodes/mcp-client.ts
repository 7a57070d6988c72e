import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureN8n } from '../../../../scripts/hosts/n8n-cache';

/** How long n8n may take to open the path of a workflow that was published, and to answer. */
const LIMIT_MS = 600_000;
const PATIENT = { timeout: LIMIT_MS };

/** As much of `@modelcontextprotocol/sdk`, which n8n brings along, as the tests need. */
interface Sdk {
  Client: new (info: { name: string; version: string }) => {
    connect(transport: object): Promise<void>;
    listTools(parameters: object, options: Options): Promise<{ tools: Array<{ name: string }> }>;
    callTool(
      call: { name: string; arguments: object },
      schema: undefined,
      options: Options,
    ): Promise<{ content: Content[] }>;
    close(): Promise<void>;
  };
  StreamableHTTPClientTransport: new (
    url: URL,
    options: { requestInit: RequestInit },
  ) => { terminateSession(): Promise<void> };
}

interface Options {
  /** In ms; the SDK's own limit is a minute. */
  timeout: number;
}

interface Content {
  type: string;
  text?: string;
}

/** The reference client of MCP, connected to an MCP trigger of n8n. */
export class McpClient {
  private constructor(private readonly client: InstanceType<Sdk['Client']>) {}

  /** Waits until n8n answers at this path. */
  static async connect(url: string, token = '', limitMs = LIMIT_MS): Promise<McpClient> {
    const { Client, StreamableHTTPClientTransport } = await loadSdk();
    const headers = token ? { Authorization: `Bearer ${token}` } : undefined;
    const end = Date.now() + limitMs;
    for (;;) {
      const client = new Client({ name: 'test', version: '1' });
      try {
        const requestInit = { headers };
        await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
        return new McpClient(client);
      } catch (error) {
        if (Date.now() > end) throw error;
        await pause(300);
      }
    }
  }

  /** Names of the tools, sorted. */
  async tools(): Promise<string[]> {
    const { tools } = await this.client.listTools({}, PATIENT);
    return tools.map(({ name }) => name).sort();
  }

  /** The texts of the answer, one below the other. */
  async callTool(name: string, parameters: Record<string, unknown>): Promise<string> {
    const call = { name, arguments: parameters };
    const { content } = await this.client.callTool(call, undefined, PATIENT);
    return content.map(({ text }) => text ?? '').join('\n');
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

async function loadSdk(): Promise<Sdk> {
  const folder = join(ensureN8n().nodeModules, '@modelcontextprotocol/sdk/dist/cjs/client');
  const [client, transport] = (await Promise.all(
    ['index.js', 'streamableHttp.js'].map((file) => import(join(folder, file))),
  )) as [Pick<Sdk, 'Client'>, Pick<Sdk, 'StreamableHTTPClientTransport'>];
  return { ...client, ...transport };
}
