import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { close, listen } from './listen';

interface ChatRequest {
  stream?: boolean;
  messages: Array<{ role: string; content: unknown }>;
  tools?: Array<{ function: { name: string; parameters: unknown } }>;
}

/** What the model asks for; the first tool that it is offered where no name is given. */
interface ToolCall {
  /** Of the name of a tool. */
  tool?: RegExp;
  args: Record<string, unknown>;
}

/**
 * A language model that calls one tool after the other and then says that it is done. Speaks as much
 * of the OpenAI API as n8n's agent needs.
 */
export class FakeModel {
  /** The tools that it calls, one after the other. */
  calls: ToolCall[] = [];
  /** What it says when all of them have answered. */
  lastWords = 'Done.';
  /** While it is set, it refuses to say anything. */
  isDown = false;
  /** What all of them answered, in the order of the calls. */
  toolAnswers: string[] = [];
  /** Names of the tools that it was offered. */
  tools: string[] = [];

  private constructor(
    private readonly server: Server,
    /** As the settings of n8n's model take it. */
    readonly url: string,
  ) {}

  static async start(): Promise<FakeModel> {
    const server = createServer(async (request, response) => {
      const chat = (await json(request)) as ChatRequest;
      if (model.isDown) {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: 'The model is gone.' } }));
        return;
      }
      const message = model.reply(chat);
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
    const model: FakeModel = new FakeModel(server, `http://127.0.0.1:${await listen(server)}/v1`);
    return model;
  }

  clear(): void {
    this.calls = [];
    this.isDown = false;
    this.toolAnswers = [];
    this.tools = [];
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  /** What the tool called last answered, as the model saw it. */
  get toolAnswer(): string {
    return this.toolAnswers.at(-1) ?? '';
  }

  private reply({ messages, tools = [] }: ChatRequest) {
    this.tools = tools.map(({ function: { name } }) => name);
    this.toolAnswers = messages
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)));
    const next = this.calls[this.toolAnswers.length];
    if (!next) return { role: 'assistant', content: this.lastWords };
    const name = this.tools.find((one) => next.tool?.test(one) ?? true);
    const call = {
      index: 0,
      id: `call-${this.toolAnswers.length + 1}`,
      type: 'function',
      function: { name, arguments: JSON.stringify(next.args) },
    };
    return { role: 'assistant', content: null, tool_calls: [call] };
  }
}
