import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { exampleNames, type Host } from '../examples/example-files';

const ROOT = join(__dirname, '../..');
const COMMITTED = join(ROOT, 'docs/screenshots');
const OTHERS = join(ROOT, 'screenshots');

/**
 * Where a screenshot is written: over the one in docs/screenshots that a page shows, or into the
 * folder `screenshots`, which Git ignores. To show a new one on a page, move it to docs/screenshots.
 */
export function picturePath(name: string): string {
  const committed = join(COMMITTED, `${name}.png`);
  if (existsSync(committed)) return committed;
  mkdirSync(OTHERS, { recursive: true });
  return join(OTHERS, `${name}.png`);
}

/** The numbered examples, or of these only those whose numbers are arguments of the script. */
export function wantedExamples(host: Host): string[] {
  const numbers = process.argv.filter((argument) => /^\d\d$/.test(argument));
  return exampleNames(host)
    .filter((name) => !name.includes('/'))
    .filter((name) => numbers.length === 0 || numbers.includes(name.slice(0, 2)));
}

interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Left free around what a picture shows. */
export const MARGIN = 16;

/** The part of the page that holds all of these elements, with a margin, as a clip of a screenshot. */
export async function boxAround(elements: Locator): Promise<Clip> {
  const boxes = await elements.evaluateAll((all) =>
    all.map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom };
    }),
  );
  const x = Math.min(...boxes.map(({ left }) => left)) - MARGIN;
  const y = Math.min(...boxes.map(({ top }) => top)) - MARGIN;
  const width = Math.max(...boxes.map(({ right }) => right)) + MARGIN - x;
  const height = Math.max(...boxes.map(({ bottom }) => bottom)) + MARGIN - y;
  return { x, y, width, height };
}
