import { AllegroError, quoteAnswer, type RequestInfo } from '../errors';

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
  const { kind, what, advice, canRetry } = explainStatus(status, {
    ...facts,
    location: targetOf(facts, requestInfo),
  });
  if (status === 400 && SPEAKS_HTTPS.test(body.slice(0, 4096))) return noHttpError(requestInfo);
  const quoted = quoteAnswer(body, requestInfo);
  return new AllegroError({
    ...requestInfo,
    kind,
    status,
    what: `${what} (HTTP ${status}).`,
    advice,
    canRetry: canRetry ?? false,
    answer: quoted === '' ? undefined : quoted,
  });
}

/** The words of nginx, Apache and Go for it. */
const SPEAKS_HTTPS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL|HTTP request to an HTTPS server/i;

/** For HTTP that was spoken to a port of HTTPS. */
export function noHttpError(requestInfo: RequestInfo, cause?: unknown): AllegroError {
  return new AllegroError({
    ...requestInfo,
    kind: 'badAnswer',
    what: 'The port of the appliance URL speaks HTTPS, but the URL begins with http://.',
    advice: 'Begin the appliance URL with https://.',
    cause,
  });
}

type Explanation = Pick<AllegroError, 'kind' | 'what' | 'advice'> & { canRetry?: boolean };

function explainStatus(status: number, facts: AnswerFacts): Explanation {
  switch (status) {
    case 401:
      return {
        kind: 'login',
        what: 'The appliance does not accept the login',
        advice:
          'Check the API token, or the user and password, in the credential. A token may have been deleted; API tokens need firmware 4.2 or later; a user with two-factor login needs a token.',
      };
    case 403:
      return {
        kind: 'permission',
        what: 'Permission denied',
        advice:
          'Give its role or token the permission: "pcap" for captures, "voip" for SIP and RTP statistics, the admin role for the ring buffer and uploads. Where captures need a second person (4-eyes), they cannot be fetched unattended.',
      };
    case 404:
      return {
        kind: 'notFound',
        what: 'The appliance does not know this path or element',
        advice:
          'The module may be switched off or missing in this firmware, and an address disappears when it has not been seen for long.',
      };
    case 407:
      return {
        kind: 'refused',
        what: 'The proxy in front of the appliance asks for a login',
        advice:
          'Enter the user and password of the proxy where the proxy is set: in n8n, in the variables HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; NO_PROXY names hosts that are reached without it.',
      };
    case 409:
      return {
        kind: 'busy',
        what: 'The appliance is busy with something that excludes this',
        advice: 'Wait until it is finished, or use another analysis slot.',
        canRetry: true,
      };
    case 413:
      return {
        kind: 'tooLarge',
        what: 'The appliance refuses data of this size',
        advice: 'Send a smaller file.',
      };
    case 429:
      return {
        kind: 'appliance',
        what: `The appliance asks for fewer requests${triesOf(facts)}`,
        advice: `Run this less often, or one at a time.${waitOf(facts)}`,
        canRetry: true,
      };
    default:
      return explainRange(status, facts);
  }
}

function triesOf({ tries = 1 }: AnswerFacts): string {
  return tries > 1 ? `, and still did after ${tries} tries` : '';
}

function waitOf({ waitMilliseconds }: AnswerFacts): string {
  if (!waitMilliseconds) return '';
  return ` It asks to wait ${Math.ceil(waitMilliseconds / 1000)} s before the next try.`;
}

function explainRange(status: number, facts: AnswerFacts): Explanation {
  if (status >= 500) {
    return {
      kind: 'appliance',
      what: 'The appliance, or a proxy in front of it, returned an error',
      advice: `Try again in a while.${waitOf(facts)} If the problem persists, look at the notifications of the appliance.`,
      canRetry: [500, 502, 503, 504].includes(status),
    };
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      what: `The appliance redirects to ${facts.location ?? 'another address'}, which is not followed`,
      advice:
        'Enter that address as the appliance URL, if you trust it. Only reads are sent again, and only within the appliance: logins are never sent to another address.',
    };
  }
  if (status >= 400) {
    return {
      kind: 'refused',
      what: 'The appliance refuses the request',
      advice: 'Check the values that were entered, the filter expression in particular.',
    };
  }
  return {
    kind: 'badAnswer',
    what: 'The appliance gave an answer that was not expected here',
    advice: 'Check that the URL is that of an Allegro Network Multimeter.',
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
    what: 'The answer is truncated or damaged JSON.',
    advice: 'Nothing of it was used. Try again; if the problem persists, check proxies on the way.',
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
    what: 'A web page answered, not the appliance: nothing shows that it did what was asked.',
    advice:
      'Check that the URL leads to the appliance itself: a login page or a proxy may answer instead.',
    answer: quoteAnswer(text, requestInfo),
  });
}

/**
 * Refuses an error that came with a success's status. The API page describes no answers to commands;
 * appliances say `{"error": "…"}`.
 *
 * @throws AllegroError `refused`, which may go away, as a lock of somebody else does
 */
export function refuseErrorAnswer(
  { status, requestInfo }: { status: number; requestInfo: RequestInfo },
  answer: unknown,
): void {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return;
  const { error } = answer as { error?: unknown };
  // Statistics may count errors, so that a number, zero or not, is no message.
  const isError = error === true || (typeof error === 'string' && error.trim() !== '');
  if (!isError && (typeof error !== 'object' || error === null || isStatistic(answer))) return;
  throw new AllegroError({
    ...requestInfo,
    kind: 'refused',
    status,
    what: `The appliance reports an error, although with HTTP ${status}.`,
    advice: 'Nothing shows that it did what was asked. Remove the cause, then try again.',
    canRetry: true,
    answer: quoteAnswer(JSON.stringify(answer), requestInfo),
  });
}

/** Whether there is more than an error in it, as in a list of elements by name. */
function isStatistic(answer: object): boolean {
  return Object.keys(answer).some((key) => !/^(error|message|status|code|success)/i.test(key));
}
