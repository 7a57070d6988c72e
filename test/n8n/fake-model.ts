import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ChatRequest {
  stream?: boolean;
  messages: Array<{ role: string; content: unknown }>;
  tools?: Array<{ function: { name: string; parameters: unknown } }>;
}

/**
 * A language model that calls the first tool once and then repeats what the tool answered. Speaks as
 * much of the OpenAI API as n8n's agent needs.
 */
export class FakeModel {
  /** What the tool answered, as the model saw it. */
  toolAnswer = '';

  private constructor(private readonly server: Server) {}

  static async start(args: Record<string, unknown>): Promise<FakeModel> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const chat = JSON.parse(Buffer.concat(chunks).toString() || '{}') as ChatRequest;
      const message = model.reply(chat, args);
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

  private reply({ messages, tools }: ChatRequest, args: Record<string, unknown>) {
    const answer = messages.find(({ role }) => role === 'tool');
    if (answer) {
      const { content } = answer;
      this.toolAnswer = typeof content === 'string' ? content : JSON.stringify(content);
      return { role: 'assistant', content: 'Done.' };
    }
    const call = {
      index: 0,
      id: 'call-1',
      type: 'function',
      function: { name: tools?.[0].function.name, arguments: JSON.stringify(args) },
    };
    return { role: 'assistant', content: null, tool_calls: [call] };
  }
}
