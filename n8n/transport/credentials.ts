import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { missingError } from '../../client';
import { say } from '../../client/values/sentence';
import type { ApplianceCredentials } from '../../nodes/definitions/sign-in/fields';
import {
  loginText,
  readBaseUrl,
  readCertificates,
} from '../../nodes/definitions/sign-in/credentials';

/** The two ways to sign in, as values of the node's `authentication` parameter. */
export const CREDENTIAL_TYPES = [
  { name: 'token', type: 'allegroMultimeterTokenApi' },
  { name: 'password', type: 'allegroMultimeterPasswordApi' },
] as const;

/**
 * Reads what n8n decrypted.
 *
 * @throws AllegroError `input` when the URL is missing or not valid, or the login is missing
 */
export function readCredentials(data: ICredentialDataDecryptedObject): ApplianceCredentials {
  const text = (name: keyof ApplianceCredentials) => loginText(data[name])?.trim() || undefined;
  const baseUrl = readBaseUrl(text('baseUrl') ?? '').href;
  const [token, user] = [text('token'), text('user')];
  if (!token && !user) {
    throw missingError(
      'token',
      say`The login is missing.`,
      say`Enter the API token, or user and password, in the credential.`,
    );
  }
  return {
    ...{ baseUrl, token, user },
    // A password may begin or end with a blank.
    password: loginText(data.password),
    caCertificate: text('caCertificate'),
    ignoreCertificateErrors: data.ignoreCertificateErrors === true,
  };
}

/** What n8n's request helper needs to know about certificates. */
export interface TlsOptions {
  agentOptions?: { ca: string };
  ignore: boolean;
}

/** @throws AllegroError `input` when the CA certificate cannot be read */
export function tlsOptions({
  caCertificate,
  ignoreCertificateErrors,
}: ApplianceCredentials): TlsOptions {
  const ca = caCertificate && readCertificates(caCertificate).join('');
  return {
    agentOptions: ca ? { ca } : undefined,
    ignore: ignoreCertificateErrors === true,
  };
}
