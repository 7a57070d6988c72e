import type { Where } from './body';
import { AllegroError, quoteAnswer } from './errors';
import { toTransportError } from './transport';

/**
 * Turns an answer that is no success into the error that a person reads. The API page does not
 * describe error bodies, so any body is quoted as it is.
 */
export function statusError(status: number, body: string, where: Where): AllegroError {
  const { kind, what, advice, canRetry } = explainStatus(status);
  const quoted = quoteAnswer(body);
  return new AllegroError({
    ...where,
    kind,
    status,
    what: `${what} (HTTP ${status}).`,
    advice,
    canRetry: canRetry ?? false,
    answer: quoted === '' ? undefined : quoted,
  });
}

type Explanation = Pick<AllegroError, 'kind' | 'what' | 'advice'> & { canRetry?: boolean };

function explainStatus(status: number): Explanation {
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
        what: 'The login is known, but may not do this',
        advice:
          'Give its role or token the permission: "pcap" for captures, "voip" for SIP and RTP statistics, the admin role for the ring buffer and uploads. Where captures need a second person (4-eyes), they cannot be fetched unattended.',
      };
    case 404:
      return {
        kind: 'notFound',
        what: 'The appliance does not know this path or element',
        advice:
          'Check the spelling. The module may be switched off or missing in this firmware, and an address disappears when it has not been seen for long.',
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
        what: 'The appliance asks for fewer requests, and still did after several tries',
        advice: 'Run this less often, or one at a time.',
        canRetry: true,
      };
    default:
      return explainRange(status);
  }
}

function explainRange(status: number): Explanation {
  if (status >= 500) {
    return {
      kind: 'appliance',
      what: 'The appliance, or a proxy before it, failed to answer',
      advice: 'Try again in a while. If it stays, look at the notifications of the appliance.',
      canRetry: [500, 502, 503, 504].includes(status),
    };
  }
  if (status >= 300 && status < 400) {
    return {
      kind: 'refused',
      what: 'The appliance redirects to another address, which is not followed',
      advice:
        'Enter the address that it redirects to as the appliance URL, if you trust it. Logins are never sent to another origin.',
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

/** Turns a failure below HTTP into the error that a person reads. */
export function networkError(error: unknown, where: Where): AllegroError {
  if (error instanceof AllegroError) return error;
  const failure = toTransportError(error);
  const code = failure.systemCode ? ` (${failure.systemCode})` : '';
  switch (failure.failure) {
    case 'certificate':
      return new AllegroError({
        ...where,
        kind: 'certificate',
        what: wantsClientCertificate(failure.systemCode)
          ? `The appliance asks for a client certificate that it trusts${code}.`
          : `The certificate of the appliance is not trusted${code}.`,
        advice: certificateAdvice(failure.systemCode),
        cause: failure,
      });
    case 'dns':
      return new AllegroError({
        ...where,
        kind: 'unreachable',
        what: `The name of the appliance cannot be resolved${code}.`,
        advice:
          'Check the spelling of the appliance URL and the name server, or use its IP address.',
        canRetry: true,
        cause: failure,
      });
    case 'aborted':
      return new AllegroError({
        ...where,
        kind: 'cancelled',
        what: 'The request was cancelled before it was finished.',
        advice: 'Nothing was kept. Start it again if it is still needed.',
        canRetry: true,
        cause: failure,
      });
    default:
      return new AllegroError({
        ...where,
        kind: 'unreachable',
        what:
          failure.failure === 'reset'
            ? `The connection to the appliance broke before it answered${code}.`
            : `The appliance cannot be reached${code}.`,
        advice:
          'Check the appliance URL and port, that the appliance is up, and that a firewall lets this machine through.',
        canRetry: true,
        cause: failure,
      });
  }
}

/** The alerts by which the other side says so, in the names that OpenSSL gives them. */
function wantsClientCertificate(code: string | undefined): boolean {
  return /_ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)$/.test(
    code ?? '',
  );
}

function certificateAdvice(code: string | undefined): string {
  if (wantsClientCertificate(code)) {
    return 'Give the connection a client certificate and its key, signed by an authority that the appliance, or the reverse proxy in front of it, trusts.';
  }
  const useCa =
    'Enter the certificate of the appliance, or of the authority that signed it, as CA certificate in the credential.';
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return 'The certificate is made out to another name: use that name in the appliance URL, or install a certificate with the right one.';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'It is outside its period of validity: renew it on the appliance, or check the clocks.';
    case 'EPROTO':
      return 'The two sides cannot agree on TLS: check that the URL begins with https:// only if the port speaks HTTPS.';
    default:
      return `${useCa} Appliances come with a self-signed one. "Ignore certificate errors" also works, but lets anyone on the path read the login.`;
  }
}
