import { inputError, missingError } from '../../../client';
import { isSameSecret } from '../../../client/values/secret';
import type { Delivery } from './trigger';
import { say } from '../../../client/values/sentence';

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

/** What a refused delivery is answered, by its status. */
export const REFUSALS = {
  401: say`The secret is missing. Add ?secret= and the secret to the URL.`,
  403: say`The secret is wrong.`,
} as const;

/**
 * The secret that deliveries are checked against.
 *
 * @throws AllegroError `input` for one that is missing or too short: a blank one would let anybody in
 */
export function requireSecret(entered: unknown): string {
  const secret = typeof entered === 'string' ? entered : '';
  if (secret.length >= MIN_SECRET_LENGTH) return secret;
  const advice = say`Enter at least ${MIN_SECRET_LENGTH} characters, and the new URL at the appliance.`;
  throw secret === ''
    ? missingError('secret', say`The secret is missing.`, advice)
    : inputError('secret', say`The secret is too short.`, advice);
}

/** Headers or parameters with a single value; a repeated one is not a secret. */
export function singleTexts(values: object): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : undefined,
    ]),
  );
}
