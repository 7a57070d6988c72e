import { createHash, X509Certificate } from 'node:crypto';
import { inputError, missingError, TransportError } from '../../../client';
import { parseBaseUrl, type BaseUrl, type BaseUrlProblem } from './base-url';
import type { ApplianceCredentials } from './fields';
import { say, type Sentence } from '../../../client/values/sentence';

const EXAMPLE = say`Enter https:// with the host name or IP address, such as https://allegro-mm-1a2b.`;

/** None of them shows what was entered: a password may be part of it. */
const PROBLEMS: Record<BaseUrlProblem, [what: Sentence, advice: Sentence]> = {
  missing: [say`The appliance URL is missing.`, EXAMPLE],
  invalid: [say`The appliance URL is not valid.`, EXAMPLE],
  variable: [
    say`The host name in the appliance URL contains a variable.`,
    say`Enter the complete URL, or a variable that holds all of it.`,
  ],
  login: [
    say`The appliance URL contains a user or password.`,
    say`Remove everything up to the @; enter the login in its own fields.`,
  ],
};

/** @throws AllegroError `input`, which never shows what was entered */
export function readBaseUrl(typed: string): BaseUrl {
  const found = parseBaseUrl(typed);
  if (typeof found !== 'string') return found;
  const [what, advice] = PROBLEMS[found];
  throw found === 'missing'
    ? missingError('baseUrl', what, advice)
    : inputError('baseUrl', what, advice);
}

/** A part of a login as text: an expression, or a flow written by hand, may give a number. */
export function loginText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/**
 * The value of the `Authorization` header; undefined without a login. A token takes precedence.
 *
 * @throws AllegroError `input` for what a header cannot carry; it never shows what was entered
 */
export function authorizationOf({
  token,
  user,
  password = '',
}: Pick<ApplianceCredentials, 'token' | 'user' | 'password'>): string | undefined {
  if (token) {
    if (/^[!-~]+$/.test(token)) return `Bearer ${token}`;
    throw inputError(
      'token',
      say`The API token contains a blank, a line break or another character that tokens never contain.`,
      say`Copy it again from the appliance.`,
    );
  }
  if (!user) return undefined;
  refuseControls('user', user);
  refuseControls('password', password);
  if (user.includes(':')) {
    throw inputError(
      'user',
      say`The user contains a colon.`,
      say`The password has a field of its own.`,
    );
  }
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** RFC 7617 allows none in a login. */
function refuseControls(field: 'user' | 'password', text: string): void {
  if (!/\p{Cc}/u.test(text)) return;
  const what =
    field === 'user'
      ? say`The user contains a line break or another control character.`
      : say`The password contains a line break or another control character.`;
  throw inputError(field, what, say`Enter it again.`);
}

/**
 * What clients of the same appliance and login have in common, without the login itself: they share
 * one limit of requests.
 */
export function limitKeyOf(credentials: ApplianceCredentials): string {
  const login = authorizationOf(credentials) ?? '';
  return `${credentials.baseUrl} ${createHash('sha256').update(login).digest('hex')}`;
}

/** No chain leads to a certificate that is trusted. */
const ISSUER_CODES = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
/** The same for one that nobody else issued. */
const SELF_SIGNED_CODES = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN']);

/**
 * Tells whoever entered the certificate of the appliance alone, or one in the middle, which to add; and
 * whoever entered one that the appliance does not have, that it is another one.
 *
 * @param pem the CA certificate as it was entered
 * @returns the same failure where that is not the reason
 */
export function explainIssuer(known: TransportError, pem: string | undefined): TransportError {
  const { failure, message, systemCode, cause } = known;
  const isOther = SELF_SIGNED_CODES.has(systemCode ?? '') && Boolean(pem?.trim());
  if (!isOther && !ISSUER_CODES.has(systemCode ?? '')) return known;
  const advice = isOther ? OTHER_CERTIFICATE : missingIssuer(pem);
  return new TransportError(failure, message, systemCode, { cause, advice });
}

const OTHER_CERTIFICATE = say`It is not the one that is set as "CA Certificate". The appliance may have a new one, or another device may have answered: compare the fingerprint with the one that the appliance shows, then enter the new certificate.`;

/**
 * What is missing where none of the certificates that were entered can be trusted by itself: each was
 * issued by an authority whose own certificate is not among them.
 *
 * @param pem read before by {@link readCertificates}
 * @returns a sentence or two for an error; undefined where one of them is self-signed
 */
function missingIssuer(pem: string | undefined): Sentence | undefined {
  if (!pem?.trim()) return undefined;
  const certificates = readCertificates(pem);
  if (certificates.some((certificate) => certificate.checkIssued(certificate))) return undefined;
  const last = certificates.find(
    (one) => !certificates.some((other) => other !== one && one.checkIssued(other)),
  );
  if (!last) return undefined;
  return say`The CA certificate of "${oneLine(last.subject)}" was issued by "${oneLine(last.issuer)}". Enter the certificate of that authority too, and any in between.`;
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
      say`The CA certificate is not a certificate in PEM form.`,
      say`Paste the text including the lines "${BEGIN}" and "${END}".`,
    );
  }
}
