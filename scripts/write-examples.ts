/**
 * Writes the numbered examples of both hosts and their index, from scripts/examples, and completes
 * the other flows for Node-RED after a definition got a new field. Run: npm run examples
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { completeNode } from '../node-red/editor/defaults';
import { exampleFiles } from './examples/files';

const ROOT = resolve(__dirname, '..');
const FLOWS = 'examples/node-red';

function main(): void {
  const files = exampleFiles();
  for (const [path, text] of files) writeFileSync(join(ROOT, path), text);
  const names = readdirSync(join(ROOT, FLOWS), { recursive: true, encoding: 'utf8' });
  for (const name of names) {
    const path = `${FLOWS}/${name}`;
    if (files.has(path) || !name.endsWith('.json')) continue;
    const nodes = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as object[];
    const complete = nodes.map((node) => completeNode(node as Record<string, unknown>));
    if (JSON.stringify(complete) === JSON.stringify(nodes)) continue;
    writeFileSync(join(ROOT, path), `${JSON.stringify(complete, null, 2)}\n`);
  }
}

main();
