/** How addresses are written. One place, because the API minds: a blank is `%20`, never `+`. */

export type QueryValue = string | number | boolean | null | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/**
 * Writes a query with `%20` for blanks, lower-case booleans and no entry for what is not set.
 * Source: "Pcap extraction", parameter `expression` (no white space, `%20` instead).
 *
 * @returns the query with its leading `?`, or an empty text
 */
export function encodeQuery(query: Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** One element of a path, such as an IPv6 address or a name, made safe to stand between slashes. */
export function encodePathElement(element: string | number): string {
  // Colons may stand in a path as they are, and the API page shows MAC addresses that way.
  return encode(String(element)).replace(/%3A/gi, ':');
}

/**
 * Brings a path that a person typed into the form that is sent: beginning with `/API`, each element
 * encoded, a query in it taken apart.
 *
 * `API/stats/time`, `/API/stats/time`, `stats/time` and a whole URL mean the same.
 */
export function parseTypedPath(typed: string): { path: string; query: Record<string, string> } {
  const withoutOrigin = typed.trim().replace(/^https?:\/\/[^/?#]*/i, '');
  const [rawPath = '', rawQuery = ''] = withoutOrigin.split('#')[0].split(/\?(.*)/s);
  const elements: string[] = [];
  for (const element of rawPath.split('/').map(decodeLeniently)) {
    // As every URL parser on the way would read them; so they cannot lead out of /API there.
    if (element === '..') elements.pop();
    else if (element !== '' && element !== '.') elements.push(encodePathElement(element));
  }
  if (elements[0]?.toUpperCase() === 'API') elements.shift();
  const query: Record<string, string> = {};
  for (const pair of rawQuery.split('&').filter(Boolean)) {
    const [name, ...value] = pair.split('=');
    query[decodeLeniently(name)] = decodeLeniently(value.join('='));
  }
  return { path: `/API/${elements.join('/')}`, query };
}

/** Half a character, as a text that was cut may end with, has no encoding: it becomes `�`. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** Decodes what is encoded already, and leaves alone what only looks like it. */
function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
