import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { close, listen } from './listen';
import { problemsOf } from './slack-form';

const PATH = '/services/T00000000/B00000000/test';

interface SlackText {
  type: string;
  text: string;
}

/** A message as an incoming webhook takes it. */
export interface SlackMessage {
  text: string;
  blocks: Array<{ type: string; text?: SlackText; fields?: SlackText[]; elements?: SlackText[] }>;
}

/**
 * An incoming webhook as Slack has them: `POST` of JSON, `ok` for an answer, 400 and a word for a
 * message of the wrong form.
 */
export class ChatServer {
  /** Only messages of the right form. */
  readonly messages: SlackMessage[] = [];
  /** What was refused, and why. */
  readonly refused: string[] = [];

  private round = 0;

  private constructor(
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(): Promise<ChatServer> {
    const server = createServer((request, response) => {
      void chat.take(request).then(({ status, word }) => {
        response.writeHead(status, { 'Content-Type': 'text/plain' }).end(word);
      });
    });
    const chat: ChatServer = new ChatServer(server, `http://127.0.0.1:${await listen(server)}`);
    return chat;
  }

  /** All texts of all messages, one below the other. */
  get transcript(): string {
    return this.messages.map(readable).join('\n---\n');
  }

  /** The webhook, another one after each {@link clear}. */
  get url(): string {
    return `${this.origin}${PATH}${this.round}`;
  }

  /** Forgets all messages. What comes to an earlier webhook is taken, and kept nowhere. */
  clear(): void {
    this.round += 1;
    this.messages.length = 0;
    this.refused.length = 0;
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  private async take(request: IncomingMessage): Promise<{ status: number; word: string }> {
    const body = await text(request);
    const round = Number(request.url?.slice(PATH.length));
    if (request.method === 'POST' && request.url === `${PATH}${round}` && round < this.round) {
      return { status: 200, word: 'ok' };
    }
    if (request.method !== 'POST' || request.url !== `${PATH}${this.round}`) {
      return this.refuse(404, 'no_service', `${request.method} ${request.url}`);
    }
    if (!/^application\/json/.test(request.headers['content-type'] ?? '')) {
      return this.refuse(400, 'invalid_payload', 'The content type is not JSON.');
    }
    let message: unknown;
    try {
      message = JSON.parse(body);
    } catch {
      return this.refuse(400, 'invalid_payload', `No JSON: ${body.slice(0, 200)}`);
    }
    const problems = problemsOf(message);
    if (problems.length > 0) return this.refuse(400, 'invalid_blocks', problems.join('\n'));
    this.messages.push(message as SlackMessage);
    return { status: 200, word: 'ok' };
  }

  private refuse(status: number, word: string, why: string): { status: number; word: string } {
    this.refused.push(why);
    return { status, word };
  }
}

/** What a person reads of a message. */
export function readable({ text: summary, blocks = [] }: SlackMessage): string {
  const parts = blocks.flatMap((block) => [
    ...(block.text ? [block.text] : []),
    ...(block.fields ?? []),
    ...(block.elements ?? []),
  ]);
  return [summary, ...parts.map((part) => part.text)]
    .join('\n')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
