import { AllegroError, type RequestInfo } from '../errors';
import { noHttpError } from './status-error';
import { toTransportError, type TransportError } from './transport';

/** Turns a failure below HTTP into the error that a person reads. */
export function networkError(error: unknown, requestInfo: RequestInfo): AllegroError {
  if (error instanceof AllegroError) return error;
  const failure = toTransportError(error);
  if (failure.failure === 'notHttp') return noHttpError(requestInfo, failure);
  const code = failure.systemCode ? ` (${failure.systemCode})` : '';
  const { kind, what, advice } = explainFailure(failure, requestInfo);
  return new AllegroError({
    ...requestInfo,
    kind,
    what: `${what}${code}.`,
    advice,
    canRetry: kind === 'unreachable' || kind === 'cancelled',
    cause: failure,
  });
}

function explainFailure(
  { failure, systemCode, advice }: TransportError,
  { device }: RequestInfo,
): Pick<AllegroError, 'kind' | 'what' | 'advice'> {
  switch (failure) {
    case 'certificate':
      return {
        kind: 'certificate',
        what: wantsClientCertificate(systemCode)
          ? 'The appliance asks for a client certificate that it trusts'
          : 'The certificate of the appliance is not trusted',
        advice: advice ?? certificateAdvice(systemCode),
      };
    case 'malformed':
      return {
        kind: 'badAnswer',
        what: 'Malformed response: it is not valid HTTP',
        advice:
          'Check the appliance URL and port: another service may listen there, or a proxy may damage responses.',
      };
    case 'notHttps':
      return {
        kind: 'badAnswer',
        what: 'The port of the appliance URL does not speak HTTPS, but the URL begins with https://',
        advice:
          'Enter the port on which the appliance speaks HTTPS. For a connection without encryption, begin the URL with http://.',
      };
    case 'dns':
      return {
        kind: 'unreachable',
        what: 'The name of the appliance cannot be resolved',
        advice:
          'Check the spelling of the appliance URL and the name server, or use its IP address.',
      };
    case 'aborted':
      return {
        kind: 'cancelled',
        what: 'The request was cancelled before it was finished',
        advice: 'Nothing was kept. Run it again if you still need it.',
      };
    default:
      return explainNoConnection(failure === 'reset', device);
  }
}

function explainNoConnection(
  isReset: boolean,
  device = '',
): Pick<AllegroError, 'kind' | 'what' | 'advice'> {
  return {
    kind: 'unreachable',
    what: isReset
      ? 'The connection to the appliance was lost before it responded'
      : 'The appliance cannot be reached',
    advice:
      isReset && device.startsWith('http:')
        ? 'The appliance URL begins with http://: if the port speaks HTTPS, begin it with https://. Otherwise check the port, and that the appliance is up.'
        : 'Check the appliance URL and port, that the appliance is up, and that no firewall blocks this machine.',
  };
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
    'Enter the certificate of the appliance, or of the authority that signed it, as "CA Certificate".';
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return 'The certificate was issued for a different name: use that name in the appliance URL, or install a certificate with the right one.';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'It has expired or is not valid yet: renew it on the appliance, or check the clocks.';
    case 'EPROTO':
      return 'The two sides share no TLS version or cipher: update the older one.';
    default:
      return `${useCa} Appliances come with a self-signed one. "Ignore certificate errors" also works, but lets anyone on the path read the login.`;
  }
}
