import {
  AllegroError,
  quoteAnswer,
  sentenceIn,
  type ErrorFacts,
  type RequestInfo,
} from '../errors';
import { neededPermission } from './permission';
import { say, sentences, verbatim, type Sentence } from '../values/sentence';

/** What else is known of an answer that is no success. */
export interface AnswerFacts {
  /** How many times the request was sent; 1 unless said. */
  tries?: number;
  /** Milliseconds that the answer asks to wait before another try. */
  waitMilliseconds?: number;
  /** Where the answer redirects to. */
  location?: string;
}

/**
 * Turns an answer that is no success into the error that a person reads. The API page does not
 * describe error bodies, so any body is quoted as it is.
 */
export function statusError(
  status: number,
  body: string,
  requestInfo: RequestInfo,
  facts: AnswerFacts = {},
): AllegroError {
  const { kind, what, advice, canRetry } =
    status === 403
      ? permissionDenied(requestInfo)
      : explainStatus(status, {
          ...facts,
          location: targetOf(facts, requestInfo),
          isAddressed: /[?&]mm-id=/.test(requestInfo.path ?? ''),
        });
  if (status === 400 && SPEAKS_HTTPS.test(body.slice(0, 4096))) return noHttpError(requestInfo);
  const sentence = HEADLINES.has(kind) ? sentenceIn(body, requestInfo) : undefined;
  const quoted = sentence === undefined ? quoteAnswer(body, requestInfo) : '';
  return new AllegroError({
    ...requestInfo,
    kind,
    status,
    what: say`${sentence ?? what} (HTTP ${status}).`,
    advice,
    canRetry: canRetry ?? false,
    answer: quoted === '' ? undefined : quoted,
  });
}

/** Where the appliance's own sentence says more than the status. */
const HEADLINES: ReadonlySet<string> = new Set(['notFound', 'refused', 'busy', 'appliance']);

/** The words of nginx, Apache and Go for it. */
const SPEAKS_HTTPS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL|HTTP request to an HTTPS server/i;

/** For HTTP that was spoken to a port of HTTPS. */
export function noHttpError(requestInfo: RequestInfo, cause?: unknown): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    what: say`The port of the appliance URL speaks HTTPS, but the URL begins with http://.`,
    advice: say`Begin the appliance URL with https://.`,
    cause,
  });
}

type Explanation = Pick<ErrorFacts, 'kind' | 'what' | 'advice'> & { canRetry?: boolean };

function explainStatus(status: number, facts: AnswerFacts & { isAddressed: boolean }): Explanation {
  switch (status) {
    case 206:
      return {
        kind: 'incomplete',
        what: say`The response is only a part of what was requested`,
        advice: say`Check proxies and caches in front of the appliance.`,
      };
    case 401:
      return {
        kind: 'login',
        what: say`The appliance rejected the login`,
        advice: say`Check the API token, or the user and password. A token may have been deleted; API tokens need firmware 4.2 or later; a user with two-factor login needs a token.`,
      };
    case 404:
      return {
        kind: 'notFound',
        what: say`There is no such path or element`,
        // The device first: where it is unknown, nothing else is at fault.
        advice: facts.isAddressed
          ? say`Check the device or slot: List Devices shows the IDs of devices. If it is right, its firmware may lack the module, the module may be disabled, or the address has not been seen for a long time.`
          : say`The module may be disabled or missing in this firmware. Addresses disappear when they have not been seen for a long time.`,
      };
    case 407:
      return {
        kind: 'refused',
        what: say`The proxy in front of the appliance requires a login`,
        advice: say`Enter the user and password of the proxy where the proxy is set: in n8n, in the variables HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; NO_PROXY names hosts that are reached without it.`,
      };
    case 409:
      return {
        kind: 'busy',
        what: say`The appliance is busy with a conflicting task`,
        advice: say`Wait until it is finished, or use another analysis slot.`,
        canRetry: true,
      };
    case 413:
      return {
        kind: 'tooLarge',
        what: say`The file is too large for the appliance`,
        advice: say`Send a smaller file.`,
      };
    case 429:
      return {
        kind: 'appliance',
        what: tooManyRequests(facts),
        advice: sentences(say`Run this less often, or one at a time.`, waitOf(facts)),
        canRetry: true,
      };
    default:
      return explainRange(status, facts);
  }
}

function permissionDenied(requestInfo: RequestInfo): Explanation {
  const needs = neededPermission(requestInfo);
  const fourEyes = needs?.includes('"pcap"')
    ? say`Captures that need approval by a second person (4-eyes) cannot be fetched unattended.`
    : undefined;
  return {
    kind: 'permission',
    what: needs ? say`Permission denied: this request needs ${needs}` : say`Permission denied`,
    advice: sentences(say`Grant the permission to the role or token that signs in.`, fourEyes),
  };
}

function tooManyRequests({ tries = 1 }: AnswerFacts): Sentence {
  return tries > 1
    ? say`The appliance received too many requests, even after ${tries} [try|tries]`
    : say`The appliance received too many requests`;
}

function waitOf({ waitMilliseconds }: AnswerFacts): Sentence | undefined {
  if (!waitMilliseconds) return undefined;
  return say`It asks to wait ${Math.ceil(waitMilliseconds / 1000)} s before the next try.`;
}

function explainRange(status: number, facts: AnswerFacts): Explanation {
  if (status >= 500) {
    return {
      kind: 'appliance',
      what: say`The appliance, or a proxy in front of it, returned an error`,
      advice: sentences(
        say`Try again in a while.`,
        waitOf(facts),
        say`If the problem persists, look at the notifications of the appliance.`,
      ),
      canRetry: [500, 502, 503, 504].includes(status),
    };
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      what: facts.location
        ? say`The appliance redirects to ${facts.location}, which is not followed`
        : say`The appliance redirects to another address, which is not followed`,
      advice: say`Enter that address as the appliance URL, if you trust it. Logins are never sent to another address.`,
    };
  }
  if (status >= 400) {
    return {
      kind: 'refused',
      what: say`The appliance refused the request`,
      advice: say`Check the values you entered, the filter expression in particular.`,
    };
  }
  return {
    kind: 'badAnswer',
    what: say`The appliance sent an unexpected response`,
    advice: say`Check that the URL is that of an Allegro Network Multimeter.`,
  };
}

/** Without its query, which may hold a session of somebody. */
function targetOf({ location }: AnswerFacts, requestInfo: RequestInfo): string | undefined {
  const [path] = (location ?? '').split(/[?#]/);
  return path ? `"${quoteAnswer(path, requestInfo)}"` : undefined;
}

/** For an answer that should have been JSON: cut JSON is told apart from what is none. */
export function noJsonError(status: number, text: string, requestInfo: RequestInfo): AllegroError {
  if (!/^\s*[[{]/.test(text)) return statusError(status, text, requestInfo);
  return new AllegroError({
    ...requestInfo,
    kind: 'incomplete',
    status,
    what: say`The response is truncated or damaged JSON.`,
    advice: say`It was discarded. Try again; if the problem persists, check proxies in front of the appliance.`,
    canRetry: true,
    answer: quoteAnswer(text, requestInfo),
  });
}

/**
 * Refuses a page where the appliance should have answered itself: a login page or a proxy has taken
 * the request for it, and nothing was done. Only the body tells: which type the appliance gives its
 * answers is not documented.
 *
 * @throws AllegroError `badAnswer`
 */
export function refusePage(
  { status, requestInfo }: { status: number; requestInfo: RequestInfo },
  text: string,
): void {
  if (!/^\ufeff?\s*</.test(text)) return;
  throw new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    status,
    what: say`The response is a web page: the appliance has probably not carried out the request.`,
    advice: say`Check that the URL is that of the appliance, not of a login page or a proxy.`,
    answer: quoteAnswer(text, requestInfo),
  });
}

/**
 * Refuses an error that came with a success's status. The API page describes no answers to commands;
 * appliances say `{"error": "…"}`, and `{"success": false}` is read alike.
 *
 * @throws AllegroError `refused`, which may go away, as a lock of somebody else does
 */
export function refuseErrorAnswer(
  { status, requestInfo }: { status: number; requestInfo: RequestInfo },
  answer: unknown,
): void {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return;
  const { error, success } = answer as { error?: unknown; success?: unknown };
  // Statistics may count errors and successes, so that a number, zero or not, is no message.
  const isError =
    error === true || success === false || (typeof error === 'string' && error.trim() !== '');
  if (!isError && (typeof error !== 'object' || error === null || isStatistic(answer))) return;
  const text = JSON.stringify(answer);
  const sentence = sentenceIn(text, requestInfo);
  throw new AllegroError({
    ...requestInfo,
    kind: 'refused',
    status,
    what: sentence
      ? verbatim(`${sentence}.`)
      : say`The appliance reported an error, with HTTP ${status}.`,
    advice: say`The request was probably not carried out. Fix the cause, then try again.`,
    canRetry: true,
    answer: sentence ? undefined : quoteAnswer(text, requestInfo),
  });
}

/** Whether there is more than an error in it, as in a list of elements by name. */
function isStatistic(answer: object): boolean {
  return Object.keys(answer).some((key) => !/^(error|message|status|code|success)/i.test(key));
}
