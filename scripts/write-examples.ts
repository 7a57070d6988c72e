/**
 * Writes the numbered examples of both hosts and their index, from scripts/examples, and completes
 * the other flows for Node-RED after a definition got a new field. Run: npm run examples
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { exampleFiles } from './examples/files';

const ROOT = resolve(__dirname, '..');

async function main(): Promise<void> {
  for (const [path, text] of await exampleFiles()) writeFileSync(join(ROOT, path), text);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
