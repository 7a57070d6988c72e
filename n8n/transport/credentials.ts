import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { ApplianceCredentials } from '../../nodes/definitions/sign-in/fields';
import { pathBeforeApi, withScheme } from '../../nodes/definitions/sign-in/base-url';
import { inputError } from '../../client';

/** The two ways to sign in, as values of the node's `authentication` parameter. */
export const CREDENTIAL_TYPES = {
  token: 'allegroMultimeterTokenApi',
  password: 'allegroMultimeterPasswordApi',
} as const;

/** Reads what n8n decrypted. */
export function readCredentials(data: ICredentialDataDecryptedObject): ApplianceCredentials {
  const text = (name: keyof ApplianceCredentials) => {
    const value = data[name];
    return typeof value === 'string' && value.trim() ? value.trim() : undefined;
  };
  return {
    baseUrl: readBaseUrl(text('baseUrl') ?? ''),
    token: text('token'),
    user: text('user'),
    // A password may begin or end with a blank.
    password: typeof data.password === 'string' ? data.password : undefined,
    caCertificate: text('caCertificate'),
    ignoreCertificateErrors: data.ignoreCertificateErrors === true,
  };
}

/** What n8n's request helper needs to know of the certificate. */
export function tlsOptions({ caCertificate, ignoreCertificateErrors }: ApplianceCredentials): {
  agentOptions?: { ca: string };
  ignore: boolean;
} {
  return {
    agentOptions: caCertificate ? { ca: asPem(caCertificate) } : undefined,
    ignore: ignoreCertificateErrors === true,
  };
}

/** Scheme, host, port and the path of a reverse proxy, of what a person typed as the appliance's URL. */
function readBaseUrl(typed: string): string {
  const full = withScheme(typed);
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!typed || !url || !/^https?:$/.test(url.protocol)) {
    throw inputError(
      'baseUrl',
      typed ? `"${typed}" is not the URL of an appliance.` : 'The URL of the appliance is missing.',
      'Enter it in the credential as https:// with the host name or IP address.',
    );
  }
  return url.origin + pathBeforeApi(url);
}

/** Forms often turn the line breaks of a pasted certificate into blanks or into a written \n. */
function asPem(text: string): string {
  return text
    .replaceAll('\\n', '\n')
    .replace(
      /-----BEGIN ([A-Z ]+)-----([\s\S]*?)-----END \1-----/g,
      (_, label: string, body: string) => {
        const base64 = body.replace(/\s/g, '');
        const lines = base64.match(/.{1,64}/g) ?? [];
        return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
      },
    );
}
