/**
 * One family of errors for everything that can go wrong with an appliance. A person reads the
 * message, a workflow branches on `kind` and `status`, and `canRetry` tells both whether the same
 * call may succeed later.
 */

import { ENGLISH, say, Sentence, sentences, verbatim, withTexts } from './values/sentence';
import { asText } from './values/text';

/** Stable, machine-readable. New kinds may be added; existing ones keep their meaning. */
export type ErrorKind =
  /** A field's value is wrong; nothing was sent. */
  | 'input'
  /** No connection: refused, no route, unknown name, broken before an answer. */
  | 'unreachable'
  /** The certificate is not trusted or does not fit. */
  | 'certificate'
  /** 401: who asks is not known. */
  | 'login'
  /** 403: who asks may not. */
  | 'permission'
  /** 404: this firmware has no such path, or the element is gone. */
  | 'notFound'
  /** 409, or an analysis slot or job that is taken. */
  | 'busy'
  /** Another 4xx. */
  | 'refused'
  /** 5xx and 429, after the retries. */
  | 'appliance'
  /** An answer that is not what the API promises: HTML, no JSON, no packets. */
  | 'badAnswer'
  /** Bytes stopped, or broke off before the end. */
  | 'incomplete'
  /** A limit of time ran out. */
  | 'timeout'
  /** A limit of size ran out. */
  | 'tooLarge'
  /** An asynchronous job ended with an error code or was lost. */
  | 'job'
  /** Somebody cancelled. */
  | 'cancelled';

export interface ErrorFacts {
  kind: ErrorKind;
  /** What happened, one sentence with its final stop. */
  what: Sentence;
  /** What to do next, one or two sentences. */
  advice: Sentence;
  /** Base URL of the appliance, and the `mm-id` where one was used. */
  device?: string;
  method?: string;
  /** Path and query without secrets (the API carries none in queries). */
  path?: string;
  status?: number;
  /** Whether the same call can succeed later without a change. */
  canRetry?: boolean;
  /** The name of the field that is wrong, for kind `input`. */
  field?: string;
  /** Whether the field has no value, rather than a wrong one. */
  isMissing?: boolean;
  /** The beginning of what the appliance answered, stripped of markup. */
  answer?: string;
  cause?: unknown;
}

/** Which request an error is about. */
export interface RequestInfo extends Pick<ErrorFacts, 'device' | 'method' | 'path'> {
  /** See `Transport.mask`; absent where no login was sent. */
  mask?(text: string): string;
}

/** Thrown by everything in the client and the definitions. */
export class AllegroError extends Error {
  override readonly name = 'AllegroError';
  readonly kind: ErrorKind;
  /** In English; see {@link AllegroError.sentences}. */
  readonly what: string;
  readonly advice: string;
  /** The same for hosts that speak another language, and to be part of other sentences. */
  readonly sentences: Readonly<Record<'message' | 'what' | 'advice', Sentence>>;
  readonly device?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly canRetry: boolean;
  readonly field?: string;
  readonly isMissing: boolean;
  readonly answer?: string;

  constructor(facts: ErrorFacts) {
    const message = messageOf(facts);
    super(String(message), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.what = String(facts.what);
    this.advice = String(facts.advice);
    this.sentences = { message, what: facts.what, advice: facts.advice };
    this.device = facts.device;
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.canRetry = facts.canRetry ?? false;
    this.field = facts.field;
    this.isMissing = facts.isMissing ?? false;
    this.answer = facts.answer;
  }

  /** The facts as plain data, for a workflow to branch on. Contains no secret. */
  toJSON(): Record<string, unknown> {
    return withTexts(this.facts(), ENGLISH);
  }

  /** The same with sentences, for a host to show in its language. */
  facts(): Record<string, unknown> {
    const { kind, device, method, path, status, canRetry, field, answer } = this;
    const { message, what, advice } = this.sentences;
    const facts = { kind, message, what, advice, device, method, path, status, canRetry, field };
    return Object.fromEntries(
      Object.entries({ ...facts, answer }).filter(([, value]) => value !== undefined),
    );
  }
}

/** The request comes last: what happened and what to do read as one text. */
function messageOf(facts: ErrorFacts): Sentence {
  return sentences(facts.what, answerIn(facts), facts.advice, requestIn(facts));
}

/** What the appliance said of it. */
export function answerIn({ answer }: Pick<ErrorFacts, 'answer'>): Sentence | undefined {
  return answer ? say`The appliance answered: "${answer.replace(/\.$/, '')}".` : undefined;
}

/** Which request it was. Without a final stop, which would look like a part of the path. */
export function requestIn({ device, method, path }: RequestInfo): Sentence | undefined {
  const request = method && path ? `${method} ${path}` : path;
  if (request && device) return say`Request: ${request} on ${device}`;
  return request || device ? say`Request: ${request ?? device ?? ''}` : undefined;
}

/** Whether the appliance has nothing at the path, such as an address that it has not seen. */
export function isNotFound(error: unknown): error is AllegroError {
  return error instanceof AllegroError && error.kind === 'notFound';
}

/** What a failure says: its sentence where it has one. */
export function reasonOf(error: unknown): Sentence {
  const { sentences: own } = (error ?? {}) as Partial<AllegroError>;
  if (own?.message instanceof Sentence) return own.message;
  return verbatim(error instanceof Error ? error.message : asText(error));
}

/** An error about a field, before any request is made. */
export function inputError(field: string, what: Sentence, advice: Sentence): AllegroError {
  return new AllegroError({ kind: 'input', field, what, advice });
}

/** The same for a field that has no value. */
export function missingError(field: string, what: Sentence, advice: Sentence): AllegroError {
  return new AllegroError({ kind: 'input', field, isMissing: true, what, advice });
}

const QUOTED_LENGTH = 300;
/** What is looked through for it: enough for a page that begins with its styles. */
const READ_LENGTH = 65_536;

/**
 * What a body says, as a person can read it: its message or its beginning, no login, no markup, no
 * control characters, one line.
 */
export function quoteAnswer(body: string, { mask = (text) => text }: RequestInfo): string {
  // First, because what is cut or stripped of markup shows a part of a login.
  const masked = mask(messageIn(body) ?? body.slice(0, READ_LENGTH));
  const text = withoutStyles(masked)
    .replace(/<[^<>]*>/g, ' ')
    // eslint-disable-next-line no-control-regex -- control characters are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ')
    .trim();
  return text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text;
}

/**
 * What the appliance says in a JSON error, without its final stop, if it is a sentence: `locked` or
 * `E_42` is none.
 */
export function sentenceIn(body: string, requestInfo: RequestInfo): string | undefined {
  if (messageIn(body) === undefined) return undefined;
  const text = quoteAnswer(body, requestInfo).replace(/[.!]$/, '');
  return /^\p{Lu}\S* \S/u.test(text) ? text : undefined;
}

/** The text of a JSON error such as `{"error": "not now"}`. The API page names no key for it. */
function messageIn(body: string): string | undefined {
  if (body.length > READ_LENGTH || !/^\s*\{/.test(body)) return undefined;
  try {
    const { error, message } = JSON.parse(body) as { error?: unknown; message?: unknown };
    return [message, error].find((text) => typeof text === 'string' && text !== '') as
      string | undefined;
  } catch {
    return undefined;
  }
}

/** Takes styles and scripts out. One pass: what is never closed must not be looked for again. */
function withoutStyles(body: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const opening of body.matchAll(/<(style|script)\b/gi)) {
    if (opening.index < at) continue;
    const closing = new RegExp(`</${opening[1]}\\s*>`, 'gi');
    closing.lastIndex = opening.index;
    const end = closing.exec(body);
    parts.push(body.slice(at, opening.index));
    at = end ? closing.lastIndex : body.length;
  }
  parts.push(body.slice(at));
  return parts.join(' ');
}
