import { AllegroError } from '../../client';
import type { Api } from '../../client/api/api';
import { toCounters } from '../../client/values/counters';
import { readLoginAccess } from '../../client/devices/login-access';
import { CHECKS, type Check, type Shape } from './checks';

const SHAPES: Record<Shape, (value: unknown) => boolean> = {
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => /^(true|false)$/i.test(String(value)),
  text: (value) => typeof value === 'string',
  list: Array.isArray,
  object: (value) => kindOf(value) === 'object',
  counters: (value) => toCounters(value) !== undefined,
};

/**
 * Reads each path once, one after the other, and says in a line each whether it responds as the nodes
 * expect, then what the login may do. A line holds method, path and field names; never a value or an address.
 */
export async function* checkAppliance(api: Api, signal: AbortSignal): AsyncGenerator<string> {
  for (const check of CHECKS)
    yield `${check.method} ${check.path}: ${await outcome(api, check, signal)}`;
  const access = Object.entries(await readLoginAccess(api, signal));
  yield `This login may: ${access.map(([what, may]) => `${what} ${may}`).join(', ')}`;
}

async function outcome(api: Api, check: Check, signal: AbortSignal): Promise<string> {
  let value: unknown;
  try {
    value =
      check.method === 'OPTIONS'
        ? { subResources: await api.subResources(check.path, { signal }) }
        : await api.get(check.path, check.query ?? {}, { signal });
  } catch (error) {
    if (!(error instanceof AllegroError)) throw error;
    return `failed (${error.kind}${error.status === undefined ? '' : `, HTTP ${error.status}`})`;
  }
  const other = Object.entries(check.fields).flatMap(([path, shape]) => {
    const found = valueAt(value, path);
    return SHAPES[shape](found) ? [] : [`${path} is ${kindOf(found)}, expected ${shape}`];
  });
  const known = Object.keys(check.fields).length;
  if (other.length > 0) return `different: ${other.join('; ')}`;
  return known === 0 ? `${kindOf(value)}; no field is expected` : 'as expected';
}

/** Of an empty list there is no first element; then nothing is known, and nothing is wrong. */
function valueAt(value: unknown, path: string): unknown {
  return path
    .split(/\.|(?=\[\])/)
    .filter((name) => name !== '')
    .reduce<unknown>((found, name) => {
      if (name === '[]') return Array.isArray(found) ? found[0] : undefined;
      return (found as Record<string, unknown> | null | undefined)?.[name];
    }, value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
