import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { close, listen } from './listen';

const PATH = '/workflows/test';
const CARD = 'application/vnd.microsoft.card.adaptive';

/** A `TextBlock` would be read as Markdown: a name from the network could be a link. */
interface RichTextBlock {
  type: 'RichTextBlock';
  inlines: Array<{ type: 'TextRun'; text: string }>;
}

/**
 * The webhook of a workflow of Microsoft Teams ("When a Teams webhook request is received"): `POST`
 * of a message with one Adaptive Card, 202 for an answer.
 */
export class TeamsServer {
  /** What a person reads of each card, line by line. */
  readonly cards: string[] = [];
  /** What was refused, and why. */
  readonly refused: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TeamsServer> {
    const server = createServer((request, response) => {
      void teams.take(request).then((status) => response.writeHead(status).end());
    });
    const teams: TeamsServer = new TeamsServer(
      server,
      `http://127.0.0.1:${await listen(server)}${PATH}`,
    );
    return teams;
  }

  clear(): void {
    this.cards.length = 0;
    this.refused.length = 0;
  }

  stop(): Promise<void> {
    return close(this.server);
  }

  private async take(request: IncomingMessage): Promise<number> {
    const body = await text(request);
    if (request.method !== 'POST' || request.url !== PATH) return 404;
    try {
      this.cards.push(readCard(JSON.parse(body)));
      return 202;
    } catch (error) {
      this.refused.push(`${String(error)}: ${body}`);
      return 400;
    }
  }
}

/** @throws Error where a message is not of the form that the webhook takes. */
export function readCard(message: unknown): string {
  const { type, attachments } = message as { type: string; attachments: Attachment[] };
  const [{ contentType, content }, ...others] = attachments;
  const isCard = content.type === 'AdaptiveCard' && /^1\.[0-5]$/.test(content.version);
  if (type !== 'message' || others.length > 0 || contentType !== CARD || !isCard) {
    throw new Error('Not a message with one Adaptive Card');
  }
  return content.body
    .map(({ type: kind, inlines: [run, ...runs] }) => {
      const isText = kind === 'RichTextBlock' && run!.type === 'TextRun' && runs.length === 0;
      if (!isText || run!.text === '' || /undefined|\[object|NaN/.test(run!.text)) {
        throw new Error(`Not a line of plain text: ${JSON.stringify(run)}`);
      }
      return run!.text;
    })
    .join('\n');
}

interface Attachment {
  contentType: string;
  content: { type: string; version: string; body: RichTextBlock[] };
}
