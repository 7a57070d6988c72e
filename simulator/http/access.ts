import { HttpError } from './http-error';

/** `other`: read statistics; `pcap`: captures; `admin`: change something. Source: "Credentials". */
export type Permission = 'other' | 'pcap' | 'admin';

interface Account {
  permissions: Permission[];
}

const ALL: Permission[] = ['other', 'pcap', 'admin'];

/** By `user:password`. */
export const LOGINS: ReadonlyMap<string, Account> = new Map<string, Account>([
  ['admin:allegro', { permissions: ALL }],
  ['viewer:viewer', { permissions: ['other'] }],
]);

/** By token. */
export const TOKENS: ReadonlyMap<string, Account> = new Map<string, Account>([
  ['demo-token', { permissions: ALL }],
  ['capture-token', { permissions: ['other', 'pcap'] }],
  ['stats-token', { permissions: ['other'] }],
]);

/** @throws HttpError 401 without a valid login, 403 where the login does not allow it */
export function checkAccess(authorization: string | undefined, needed: Permission): void {
  const account = findAccount(authorization);
  if (!account) {
    throw new HttpError(401, 'Unauthorized', { 'WWW-Authenticate': 'Basic realm="Allegro"' });
  }
  if (!account.permissions.includes(needed)) {
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
