/**
 * Builds the n8n package into dist/: compiles what ships, and puts the files beside it that n8n
 * reads at run time (icons, codex files).
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from './compile';

const ROOT = join(__dirname, '../..');
const DIST = join(ROOT, 'dist');

/** Files below a folder whose names end in a certain way, relative to the tree's root. */
function filesIn(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

rmSync(DIST, { recursive: true, force: true });
compile('tsconfig.build.json');
// Below icons/ are those of Node-RED.
const icons = readdirSync(join(ROOT, 'icons')).filter((name) => name.endsWith('.svg'));
const assets = [...icons.map((name) => join('icons', name)), ...filesIn('nodes', '.node.json')];
for (const asset of assets) {
  const target = join(DIST, asset);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(ROOT, asset), target);
}
