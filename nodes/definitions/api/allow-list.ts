import { inputError, type HttpMethod } from '../../../client';
import { encodeQuery, parseTypedPath, type Query } from '../../../client/http/query';
import { isReset } from '../fields/api-path';
import { say } from '../../../client/values/sentence';

/** What a person allowed: one row of the list. */
export interface AllowedPath {
  allowedMethod: string;
  /** `*` is one element, `**` at the end all that is below. */
  allowedPath: string;
}

/** Whether a method changes nothing, as far as HTTP goes. */
export function isReadOnly(method: HttpMethod): boolean {
  return method === 'GET' || method === 'OPTIONS' || method === 'HEAD';
}

/**
 * Refuses a request that is not in the list of those that a person allowed.
 *
 * @param path encoded, beginning with `/API`
 * @param query all parameters, each of which has to be named by the allowed path, too: `mm-id` sends
 *   the request to another device
 * @throws AllegroError `input`
 */
export function checkAllowed(
  method: HttpMethod,
  path: string,
  query: Query,
  list: readonly AllowedPath[],
): void {
  const elements = elementsOf(path);
  const isAllowed = list.some(({ allowedMethod, allowedPath }) => {
    const allowed = parseTypedPath(allowedPath);
    const pattern = elementsOf(allowed.path);
    // What deletes all measurements has to be named in full.
    const isNamed = !isReset(path) || !pattern.some((element) => element.startsWith('*'));
    return (
      allowedMethod === method &&
      isNamed &&
      fits(elements, pattern) &&
      fitsQuery(query, allowed.query)
    );
  });
  if (isAllowed) return;
  throw inputError(
    'allowedPaths',
    say`${method} ${path.slice(1)}${encodeQuery(query)} is not in the list of allowed paths.`,
    say`To allow it, add its method and path, with its query, to the list.`,
  );
}

/** A value of `*` allows any. */
function fitsQuery(query: Query, allowed: Query): boolean {
  return Object.entries(query).every(
    ([name, value]) =>
      Object.hasOwn(allowed, name) && (allowed[name] === '*' || allowed[name] === String(value)),
  );
}

function elementsOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}

function fits(path: string[], pattern: string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? path.length <= fixed.length : path.length !== fixed.length) return false;
  return fixed.every((element, index) => element === '*' || element === path[index]);
}
