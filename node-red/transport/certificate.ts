import { createHash, X509Certificate } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TlsOptions } from 'node:tls';
import { inputError } from '../../client';

/** What the agent's TLS needs to know; all of it scoped to one appliance. */
export interface TlsChoice {
  ca?: TlsOptions['ca'];
  rejectUnauthorized: boolean;
  checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

const BLOCK = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g;

/**
 * Turns "CA certificate" and "ignore certificate errors" into options for an agent.
 *
 * @throws AllegroError `input` when the text is no certificate
 */
export function tlsChoice(pem: string | undefined, ignoreErrors: boolean | undefined): TlsChoice {
  if (ignoreErrors) return { rejectUnauthorized: false };
  if (!pem?.trim()) return { rejectUnauthorized: true };
  const certificates = parsePem(pem);
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

/** Reads the blocks, also where a one-line input turned the line ends into blanks. */
function parsePem(pem: string): X509Certificate[] {
  const bodies = [...pem.matchAll(BLOCK)].map(([, body]) => body!.replace(/[^A-Za-z0-9+/=]/g, ''));
  try {
    if (bodies.length === 0) throw new Error('no certificate');
    return bodies.map((body) => new X509Certificate(Buffer.from(body, 'base64')));
  } catch {
    throw inputError(
      'caCertificate',
      'The CA certificate is not a certificate in PEM form.',
      'Paste the text with its lines "-----BEGIN CERTIFICATE-----" and "-----END CERTIFICATE-----".',
    );
  }
}
