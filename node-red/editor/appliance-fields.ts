import {
  BASE_URL_FIELD,
  CA_CERTIFICATE_FIELD,
  CLEAR_TEXT_NOTE,
  IGNORE_CERTIFICATE_ERRORS_FIELD,
  PASSWORD_FIELD,
  TOKEN_FIELD,
  UNCHECKED_NOTE,
  USER_FIELD,
  type CredentialField,
} from '../../nodes/definitions/sign-in/fields';
import type { Catalogue } from './catalogue';

/** In the order of the form; the login that does not apply is hidden. */
export const FIELDS: ReadonlyArray<{
  field: CredentialField;
  icon: string;
  login?: 'token' | 'password';
  /** Of no use, and hidden, when a TLS configuration is chosen. */
  isOwnTls?: boolean;
}> = [
  { field: BASE_URL_FIELD, icon: 'fa-server' },
  { field: TOKEN_FIELD, icon: 'fa-key', login: 'token' },
  { field: USER_FIELD, icon: 'fa-user', login: 'password' },
  { field: PASSWORD_FIELD, icon: 'fa-lock', login: 'password' },
  { field: CA_CERTIFICATE_FIELD, icon: 'fa-certificate', isOwnTls: true },
  { field: IGNORE_CERTIFICATE_ERRORS_FIELD, icon: 'fa-unlock', isOwnTls: true },
];

export const LOGIN_FIELDS = [TOKEN_FIELD, USER_FIELD, PASSWORD_FIELD];

/** Config nodes of Node-RED itself that may be used. */
export const CONFIG_NODES = [
  {
    name: 'tls',
    type: 'tls-config',
    label: 'TLS Configuration',
    icon: 'fa-lock',
    description:
      'Config node of Node-RED with CA, client certificate and key, server name and verification. If set, it alone applies: CA Certificate and Ignore Certificate Errors of this form are ignored',
  },
  {
    name: 'proxy',
    type: 'http proxy',
    label: 'Proxy',
    icon: 'fa-share-alt',
    description:
      'Config node of Node-RED with the URL and login of a proxy, and the hosts to reach without it. None: connects directly and ignores the proxy variables of the environment',
  },
] as const;

export const NOTES = {
  http: CLEAR_TEXT_NOTE,
  unchecked: UNCHECKED_NOTE,
  tls: 'The TLS configuration decides how certificates are checked; CA Certificate and Ignore Certificate Errors of this form are ignored.',
};

export const AUTHENTICATION = {
  name: 'authentication',
  label: 'Login',
  description:
    'An API token (firmware 4.2 or later) is the better choice: logins with user and password fill the event log of the appliance',
  options: { token: 'API token', password: 'User and password' },
};

export const LIMIT = {
  name: 'maxConcurrentRequests',
  label: 'Parallel Requests',
  description:
    'Maximum short requests, and maximum transfers, at a time for all nodes of this appliance. Blank for 4',
};

export const TEST = {
  button: 'Test connection',
  running: 'Connecting…',
  connected: 'Connected. The clock of the appliance says __time__.',
  hint: 'Tests the values in this form, before you deploy them.',
  asDeployed: 'Tested as deployed, because the form names environment variables.',
  ahead: 'That is __seconds__ s ahead of the clock of Node-RED.',
  behind: 'That is __seconds__ s behind the clock of Node-RED.',
  login: 'What this login may do:',
  access: {
    statistics: 'Read statistics',
    captures: 'Capture packets',
    voip: 'Read SIP and RTP statistics',
    ringBuffer: 'Suspend a ring buffer',
    uploads: 'Upload pcaps',
  },
  yes: 'allowed',
  no: 'not allowed',
  unknown: 'not known until it is tried',
};

export const CERTIFICATE = {
  button: 'Get certificate',
  running: 'Connecting…',
  fetched:
    'Certificate of __subject__, valid until __until__. Anyone on the path could have replaced it: compare its SHA-256 fingerprint with that of the appliance. __fingerprint__',
  same: 'This certificate is already entered.',
  other: 'Another certificate is already entered.',
  replace: 'Replace',
  keep: 'Keep',
};

/** All fields of the form that have a description, in its order. */
export function described(): Array<{
  name: string;
  label: string;
  description: string;
  placeholder?: string;
  options?: Catalogue;
}> {
  const [baseUrl, ...others] = FIELDS.map(({ field }) => field);
  return [baseUrl!, AUTHENTICATION, ...others, ...CONFIG_NODES, LIMIT];
}
