import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { AllegroError, inputError } from '../../client';
import { readBaseUrl } from '../../nodes/definitions/sign-in/credentials';
import { say } from '../../client/values/sentence';

/** The certificate that an appliance presents. */
export interface ShownCertificate {
  /** PEM of the last certificate of the chain; mostly the only one. */
  pem: string;
  /** Subject, e.g. `CN=allegro-mm-1a2b`. */
  subject: string;
  /** ISO 8601. */
  validUntil: string;
  /** SHA-256, as browsers show it: `AB:CD:...`. */
  fingerprint: string;
}

/**
 * Asks an appliance for its certificate, without any login and without trusting it: a person has to
 * compare the fingerprint.
 *
 * @throws AllegroError `input` for an address without certificates, or when the authority that
 *   issued the certificate is not shown; `unreachable` when the connection fails; the signal's reason
 */
export async function fetchCertificate(
  baseUrl: string,
  signal: AbortSignal,
): Promise<ShownCertificate> {
  const url = addressOf(baseUrl);
  const shown = await handshake(url, signal);
  const top = topOf(shown);
  const certificate = new X509Certificate(top.raw);
  if (!certificate.checkIssued(certificate)) {
    throw inputError(
      'caCertificate',
      say`The certificate of ${url.host} was issued by "${oneLine(certificate.issuer)}", whose certificate the appliance does not send.`,
      say`Get the certificate of that authority, and paste it.`,
    );
  }
  return {
    pem: certificate.toString(),
    subject: oneLine(certificate.subject),
    validUntil: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
  };
}

function addressOf(baseUrl: string): URL {
  const { href, isHttps } = readBaseUrl(baseUrl);
  if (isHttps) return new URL(href);
  throw inputError(
    'baseUrl',
    say`There is no certificate for an http:// URL.`,
    say`Enter the URL with https://.`,
  );
}

function handshake(url: URL, signal: AbortSignal): Promise<DetailedPeerCertificate> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host,
      port: Number(url.port) || 443,
      servername: isIP(host) ? '' : host,
      // Nothing is sent over this connection; what is shown is for a person to judge.
      rejectUnauthorized: false,
    });
    const stop = () => {
      // As it is: it may say that the time is up.
      reject(signal.reason as Error);
      socket.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.once('error', (error) => reject(unreachable(url, error)));
    socket.once('close', () => signal.removeEventListener('abort', stop));
  });
}

/** The last one of the chain that was sent. */
function topOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  const seen = new Set<string>();
  let top = certificate;
  while (top.issuerCertificate && !seen.has(top.fingerprint256)) {
    seen.add(top.fingerprint256);
    top = top.issuerCertificate;
  }
  return top;
}

function oneLine(name: string): string {
  return name.replace(/\n/g, ', ');
}

function unreachable(url: URL, cause: Error): AllegroError {
  return new AllegroError({
    kind: 'unreachable',
    device: url.origin,
    what: say`Could not get a certificate from ${url.origin} (${cause.message}).`,
    advice: say`Check the address, the port, and firewalls in between.`,
    canRetry: true,
    cause,
  });
}
