import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
