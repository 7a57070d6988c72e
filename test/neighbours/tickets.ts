import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { close, listen } from './listen';

/** A ticket as its system keeps it. */
interface Ticket {
  id: string;
  title: string;
  description: string;
  files: Array<{ name: string; content: Buffer }>;
}

interface Answer {
  status: number;
  body: unknown;
}
type Values = Record<string, unknown>;

/** What the ticket systems have in common: tickets, what was refused, and files of a form. */
abstract class TicketServer {
  readonly tickets: Ticket[] = [];
  /** What was refused, and why. */
  readonly refused: string[] = [];
  /** While it is set, tickets are taken, but no files. */
  refusesFiles = false;
  private server?: Server;
  url = '';

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      void this.take(request).then(({ status, body }) => {
        if (status >= 400) this.refused.push(`${status} ${JSON.stringify(body)}`);
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
    this.url = `http://127.0.0.1:${await listen(this.server)}`;
    return this;
  }

  clear(): void {
    this.tickets.length = 0;
    this.refused.length = 0;
    this.refusesFiles = false;
  }

  stop(): Promise<void> {
    return close(this.server!);
  }

  private async take(request: IncomingMessage): Promise<Answer> {
    const content = await buffer(request);
    try {
      return await this.answer(request, content);
    } catch (error) {
      return { status: 400, body: { errorMessages: [String(error)] } };
    }
  }

  protected abstract answer(request: IncomingMessage, content: Buffer): Promise<Answer>;

  protected add(fields: Omit<Ticket, 'files'>): void {
    this.tickets.push({ ...fields, files: [] });
  }

  /** Keeps the files of a form under one field. @throws Error where there is none */
  protected async attach(
    id: string,
    field: string,
    { headers }: IncomingMessage,
    content: Buffer,
  ): Promise<Ticket['files'] | undefined> {
    const ticket = this.tickets.find((one) => one.id === id);
    if (!ticket) return undefined;
    const type = String(headers['content-type']);
    const form = await new Response(new Uint8Array(content), {
      headers: { 'Content-Type': type },
    }).formData();
    const parts = form.getAll(field).filter((part) => typeof part !== 'string');
    if (parts.length === 0) throw new Error(`No file in the field ${field}`);
    const files = await Promise.all(
      parts.map(async (part) => ({
        name: part.name,
        content: Buffer.from(await part.arrayBuffer()),
      })),
    );
    ticket.files.push(...files);
    return files;
  }
}

/** Texts of a JSON body. @throws Error where one is missing, or what a workflow left out shows */
function texts(values: Values, ...names: string[]): string[] {
  return names.map((name) => {
    const value = values[name];
    if (typeof value !== 'string' || value === '' || /undefined|\[object|NaN/.test(value)) {
      throw new Error(`${name} cannot be ${JSON.stringify(value)}`);
    }
    return value;
  });
}

/** Within the signs for text that is shown as it is: names from the network are in it. */
export function plainPart(description: string, sign: string): string {
  const [start, ...parts] = description.split(sign);
  const [text = '', end] = parts;
  if (start !== '' || end !== '' || parts.length !== 2) throw new Error(`Markup: ${description}`);
  return text.trim();
}

function refuseOthers(values: Values, ...names: string[]): void {
  const other = Object.keys(values).find((name) => !names.includes(name));
  if (other !== undefined) throw new Error(`There is no field ${other}`);
}

/**
 * Jira's REST API, as far as issues with attachments need it: `POST …/issue` with `fields`, then the
 * file to `…/issue/{key}/attachments`, as a form with the field `file` and the header that ends
 * Jira's protection against forged requests.
 */
export class JiraServer extends TicketServer {
  static readonly LOGIN = { email: 'workflows@example.com', apiToken: 'only-for-tests' };
  static readonly PROJECT = { id: '10000', key: 'NET' };
  static readonly TYPE = { id: '10001', name: 'Task' };

  protected async answer(request: IncomingMessage, content: Buffer): Promise<Answer> {
    const { method, url = '', headers } = request;
    const { email, apiToken } = JiraServer.LOGIN;
    const login = Buffer.from(`${email}:${apiToken}`).toString('base64');
    if (headers.authorization !== `Basic ${login}`) return failed(401, 'Login');
    if (method === 'GET' && url === '/rest/api/2/issuetype') {
      return { status: 200, body: [{ ...JiraServer.TYPE, subtask: false }] };
    }
    if (method === 'POST' && url === '/rest/api/2/issue') return this.create(content);
    const [, key] = /^\/rest\/api\/[23]\/issue\/([^/]+)\/attachments$/.exec(url) ?? [];
    if (method !== 'POST' || key === undefined) return failed(404, `${method} ${url}`);
    if (headers['x-atlassian-token'] !== 'no-check') return failed(403, 'XSRF check failed');
    if (this.refusesFiles) return failed(413, 'The file is larger than what is allowed');
    const files = await this.attach(key, 'file', request, content);
    if (!files) return failed(404, 'Issue does not exist or you do not have permission to see it.');
    return {
      status: 200,
      body: files.map(({ name, content: { length } }) => ({ filename: name, size: length })),
    };
  }

  private create(content: Buffer): Answer {
    const { fields } = JSON.parse(content.toString()) as { fields: Values };
    refuseOthers(fields, 'project', 'issuetype', 'summary', 'description');
    const [summary, description] = texts(fields, 'summary', 'description');
    if (/[\r\n]/.test(summary!) || summary!.length > 255) throw new Error('summary');
    isOneOf(fields.project, JiraServer.PROJECT);
    isOneOf(fields.issuetype, JiraServer.TYPE);
    const key = `NET-${this.tickets.length + 1}`;
    this.add({ id: key, title: summary!, description: plainPart(description!, '{noformat}') });
    const self = `${this.url}/rest/api/2/issue/10042`;
    return { status: 201, body: { id: '10042', key, self } };
  }
}

/** @throws Error where something is not named by its ID, key or name */
function isOneOf(given: unknown, known: Values): void {
  const [[name, value] = []] = Object.entries(given as object) as Array<[string, unknown]>;
  if (name === undefined || known[name] !== value) throw new Error(JSON.stringify(given));
}

/**
 * TheHive 5: `POST /api/v1/case` with title and description, then the file to
 * `…/case/{id}/attachments`, as a form with the field `attachments`.
 */
export class TheHiveServer extends TicketServer {
  static readonly KEY = 'only-for-tests';

  protected async answer(request: IncomingMessage, content: Buffer): Promise<Answer> {
    const { method, url = '', headers } = request;
    if (headers.authorization !== `Bearer ${TheHiveServer.KEY}`) return failed(401, 'Login');
    if (method === 'POST' && url === '/api/v1/case') return this.create(content);
    const [, id] = /^\/api\/v1\/case\/(~\d+)\/attachments$/.exec(url) ?? [];
    if (method !== 'POST' || id === undefined) return failed(404, `${method} ${url}`);
    if (this.refusesFiles) return failed(413, 'Entity too large');
    const files = await this.attach(id, 'attachments', request, content);
    if (!files) return failed(404, 'Case not found');
    const attachments = files.map(({ name, content: { length } }) => ({ name, size: length }));
    return { status: 201, body: { attachments } };
  }

  private create(content: Buffer): Answer {
    const values = JSON.parse(content.toString()) as Values;
    refuseOthers(values, 'title', 'description', 'severity', 'tags');
    const [title, description] = texts(values, 'title', 'description');
    const { severity = 2, tags = [] } = values;
    if (![1, 2, 3, 4].includes(severity as number) || !Array.isArray(tags)) throw new Error('Case');
    const id = `~${4096 + this.tickets.length}`;
    this.add({ id, title: title!, description: plainPart(description!, '```') });
    return { status: 201, body: { _id: id, _type: 'Case', number: 1, title, description } };
  }
}

/**
 * MISP with one event: `POST /attributes/add/{eventId}` takes a file as Base64, in an attribute of
 * the type "attachment". @throws Error where something else is sent
 */
export class MispServer extends TicketServer {
  static readonly KEY = 'only-for-tests';
  static readonly EVENT = '4711';

  protected answer({ method, url, headers }: IncomingMessage, content: Buffer): Promise<Answer> {
    if (headers.authorization !== MispServer.KEY) return Promise.resolve(failed(403, 'Login'));
    if (method !== 'POST' || url !== `/attributes/add/${MispServer.EVENT}`) {
      return Promise.resolve(failed(404, `${method} ${url}`));
    }
    const values = JSON.parse(content.toString()) as Values;
    refuseOthers(values, 'type', 'category', 'value', 'data');
    const [type, category, value] = texts(values, 'type', 'category', 'value');
    if (type !== 'attachment' || category !== 'Network activity') throw new Error(type);
    const file = Buffer.from(String(values.data), 'base64');
    if (file.length === 0 || file.toString('base64') !== values.data) throw new Error('data');
    this.add({ id: MispServer.EVENT, title: value!, description: category });
    this.tickets.at(-1)!.files.push({ name: value!, content: file });
    return Promise.resolve({ status: 200, body: { Attribute: { type, category, value } } });
  }
}

function failed(status: number, message: string): Answer {
  return { status, body: { errorMessages: [message] } };
}
