import { AllegroError, type ErrorFacts, type RequestInfo } from '../errors';
import { noHttpError } from './status-error';
import { toTransportError, type TransportError } from './transport';
import { say, type Sentence } from '../values/sentence';

/** Turns a failure below HTTP into the error that a person reads. */
export function networkError(error: unknown, requestInfo: RequestInfo): AllegroError {
  if (error instanceof AllegroError) return error;
  const failure = toTransportError(error);
  if (failure.failure === 'notHttp') return noHttpError(requestInfo, failure);
  const { kind, what, advice } = explainFailure(failure, requestInfo);
  return new AllegroError({
    ...requestInfo,
    kind,
    what: failure.systemCode ? say`${what} (${failure.systemCode}).` : say`${what}.`,
    advice,
    canRetry: kind === 'unreachable' || kind === 'cancelled',
    cause: failure,
  });
}

function explainFailure(
  { failure, systemCode, advice }: TransportError,
  { device }: RequestInfo,
): Pick<ErrorFacts, 'kind' | 'what' | 'advice'> {
  switch (failure) {
    case 'certificate':
      return {
        kind: 'certificate',
        what: wantsClientCertificate(systemCode)
          ? say`The appliance asks for a client certificate that it trusts`
          : say`The certificate of the appliance is not trusted`,
        advice: advice ?? certificateAdvice(systemCode),
      };
    case 'malformed':
      return {
        kind: 'badAnswer',
        what: say`Malformed response: it is not valid HTTP`,
        advice: say`Check the appliance URL and port: another service may listen there, or a proxy may damage responses.`,
      };
    case 'notHttps':
      return {
        kind: 'badAnswer',
        what: say`The port of the appliance URL does not speak HTTPS, but the URL begins with https://`,
        advice: say`Enter the port on which the appliance speaks HTTPS. For a connection without encryption, begin the URL with http://.`,
      };
    case 'dns':
      return {
        kind: 'unreachable',
        what: say`The name of the appliance cannot be resolved`,
        advice: say`Check the spelling of the appliance URL and the name server, or use its IP address.`,
      };
    case 'aborted':
      return {
        kind: 'cancelled',
        what: say`The request was cancelled before it was finished`,
        advice: say`Nothing was kept. Run it again if you still need it.`,
      };
    default:
      return explainNoConnection(failure === 'reset', device);
  }
}

function explainNoConnection(
  isReset: boolean,
  device = '',
): Pick<ErrorFacts, 'kind' | 'what' | 'advice'> {
  return {
    kind: 'unreachable',
    what: isReset
      ? say`The connection to the appliance was lost before it responded`
      : say`The appliance cannot be reached`,
    advice:
      isReset && device.startsWith('http:')
        ? say`The appliance URL begins with http://: if the port speaks HTTPS, begin it with https://. Otherwise check the port, and that the appliance is up.`
        : say`Check the appliance URL and port, that the appliance is up, and that no firewall blocks this machine.`,
  };
}

/** The alerts by which the other side says so, in the names that OpenSSL gives them. */
function wantsClientCertificate(code: string | undefined): boolean {
  return /_ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)$/.test(
    code ?? '',
  );
}

function certificateAdvice(code: string | undefined): Sentence {
  if (wantsClientCertificate(code)) {
    return say`Give the connection a client certificate and its key, signed by an authority that the appliance, or the reverse proxy in front of it, trusts.`;
  }
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return say`The certificate was issued for a different name: use that name in the appliance URL, or install a certificate with the right one.`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return say`It has expired or is not valid yet: renew it on the appliance, or check the clocks.`;
    case 'EPROTO':
      return say`The two sides share no TLS version or cipher: update the older one.`;
    default:
      return say`Enter the certificate of the appliance, or of the authority that signed it, as "CA Certificate". Appliances come with a self-signed one. "Ignore Certificate Errors" also works, but lets anyone on the path read the login.`;
  }
}
