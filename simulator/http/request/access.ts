import { HttpError } from '../reply/http-error';

/**
 * `other`: read statistics; `pcap`: captures; `voip`: SIP and RTP statistics; `admin`: change
 * something. Source: "Credentials", and the permissions of roles in the vendor's "User Management".
 */
export type Permission = 'other' | 'pcap' | 'voip' | 'admin';

interface Account {
  permissions: Permission[];
}

const ALL: Permission[] = ['other', 'pcap', 'voip', 'admin'];

/** By `user:password`. */
export const LOGINS: ReadonlyMap<string, Account> = new Map<string, Account>([
  ['admin:allegro', { permissions: ALL }],
  ['operator:operator', { permissions: ['other', 'voip', 'admin'] }],
  ['viewer:viewer', { permissions: ['other'] }],
  ['capture:capture', { permissions: ['pcap'] }],
  ['voice:voice', { permissions: ['voip'] }],
]);

/** By token. */
const TOKENS: ReadonlyMap<string, Account> = new Map<string, Account>([
  ['demo-token', { permissions: ALL }],
  ['operator-token', { permissions: ['other', 'voip', 'admin'] }],
  ['capture-token', { permissions: ['other', 'pcap'] }],
  ['stats-token', { permissions: ['other'] }],
  ['pcap-token', { permissions: ['pcap'] }],
  ['voip-token', { permissions: ['voip'] }],
  ['bare-token', { permissions: [] }],
]);

/** The logins and tokens with what they may do, a line each, for a person to read. */
export function accountLines(): string[] {
  const lines = (accounts: ReadonlyMap<string, Account>) =>
    [...accounts].map(
      ([name, { permissions }]) =>
        `    ${name.replace(':', ' / ').padEnd(22)}${permissions.join(', ')}`,
    );
  return ['  Users and their permissions:', ...lines(LOGINS), '  Tokens:', ...lines(TOKENS)];
}

/**
 * Any login will do where nothing is `needed`.
 *
 * @throws HttpError 401 without a valid login, 403 where the login does not allow it
 */
export function checkAccess(
  authorization: string | undefined,
  needed: Permission | undefined,
): void {
  const account = findAccount(authorization);
  if (!account) {
    throw new HttpError(401, 'Unauthorized', { 'WWW-Authenticate': 'Basic realm="Allegro"' });
  }
  if (needed !== undefined && !account.permissions.includes(needed)) {
    throw new HttpError(403, `Forbidden: the permission "${needed}" is missing.`);
  }
}

function findAccount(authorization = ''): Account | undefined {
  const [scheme, value = ''] = authorization.split(' ');
  switch (scheme.toLowerCase()) {
    case 'basic':
      return LOGINS.get(Buffer.from(value, 'base64').toString('utf8'));
    case 'bearer':
      return TOKENS.get(value);
    default:
      return undefined;
  }
}
