import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';
import { inputError } from '../../client';
import { authorizationOf } from '../../nodes/definitions/sign-in/credentials';
import { readCredentials, tlsOptions } from './credentials';
import { say } from '../../client/values/sentence';

/**
 * Signs a request in, for this package's node and for the HTTP Request node alike. A function rather
 * than n8n's generic form, because that form can set headers only: here the certificate settings of
 * the credential hold as well.
 *
 * @throws AllegroError `input` when the request goes to another origin than the appliance: neither the
 *   login nor the certificate settings are meant for that
 */
export async function authenticate(
  data: ICredentialDataDecryptedObject,
  options: IHttpRequestOptions,
): Promise<IHttpRequestOptions> {
  const credentials = readCredentials(data);
  checkOrigin(options, credentials.baseUrl);
  const { agentOptions, ignore } = tlsOptions(credentials);
  return {
    ...options,
    headers: { ...options.headers, Authorization: authorizationOf(credentials) },
    agentOptions: { ...agentOptions, ...options.agentOptions },
    // Before version 4.4 the HTTP Request node lets the login go along wherever a redirect leads.
    sendCredentialsOnCrossOriginRedirect: false,
    // The second name is that of the helper which the HTTP Request node uses.
    ...(ignore ? { skipSslCertificateValidation: true, rejectUnauthorized: false } : {}),
  };
}

/** The helper that the HTTP Request node uses has another name for the address. */
type AnyRequest = Pick<IHttpRequestOptions, 'baseURL'> & { url?: string; uri?: string };

function checkOrigin({ url, uri, baseURL }: AnyRequest, applianceUrl: string): void {
  const own = new URL(applianceUrl).origin;
  const origin = originOf(url ?? uri ?? '', baseURL || applianceUrl);
  if (origin === own) return;
  throw inputError(
    'url',
    say`The credential is for ${own} only, and the request goes to ${origin ?? 'no address'}.`,
    say`Use the URL of the credential, or another credential.`,
  );
}

function originOf(address: string, base: string): string | undefined {
  // Without the base first: "https:/host" names a host of its own, but not beside a base.
  if (URL.canParse(address)) return new URL(address).origin;
  return URL.canParse(address, base) ? new URL(address, base).origin : undefined;
}
