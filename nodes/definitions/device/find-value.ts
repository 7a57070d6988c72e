import { toBoolean, toNumber } from '../../../client/values/loose-value';

/** Reading answers whose form is only partly known: by name, at any depth, numbers as text too. */

/** Objects within an answer, the outermost first; bounded, because answers come from outside. */
export function* objectsWithin(value: unknown, depth = 4): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  if (depth === 0) return;
  for (const inner of Object.values(value)) yield* objectsWithin(inner, depth - 1);
}

/** The first finite number under one of the names, in the order of the names. */
export function findNumber(value: unknown, ...names: string[]): number | undefined {
  for (const name of names) {
    for (const object of objectsWithin(value)) {
      const number = toNumber(object[name]);
      if (number !== undefined) return number;
    }
  }
  return undefined;
}

/** The same for a boolean, also where it is spelt out. */
export function findBoolean(value: unknown, ...names: string[]): boolean | undefined {
  for (const name of names) {
    for (const object of objectsWithin(value)) {
      const found = toBoolean(object[name]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The list that an answer is, or the first one within. */
export function findList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  for (const object of objectsWithin(value)) {
    const list = Object.values(object).find(Array.isArray);
    if (list) return list;
  }
  return undefined;
}
