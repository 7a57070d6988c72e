import { parse } from 'acorn';

/** A value within a larger one, with the keys that lead to it. */
export interface Found {
  key: string;
  value: unknown;
  /** The object or array that it is in. */
  parent: Record<string, unknown>;
}

/** All values within a value, at every depth. */
export function walk(value: unknown): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [
    { key, value: one as unknown, parent: value as Record<string, unknown> },
    ...walk(one),
  ]);
}

/** Throws where a text is not the body of an asynchronous function. */
export function parseBody(code: string): void {
  parse(code, {
    ecmaVersion: 2022,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
  });
}

/** Whether code is more than a person reads at a glance: ten lines, none of them endless. */
export function isLong(code: string): boolean {
  const lines = code.trim().split('\n');
  return lines.length > 10 || lines.some((line) => line.length > 160);
}

export interface Box {
  name: string;
  x: number;
  y: number;
  right: number;
  bottom: number;
}

/** Pairs of boxes that cover each other. */
export function overlaps(boxes: Box[]): string[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom)
      .map((b) => `${a.name} / ${b.name}`),
  );
}
