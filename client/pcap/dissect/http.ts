import { TopCounter } from '../content/bounded-table';
import type { Direction, Flow, FlowReader } from '../content/flows';
import type { Packet } from '../content/packet';
import { asciiText, headerOf, headLines, startsWith } from './bytes';
import type { Dissector } from './dissector';
import type { Logins } from './logins';

/** HTTP/1 (RFC 9112). Requests and responses that begin with a packet. */

export interface HttpFigures {
  requests: number;
  responses: number;
  methods: Record<string, number>;
  /** By the class of the status code, e.g. `2xx`. */
  statusClasses: Record<string, number>;
  hosts: Array<{ name: string; count: number }>;
  /** Status code and host of responses from 400 on. */
  errors: Array<{ name: string; count: number }>;
}

const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'TRACE'];
const STARTS = METHODS.map((method) => `${method} `);
const RESPONSE = 'HTTP/1.';
/** A field of a form that holds a password, in lower case. Its value is not kept. */
const PASSWORD_FIELD = /(?:^|&)(?:pass|passwd|password|passwort|kennwort|pwd)=[^&]/;
const FORM = 'application/x-www-form-urlencoded';
const FORM_FILTER = 'http.request.method == "POST"';
/** A form's beginning, and the head of its request, are looked at so far. */
const MAX_FORM = 1000;
const MAX_HEAD = 4096;

export class HttpDissector implements Dissector<HttpFigures> {
  readonly figures: HttpFigures = {
    requests: 0,
    responses: 0,
    methods: {},
    statusClasses: {},
    hosts: [],
    errors: [],
  };
  readonly hosts = new TopCounter();
  readonly errors = new TopCounter();

  constructor(readonly logins: Logins) {}

  open(packet: Packet): FlowReader | undefined {
    if (packet.ipProtocol !== 6 || !mayBeHead(packet)) return undefined;
    const bytes = packet.content();
    if (startsWith(bytes, RESPONSE) || requestMethod(bytes) !== undefined) {
      return new HttpReader(this);
    }
    return undefined;
  }

  tables() {
    return { httpHosts: this.hosts, httpErrors: this.errors };
  }

  result(limit: number): HttpFigures {
    return { ...this.figures, hosts: this.hosts.top(limit), errors: this.errors.top(limit) };
  }
}

class HttpReader implements FlowReader {
  /** Of the latest request. */
  private host = '';
  /** The end whose next packet begins with the form that its head announced. */
  private formFrom: Direction | undefined;

  constructor(private readonly owner: HttpDissector) {}

  read(packet: Packet, flow: Flow, direction: Direction): void {
    if (this.formFrom === direction) {
      this.formFrom = undefined;
      this.readForm(packet.content(), packet, flow, direction);
    }
    if (!mayBeHead(packet)) return;
    const bytes = packet.content();
    const { figures } = this.owner;
    if (startsWith(bytes, RESPONSE)) {
      const status = String.fromCharCode(...bytes.subarray(9, 12));
      if (!/^[1-5]\d\d$/.test(status)) return;
      // "100 Continue" comes before the form; any other response instead of it.
      if (status[0] !== '1') this.formFrom = undefined;
      figures.responses++;
      count(figures.statusClasses, `${status[0]}xx`);
      if (status >= '400') this.owner.errors.add(`${status} ${this.host}`.trim());
      return;
    }
    const method = requestMethod(bytes);
    if (method === undefined) return;
    const lines = headLines(bytes);
    if (!/ HTTP\/1\.\d$/.test(lines[0].slice(-9)) && lines[0].length < 500) return;
    figures.requests++;
    count(figures.methods, method);
    const host = headerOf(lines, 'host')?.slice(0, 255).toLowerCase();
    if (host) {
      this.host = host;
      this.owner.hosts.add(host);
      flow.conversation.name ??= host;
    }
    for (const name of ['authorization', 'proxy-authorization']) {
      if (headerOf(lines, name)?.slice(0, 6).toLowerCase() !== 'basic ') continue;
      const filter = `http.${name.replace('-', '_')}`;
      this.owner.logins.add('HTTP Basic', flow, direction, packet.timeUs, filter);
    }
    if (!headerOf(lines, 'content-type')?.toLowerCase().startsWith(FORM)) return;
    const body = bodyOf(bytes);
    if (body.length > 0) this.readForm(body, packet, flow, direction);
    else this.formFrom = direction;
  }

  private readForm(body: Uint8Array, packet: Packet, flow: Flow, direction: Direction): void {
    if (!PASSWORD_FIELD.test(asciiText(body, MAX_FORM).toLowerCase())) return;
    this.owner.logins.add('HTTP form', flow, direction, packet.timeUs, FORM_FILTER);
  }
}

/** What follows the blank line behind a head. */
function bodyOf(bytes: Uint8Array): Uint8Array {
  const end = Math.min(bytes.length, MAX_HEAD) - 3;
  for (let at = 0; at < end; at++) {
    const isEnd = bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13;
    if (isEnd && bytes[at + 3] === 10) return bytes.subarray(at + 4);
  }
  return bytes.subarray(bytes.length);
}

/** The body of a response is the most of it: one look at the first letter, C to T, leaves it out. */
function mayBeHead({ view, at }: Packet): boolean {
  const first = view.getUint8(at);
  return first >= 67 && first <= 84;
}

function requestMethod(bytes: Uint8Array): string | undefined {
  const index = STARTS.findIndex((start) => startsWith(bytes, start));
  return index < 0 ? undefined : METHODS[index];
}

const count = (counts: Record<string, number>, name: string) =>
  (counts[name] = (counts[name] ?? 0) + 1);
