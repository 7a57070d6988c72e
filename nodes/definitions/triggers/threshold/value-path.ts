import { nameCounters } from '../../../../client/values/counters';
import { toNumber } from '../../../../client/values/loose-value';

/**
 * Finds a number in an answer: names joined by dots, such as
 * `globalCounters.intervalPerSecond.totalBitsPerSecond`. A counter can be read by its index
 * (`interval.1`) or by name; elements of arrays by index.
 *
 * @param path of the answer; tells where positions of a counter mean something else
 * @returns nothing where there is no number. Texts that are numbers count, true is 1, false is 0
 */
export function numberAt(answer: unknown, valuePath: string, path: string): number | undefined {
  let value = answer;
  for (const [name, counter] of steps(valuePath)) {
    value = nextOf(value, name, counter, path);
  }
  return numberOf(value);
}

/** Each name, with the one before it. */
function steps(valuePath: string): Array<[name: string, before: string]> {
  const names = valuePath.split('.').filter(Boolean);
  return names.map((name, index) => [name, names[index - 1] ?? '']);
}

function nextOf(value: unknown, name: string, counter: string, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(name)) {
    const named = (nameCounters({ [counter]: value }, path) as Record<string, unknown>)[counter];
    return Array.isArray(named) ? undefined : own(named as object, name);
  }
  return own(value, name);
}

function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true' ? 1 : 0;
  return toNumber(value);
}
