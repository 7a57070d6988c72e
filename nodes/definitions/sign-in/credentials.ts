import { X509Certificate } from 'node:crypto';
import { inputError } from '../../../client';
import { parseBaseUrl, type BaseUrl, type BaseUrlProblem } from './base-url';
import type { ApplianceCredentials } from './fields';

const EXAMPLE = 'Enter https:// with the host name or IP address, such as https://allegro-mm-1a2b.';

/** None of them shows what was entered: a password may be part of it. */
const PROBLEMS: Record<BaseUrlProblem, [what: string, advice: string]> = {
  missing: ['The appliance URL is missing.', EXAMPLE],
  invalid: ['The appliance URL is not valid.', EXAMPLE],
  login: [
    'The appliance URL contains a user or password.',
    'Remove everything up to the @; the login has fields of its own.',
  ],
};

/** @throws AllegroError `input`, which never shows what was entered */
export function readBaseUrl(typed: string): BaseUrl {
  const found = parseBaseUrl(typed);
  if (typeof found !== 'string') return found;
  const [what, advice] = PROBLEMS[found];
  throw inputError('baseUrl', what, advice);
}

/** The value of the `Authorization` header; undefined without a login. A token takes precedence. */
export function authorizationOf({
  token,
  user,
  password = '',
}: Pick<ApplianceCredentials, 'token' | 'user' | 'password'>): string | undefined {
  if (token) return `Bearer ${token}`;
  if (!user) return undefined;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/**
 * What is missing where none of the certificates that were entered can be trusted by itself: each was
 * issued by an authority whose own certificate is not among them.
 *
 * @param pem read before by {@link readCertificates}
 * @returns a sentence or two for an error; undefined where one of them is self-signed
 */
export function missingIssuer(pem: string | undefined): string | undefined {
  if (!pem?.trim()) return undefined;
  const certificates = readCertificates(pem);
  if (certificates.some((certificate) => certificate.checkIssued(certificate))) return undefined;
  const last = certificates.find(
    (one) => !certificates.some((other) => other !== one && one.checkIssued(other)),
  );
  if (!last) return undefined;
  return `The CA certificate that was entered, of "${oneLine(last.subject)}", was issued by "${oneLine(last.issuer)}", and is not trusted without the certificate of that authority. Enter it too, with those between them.`;
}

/** Names have one part a line. */
function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * Reads the certificates of a PEM text. Line breaks may have become blanks or a written `\n`, as in
 * inputs of one line.
 *
 * @throws AllegroError `input` when there is no certificate in it, or a damaged one
 */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.replaceAll('\\n', '\n').split(BEGIN).slice(1);
  try {
    if (blocks.length === 0) throw new Error('no certificate');
    return blocks.map((block) => {
      const base64 = block.slice(0, Math.max(0, block.indexOf(END)));
      return new X509Certificate(Buffer.from(base64, 'base64'));
    });
  } catch {
    throw inputError(
      'caCertificate',
      'The CA certificate is not a certificate in PEM form.',
      `Paste the text with its lines "${BEGIN}" and "${END}".`,
    );
  }
}
