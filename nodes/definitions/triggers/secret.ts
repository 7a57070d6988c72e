import { isSameSecret } from '../../../client/values/secret';
import type { Delivery } from './trigger';

/** Header for a secret that a proxy adds, in lower case. */
const SECRET_HEADER = 'x-allegro-secret';
/** Name of the secret in the query of the URL. */
const SECRET_PARAMETER = 'secret';
/** Shorter ones could be guessed. */
export const MIN_SECRET_LENGTH = 16;

type Credentials = Pick<Delivery, 'headers' | 'query' | 'pathSecret'>;

/** The secrets that a delivery brings: in the query, in the path, or in a header. */
function secretsOf({ headers, query, pathSecret }: Credentials): string[] {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const given = [query[SECRET_PARAMETER], pathSecret, headers[SECRET_HEADER], bearer];
  return given.filter((secret): secret is string => typeof secret === 'string' && secret !== '');
}

/**
 * Whether a delivery may come in. Takes as long for a wrong secret as for a right one.
 *
 * @returns the status to refuse with: 401 without a secret, 403 with a wrong one
 */
export function refusalOf(delivery: Credentials, expected: string): 401 | 403 | undefined {
  const given = secretsOf(delivery);
  if (given.length === 0) return 401;
  return given.some((secret) => isSameSecret(secret, expected)) ? undefined : 403;
}
