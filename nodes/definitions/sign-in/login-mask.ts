import { authorizationOf } from './credentials';
import type { ApplianceCredentials } from './fields';

const MASK = '***';
/** Shorter secrets occur in every text: to mask those would show them. */
const SHORTEST = 4;

/**
 * Makes the function that takes a login out of a text that the other side sent: token, password, their
 * Base64 and that of the Authorization header, each as it is or as JSON, HTML and URLs write it. The
 * beginning of one at the end of the text counts too, because the text may have been cut there.
 */
export function loginMask(
  credentials: Pick<ApplianceCredentials, 'token' | 'user' | 'password'>,
): (text: string) => string {
  const { token = '', password = '' } = credentials;
  const [, sent = ''] = (authorizationOf(credentials) ?? '').split(' ');
  const secrets = [...new Set([token, password, sent])]
    .flatMap((secret) => [
      secret,
      Buffer.from(secret)
        .toString('base64')
        .replace(/={1,2}$/, ''),
    ])
    .filter(({ length }) => length >= SHORTEST)
    // One that is within another must not be taken out first.
    .sort((a, b) => b.length - a.length);
  const patterns = secrets.map((secret) => new RegExp([...secret].map(spellings).join(''), 'gi'));
  return (text) => {
    const masked = patterns.reduce((rest, pattern) => rest.replace(pattern, MASK), text);
    const cut = Math.max(0, ...secrets.map((secret) => beginningAtEnd(masked, secret)));
    return cut < SHORTEST ? masked : masked.slice(0, -cut) + MASK;
  };
}

const HTML_NAMES: Record<string, string> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** A pattern for a character as it is, or as HTML, a URL or JSON write it. */
function spellings(character: string): string {
  if (/^[a-z0-9]$/i.test(character)) return character;
  const code = character.codePointAt(0)!;
  const inUrl = [...Buffer.from(character)].map((byte) => `%${hex(byte, 2)}`).join('');
  const inJson = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return `(?:${[
    ...(HTML_NAMES[character] ? [`&${HTML_NAMES[character]};`] : []),
    `&#${code};`,
    `&#x0?${hex(code, 2)};`,
    inUrl,
    inJson.map((unit) => `\\\\u${hex(unit, 4)}`).join(''),
    `\\\\?${inJson.map((unit) => `\\u${hex(unit, 4)}`).join('')}`,
  ].join('|')})`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** How many characters at the end of the text are the beginning of the secret. */
function beginningAtEnd(text: string, secret: string): number {
  for (let length = Math.min(secret.length, text.length); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
