import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ChatRequest {
  stream?: boolean;
  messages: Array<{ role: string; content: unknown }>;
  tools?: Array<{ function: { name: string; parameters: unknown } }>;
}

/** What the model asks for; the first tool that it is offered where none is named. */
interface ToolCall {
  tool?: string;
  args: Record<string, unknown>;
}

/**
 * A language model that calls one tool after the other and then says that it is done. Speaks as much
 * of the OpenAI API as n8n's agent needs.
 */
export class FakeModel {
  /** What the tool called last answered, as the model saw it. */
  toolAnswer = '';
  /** What all of them answered, in the order of the calls. */
  toolAnswers: string[] = [];
  /** Names of the tools that it was offered. */
  tools: string[] = [];

  private constructor(private readonly server: Server) {}

  static start(args: Record<string, unknown>): Promise<FakeModel> {
    return FakeModel.withCalls([{ args }]);
  }

  /** @param lastWords what it says when all tools have answered */
  static async withCalls(calls: ToolCall[], lastWords = 'Done.'): Promise<FakeModel> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const chat = JSON.parse(Buffer.concat(chunks).toString() || '{}') as ChatRequest;
      const message = model.reply(chat, calls, lastWords);
      const finish = message.tool_calls ? 'tool_calls' : 'stop';
      const common = { id: 'chat-1', created: 1, model: 'fake' };
      if (chat.stream) {
        const chunk = (delta: object, reason: string | null) =>
          `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`${chunk(message, null)}${chunk({}, finish)}data: [DONE]\n\n`);
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      const choices = [{ index: 0, message, finish_reason: finish }];
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      response.end(JSON.stringify({ ...common, object: 'chat.completion', choices, usage }));
    });
    const model: FakeModel = new FakeModel(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private reply({ messages, tools = [] }: ChatRequest, calls: ToolCall[], lastWords: string) {
    this.tools = tools.map(({ function: { name } }) => name);
    this.toolAnswers = messages
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)));
    this.toolAnswer = this.toolAnswers.at(-1) ?? '';
    const next = calls[this.toolAnswers.length];
    if (!next) return { role: 'assistant', content: lastWords };
    const call = {
      index: 0,
      id: `call-${this.toolAnswers.length + 1}`,
      type: 'function',
      function: { name: next.tool ?? this.tools[0], arguments: JSON.stringify(next.args) },
    };
    return { role: 'assistant', content: null, tool_calls: [call] };
  }
}
