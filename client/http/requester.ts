import { AllegroError, type RequestInfo } from '../errors';
import { cancelledError, readText } from './body';
import type { Call, OpenAnswer, Permit, TextAnswer } from './call';
import type { ClientContext } from './context';
import type { Limiter } from './limits/limiter';
import { MAX_TEXT_BYTES, parseJson } from './json';
import { encodeQuery } from './query';
import type { RequestLimits } from './limits/request-limits';
import { sendOnce } from './send-once';
import { statusError } from './status-error';
import { startTimeout } from './limits/time-limit';
import type { ByteStream, HttpMethod, Transport } from './transport';
import { trimEnd } from '../values/text';
import { say } from '../values/sentence';

/** Milliseconds from its headers in which an answer that is read as a whole must have come. */
const TEXT_LIMIT = 600_000;
/** Milliseconds for the body of an error, or of a redirect: its status says the most. */
const ERROR_BODY_LIMIT = 10_000;
const MAX_ERROR_LENGTH = 65_536;
const MAX_TRIES = 4;
const MAX_REDIRECTS = 3;
const FIRST_BACKOFF = 500;
/** Milliseconds: a longer wait is reported instead, for the caller to decide. */
const LONGEST_RETRY_AFTER = 30_000;
/** Milliseconds: shorter waits are over before anyone reads of them. */
const SHOWN_WAIT = 1000;
const RETRIED_STATUS = new Set([429, 502, 503, 504]);
const IDEMPOTENT = new Set<HttpMethod>(['GET', 'OPTIONS', 'HEAD']);

/**
 * Sends calls to one appliance: limits how many run at once, retries what may be retried, follows
 * redirects that stay on the appliance, and turns everything that is no success into an
 * {@link AllegroError}.
 */
export class Requester {
  constructor(
    readonly transport: Transport,
    readonly context: ClientContext,
    private readonly limits: RequestLimits,
  ) {}

  /** Sends the call and returns when a success's headers are there. */
  async open(call: Call): Promise<OpenAnswer> {
    const requestInfo = this.requestInfo(call);
    const permit = call.permit ?? (await this.takePermit(call));
    // Who aborts may never come back to read the body to its end.
    call.signal.addEventListener('abort', permit, { once: true });
    const release = () => {
      call.signal.removeEventListener('abort', permit);
      permit();
    };
    try {
      const answer = await this.tryUntilAnswered(call, requestInfo);
      return { ...answer, body: releaseAfter(answer.body, release) };
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Waits until the call may be sent. The permit is the caller's until it goes into
   * {@link Call.permit}, and from then on that of the call.
   */
  async takePermit(call: Call): Promise<Permit> {
    const requestInfo = this.requestInfo(call);
    if (call.signal.aborted) throw cancelledError(requestInfo, call.signal.reason);
    return this.limiterFor(call)
      .acquire(call.signal, () => call.onWait?.())
      .catch((reason: unknown) => {
        throw cancelledError(requestInfo, reason);
      });
  }

  private limiterFor({ longTransfer, bulk, live }: Call): Limiter {
    if (live) return this.limits.liveCaptures;
    if (bulk) return this.limits.bulkReads;
    return longTransfer ? this.limits.longTransfers : this.limits.shortReads;
  }

  /** Sends the call and reads the whole answer as text. */
  async text(call: Call): Promise<TextAnswer> {
    const stop = new AbortController();
    const signal = AbortSignal.any([call.signal, stop.signal]);
    const { maxTextBytes = MAX_TEXT_BYTES } = call;
    const { body, ...answer } = await this.open({ ...call, signal });
    const timeout = startTimeout(this.context, TEXT_LIMIT, () =>
      stop.abort(slownessError(answer.requestInfo, TEXT_LIMIT)),
    );
    try {
      return { ...answer, text: await readText(body, maxTextBytes, answer.requestInfo) };
    } finally {
      timeout.cancel();
    }
  }

  /**
   * Sends the call and reads the answer as JSON.
   *
   * @throws AllegroError `badAnswer` when the answer is something else
   */
  async json(call: Call): Promise<Omit<OpenAnswer, 'body'> & { value: unknown }> {
    const { text, ...answer } = await this.text(call);
    return { ...answer, value: parseJson(text, answer) };
  }

  /** What messages say of a call: the appliance, the method and the path. */
  requestInfo({ method, path, query }: Pick<Call, 'method' | 'path' | 'query'>): RequestInfo {
    return {
      device: this.transport.baseUrl,
      method,
      path: path + encodeQuery(query ?? {}),
      mask: (text) => this.transport.mask(text),
    };
  }

  private async tryUntilAnswered(call: Call, requestInfo: RequestInfo): Promise<OpenAnswer> {
    const mayRetry = IDEMPOTENT.has(call.method) && !call.once;
    for (let attempt = 1; ; attempt++) {
      const last = attempt === MAX_TRIES || !mayRetry;
      let wait: number;
      try {
        const answer = await this.follow(call, requestInfo);
        if (isSuccess(answer.status)) return answer;
        const asked = this.retryAfter(answer.headers['retry-after']);
        const isOver =
          last || !RETRIED_STATUS.has(answer.status) || (asked ?? 0) > LONGEST_RETRY_AFTER;
        if (isOver && call.accepts?.(answer.status)) return answer;
        const facts = {
          tries: attempt,
          waitMilliseconds: asked,
          location: answer.headers.location,
        };
        // Before its body, which may be long in coming.
        call.onFailure?.(statusError(answer.status, '', requestInfo, facts));
        const body = await readErrorBody(this.context, answer);
        if (isOver) throw statusError(answer.status, body, requestInfo, facts);
        wait = asked ?? this.backoff(attempt);
      } catch (error) {
        if (last || !isRetriedFailure(error)) throw error;
        call.onFailure?.(error);
        wait = this.backoff(attempt);
      }
      const isShown = wait >= SHOWN_WAIT;
      if (isShown) call.onWait?.(this.context.now() + wait);
      await this.context.sleep(wait, call.signal).catch(() => {
        throw cancelledError(requestInfo, call.signal.reason);
      });
      if (isShown) call.onGoOn?.();
    }
  }

  /** Follows redirects, but only those of reads and only within the appliance. */
  private async follow(call: Call, requestInfo: RequestInfo): Promise<OpenAnswer> {
    let target = call.path + encodeQuery(call.query ?? {});
    for (let redirects = 0; ; redirects++) {
      const answer = await sendOnce(this, call, target, requestInfo);
      const location = answer.headers.location;
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.status);
      if (!isRedirect || location === undefined || !IDEMPOTENT.has(call.method)) return answer;
      const next = this.withinAppliance(location, target);
      if (next === undefined) return answer;
      await readErrorBody(this.context, answer);
      if (redirects === MAX_REDIRECTS) throw endlessRedirectError(answer.status, requestInfo);
      target = next;
    }
  }

  /** Path and query of where a redirect leads; nothing where that is not the appliance. */
  private withinAppliance(location: string, from: string): string | undefined {
    const { origin, pathname } = new URL(this.transport.baseUrl);
    // Of a reverse proxy in front of the appliance; the transport puts it before every path.
    const prefix = trimEnd(pathname, '/');
    const base = origin + prefix + from;
    const next = URL.canParse(location, base) ? new URL(location, base) : undefined;
    if (next?.origin !== origin || !next.pathname.startsWith(`${prefix}/`)) return undefined;
    return next.pathname.slice(prefix.length) + next.search;
  }

  /** Milliseconds, with jitter so that replicas of a workflow do not knock in step. */
  private backoff(attempt: number): number {
    return FIRST_BACKOFF * 2 ** (attempt - 1) * (0.75 + this.context.random() / 2);
  }

  /** Reads Retry-After in both its forms, seconds and date; in milliseconds. */
  private retryAfter(header: string | undefined): number | undefined {
    if (header === undefined) return undefined;
    const seconds = Number(header);
    const wait = Number.isFinite(seconds)
      ? seconds * 1000
      : Date.parse(header) - this.context.now();
    return Number.isFinite(wait) ? Math.max(wait, 0) : undefined;
  }
}

/** Releases the call's permit when its body has been read, has failed, or is no longer wanted. */
async function* releaseAfter(body: ByteStream, release: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    release();
  }
}

/** Reads the beginning of an error's body; one that breaks off still leaves the status to report. */
async function readErrorBody(
  context: ClientContext,
  { body, close, requestInfo }: OpenAnswer,
): Promise<string> {
  const timeout = startTimeout(context, ERROR_BODY_LIMIT, () =>
    close(slownessError(requestInfo, ERROR_BODY_LIMIT)),
  );
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_ERROR_LENGTH) break;
    }
  } catch (error) {
    if (error instanceof AllegroError && error.kind === 'cancelled') throw error;
  } finally {
    timeout.cancel();
  }
  return text;
}

/** 206 is a part of the body, which is not asked for anywhere. */
function isSuccess(status: number): boolean {
  return status >= 200 && status < 300 && status !== 206;
}

function isRetriedFailure(error: unknown): error is AllegroError {
  return error instanceof AllegroError && error.kind === 'unreachable' && error.canRetry;
}

function slownessError(requestInfo: RequestInfo, limit: number): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'timeout',
    what: say`The response was not complete after ${Math.round(limit / 1000)} s.`,
    advice: say`The appliance or the network is very slow. Request less: a shorter interval, fewer entries, or no history data.`,
    canRetry: true,
  });
}

function endlessRedirectError(status: number, requestInfo: RequestInfo): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    status,
    what: say`The appliance redirects in a loop (HTTP ${status}).`,
    advice: say`Check the appliance URL: it should lead to the appliance itself, not to a proxy with its own login page.`,
  });
}
