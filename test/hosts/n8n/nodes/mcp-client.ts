import { setTimeout as pause } from 'node:timers/promises';

/** How long n8n may take to open the path of a workflow that was published. */
const START_LIMIT_MS = 60_000;

/** As much of a client of MCP (streamable HTTP) as the tests need. */
export class McpClient {
  private count = 0;

  private constructor(
    private readonly url: string,
    private readonly session: string,
  ) {}

  /** Waits until n8n answers at this path. */
  static async connect(url: string): Promise<McpClient> {
    const parameters = {
      protocolVersion: '2025-03-26',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    };
    const end = Date.now() + START_LIMIT_MS;
    for (;;) {
      const response = await post(url, '', { id: 0, method: 'initialize', params: parameters });
      if (response.ok) {
        await response.text();
        const client = new McpClient(url, response.headers.get('mcp-session-id') ?? '');
        await (await post(url, client.session, { method: 'notifications/initialized' })).text();
        return client;
      }
      if (Date.now() > end) throw new Error(`${response.status}: ${await response.text()}`);
      await pause(300);
    }
  }

  /** The whole answer, as it came. */
  async callTool(name: string, parameters: Record<string, unknown>): Promise<string> {
    const params = { name, arguments: parameters };
    const call = { id: ++this.count, method: 'tools/call', params };
    const response = await post(this.url, this.session, call);
    return response.text();
  }
}

function post(url: string, session: string, message: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...(session ? { 'mcp-session-id': session } : {}),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
}
