/**
 * How a person signs in, described once for both hosts: the n8n credential classes and the Node-RED
 * config node are made from this. Source: "Credentials" and "Using API token" of the API page.
 */

export interface ApplianceCredentials {
  /** Scheme, host and port, e.g. `https://allegro-mm-1a2b`; behind a reverse proxy with its path. */
  baseUrl: string;
  /** From firmware 4.2 on; preferred, because Basic logins fill the appliance's event log. */
  token?: string;
  user?: string;
  password?: string;
  /** PEM, one certificate or several one after the other. */
  caCertificate?: string;
  ignoreCertificateErrors?: boolean;
}

export interface CredentialField<Name extends string = keyof ApplianceCredentials> {
  name: Name;
  label: string;
  type: 'text' | 'secret' | 'multiline' | 'boolean';
  default: string | boolean;
  placeholder?: string;
  description: string;
  required?: boolean;
}

export const BASE_URL_FIELD: CredentialField = {
  name: 'baseUrl',
  label: 'Appliance URL',
  type: 'text',
  default: '',
  placeholder: 'e.g. https://allegro-mm-1a2b',
  description:
    'Address of the Allegro Network Multimeter, with https:// and, if needed, a port. Behind a reverse proxy, include the path before /API',
  required: true,
};

export const TOKEN_FIELD: CredentialField = {
  name: 'token',
  label: 'API Token',
  type: 'secret',
  default: '',
  description:
    'Created in the appliance under the user profile settings (firmware 4.2 or later). Grant it only the permissions that your nodes need',
  required: true,
};

export const USER_FIELD: CredentialField = {
  name: 'user',
  label: 'User',
  type: 'text',
  default: '',
  placeholder: 'e.g. automation',
  description:
    'A user of the appliance. A separate user without the admin role is recommended where only statistics or captures are read',
  required: true,
};

export const PASSWORD_FIELD: CredentialField = {
  name: 'password',
  label: 'Password',
  type: 'secret',
  default: '',
  description: 'Password of that user',
  required: true,
};

export const CA_CERTIFICATE_FIELD: CredentialField = {
  name: 'caCertificate',
  label: 'CA Certificate',
  type: 'multiline',
  default: '',
  placeholder: '-----BEGIN CERTIFICATE-----',
  description:
    "PEM text of the certificate that the appliance's own certificate is checked against, or of the self-signed certificate itself. Blank for the authorities that the system trusts",
};

export const IGNORE_CERTIFICATE_ERRORS_FIELD: CredentialField = {
  name: 'ignoreCertificateErrors',
  label: 'Ignore Certificate Errors',
  type: 'boolean',
  default: false,
  description:
    'Whether to connect even if the certificate cannot be checked. Anyone on the path can then read the login; a CA certificate is the safer choice',
};

/** Shown while the appliance's URL begins with http://. */
export const CLEAR_TEXT_NOTE =
  'With http:// anyone on the path can read the login and all data: use https:// where you can.';

/** Shown while certificate errors are ignored. */
export const UNCHECKED_NOTE =
  'The certificate is not checked: anyone on the path can read the login. A CA certificate is the safer choice.';

/** The fields of the "API token" credential, in the order in which a form shows them. */
export const TOKEN_CREDENTIAL_FIELDS: readonly CredentialField[] = [
  BASE_URL_FIELD,
  TOKEN_FIELD,
  CA_CERTIFICATE_FIELD,
  IGNORE_CERTIFICATE_ERRORS_FIELD,
];

/** The fields of the "user and password" credential, in the order in which a form shows them. */
export const PASSWORD_CREDENTIAL_FIELDS: readonly CredentialField[] = [
  BASE_URL_FIELD,
  USER_FIELD,
  PASSWORD_FIELD,
  CA_CERTIFICATE_FIELD,
  IGNORE_CERTIFICATE_ERRORS_FIELD,
];

/** The secret by which pushed statistics are recognized. */
export interface PushCredentials {
  secret?: string;
}

export const SECRET_FIELD: CredentialField<keyof PushCredentials> = {
  name: 'secret',
  label: 'Secret',
  type: 'secret',
  default: '',
  description:
    'At least 16 random letters, digits, hyphens or underscores. The appliance sends it in the URL, after ?secret=',
  required: true,
};

/** The fields of the credential for pushed statistics. */
export const PUSH_CREDENTIAL_FIELDS: readonly CredentialField<keyof PushCredentials>[] = [
  SECRET_FIELD,
];
