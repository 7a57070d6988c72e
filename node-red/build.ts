/**
 * Builds the Node-RED package: compiles the runtime, generates the editor's files from
 * the definitions, and copies examples, icons, readme and licence. Run: npm run build:node-red
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { compile } from '../scripts/build/compile';
import { generateFiles, nodeMap } from './editor/generate';
import { ICON_FILES } from './editor/icons';

const PACKAGE = __dirname;
const ROOT = resolve(PACKAGE, '..');

async function build(): Promise<void> {
  for (const name of ['dist', 'resources', 'examples']) {
    await rm(join(PACKAGE, name), { recursive: true, force: true });
  }
  compile('node-red/tsconfig.build.json');
  for (const [path, text] of generateFiles()) await write(path, text);
  await copyIcons();
  await copyTexts();
  await copyGerman();
  await copyExamples();
  await writeNodeMap();
}

async function write(path: string, text: string): Promise<void> {
  const target = join(PACKAGE, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

async function copyIcons(): Promise<void> {
  const target = join(PACKAGE, 'dist/nodes/icons');
  await mkdir(target, { recursive: true });
  for (const name of ICON_FILES) await cp(join(ROOT, 'icons/node-red', name), join(target, name));
}

async function copyTexts(): Promise<void> {
  await cp(join(ROOT, 'LICENSE.md'), join(PACKAGE, 'LICENSE'));
  await cp(join(PACKAGE, 'package-readme.md'), join(PACKAGE, 'README.md'));
}

/** For errors and warnings: the browser's catalogues do not hold them. */
async function copyGerman(): Promise<void> {
  const target = join(PACKAGE, 'dist/lib/node-red/locales/de');
  await cp(join(PACKAGE, 'locales/de'), target, { recursive: true });
}

async function copyExamples(): Promise<void> {
  const source = join(ROOT, 'examples/node-red');
  const names = (await readdir(source, { recursive: true })).filter((name) =>
    name.endsWith('.json'),
  );
  for (const name of names) {
    await mkdir(dirname(join(PACKAGE, 'examples', name)), { recursive: true });
    await cp(join(source, name), join(PACKAGE, 'examples', name));
  }
}

/** Keeps the package file in step with the definitions; it is written only when they differ. */
async function writeNodeMap(): Promise<void> {
  const path = join(PACKAGE, 'package.json');
  const text = await readFile(path, 'utf8');
  const manifest = JSON.parse(text) as { 'node-red': { nodes: Record<string, string> } };
  const nodes = nodeMap();
  if (JSON.stringify(manifest['node-red'].nodes) === JSON.stringify(nodes)) return;
  manifest['node-red'].nodes = nodes;
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

build().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
