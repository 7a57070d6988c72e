/**
 * Completes the nodes in examples/node-red with the properties that they lack, after a definition
 * got a new field. Run: npm run examples:node-red
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { completeNode } from '../node-red/editor/defaults';

const FOLDER = resolve(__dirname, '../examples/node-red');

const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
for (const name of names.filter((file) => file.endsWith('.json'))) {
  const path = join(FOLDER, name);
  const nodes = JSON.parse(readFileSync(path, 'utf8')) as Array<Record<string, unknown>>;
  writeFileSync(path, `${JSON.stringify(nodes.map(completeNode), null, 2)}\n`);
}
