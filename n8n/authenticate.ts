import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { readCredentials, tlsOptions } from './appliance';

/**
 * Signs a request in, for this package's node and for the HTTP Request node alike. A function rather
 * than n8n's generic form, because that form can set headers only: here the certificate settings of
 * the credential hold as well.
 */
export async function authenticate(
  data: ICredentialDataDecryptedObject,
  options: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
  const credentials = readCredentials(data);
  const { agentOptions, ignore } = tlsOptions(credentials);
  return {
    ...options,
    headers: { ...options.headers, Authorization: authorization(credentials) },
    agentOptions: { ...agentOptions, ...options.agentOptions },
    // The second name is that of the helper which the HTTP Request node uses.
    ...(ignore ? { skipSslCertificateValidation: true, rejectUnauthorized: false } : {}),
  };
}

/** The value of the Authorization header. */
export function authorization({
  token,
  user = '',
  password = '',
}: Pick<ReturnType<typeof readCredentials>, 'token' | 'user' | 'password'>): string {
  if (token) return `Bearer ${token}`;
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
