import { createHash } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TlsOptions } from 'node:tls';
import { TransportError } from '../../client';
import { readCertificates } from '../../nodes/definitions/sign-in/credentials';
import { say } from '../../client/values/sentence';

/** What the agent's TLS needs to know; all of it scoped to one appliance. */
export interface TlsChoice {
  ca?: TlsOptions['ca'];
  rejectUnauthorized: boolean;
  checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * Turns "CA certificate" and "ignore certificate errors" into options for an agent.
 *
 * @throws AllegroError `input` when the text is no certificate
 */
export function tlsChoice(pem: string | undefined, ignoreErrors: boolean | undefined): TlsChoice {
  if (ignoreErrors) return { rejectUnauthorized: false };
  if (!pem?.trim()) return { rejectUnauthorized: true };
  const certificates = readCertificates(pem);
  const pinned = new Set(certificates.map(({ fingerprint256 }) => fingerprint256));
  return {
    ca: certificates.map((certificate) => certificate.toString()),
    rejectUnauthorized: true,
    checkServerIdentity(host, peer) {
      // Appliances are often reached by an address that their self-signed certificate does not
      // name. Whoever holds the key of exactly the certificate that was entered is the right one.
      if (pinned.has(fingerprintOf(peer))) return undefined;
      return checkServerIdentity(host, peer);
    },
  };
}

function fingerprintOf({ raw }: PeerCertificate): string {
  const hex = createHash('sha256').update(raw).digest('hex').toUpperCase();
  return hex.replace(/(..)(?=.)/g, '$1:');
}

/** Codes of Node.js for a certificate that is fine in itself, but that nothing vouches for. */
const UNTRUSTED: ReadonlySet<string | undefined> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Whether a certificate only lacks one to check it against. */
export function isUntrusted(error: unknown): boolean {
  return error instanceof TransportError && UNTRUSTED.has(error.systemCode);
}

/** Says where to add it, for a connection that a `tls-config` node describes. */
export function explainTlsNode(known: TransportError): TransportError {
  if (!isUntrusted(known)) return known;
  const { failure, message, systemCode, cause } = known;
  const advice = say`Add the certificate of the appliance, or of the authority that signed it, to the TLS configuration, as its CA certificate.`;
  return new TransportError(failure, message, systemCode, { cause, advice });
}
