import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
const LOCK_LIMIT_MS = 120_000;
const N8N_PACKAGE = 'n8n-nodes-allegro-multimeter';

/** Builds and packs the Node-RED package as it would be published, unless that is up to date. */
export function packNodeRed(): Promise<string> {
  const cache = join(ROOT, '.cache/node-red-pack');
  const archive = join(cache, 'package.tgz');
  const sources = ['client', 'nodes/definitions', 'credentials', 'node-red', 'examples/node-red'];
  return unlessUpToDate(cache, archive, [...sources, 'icons'], () => {
    run('tsx', ['node-red/build.ts']);
    pack('./node-red', cache, archive);
  });
}

/**
 * Builds, packs and installs the n8n package, unless that is up to date.
 *
 * @returns a folder as n8n keeps community packages in, to be copied
 */
export function packN8n(): Promise<string> {
  const cache = join(ROOT, '.cache/n8n-pack');
  const folder = join(cache, 'nodes');
  const sources = ['client', 'nodes', 'credentials', 'n8n', 'icons', 'package.json'];
  return unlessUpToDate(cache, folder, sources, () => {
    rmSync(folder, { recursive: true, force: true });
    run('tsx', ['scripts/build-n8n.ts']);
    const archive = join(cache, 'package.tgz');
    pack('.', cache, archive);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"name":"nodes","private":true}');
    // n8n brings n8n-workflow along; the peer must not be fetched a second time.
    const quiet = [
      '--offline',
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
    ];
    run('npm', ['install', ...quiet, archive], folder);
    if (!existsSync(join(folder, 'node_modules', N8N_PACKAGE, 'package.json'))) {
      rmSync(folder, { recursive: true });
      throw new Error(`npm did not install ${archive} into ${folder}.`);
    }
  });
}

async function unlessUpToDate(
  cache: string,
  result: string,
  sources: string[],
  make: () => void,
): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, 'lock');
  await acquire(lock);
  try {
    const isUpToDate =
      existsSync(result) &&
      sources.every((source) => newest(join(ROOT, source)) < statSync(result).mtimeMs);
    if (!isUpToDate) make();
    return result;
  } finally {
    rmdirSync(lock);
  }
}

/** Packs a folder of the tree as `npm publish` would. */
function pack(folder: string, cache: string, archive: string): void {
  const parameters = ['pack', folder, '--ignore-scripts', '--json', '--pack-destination', cache];
  const [{ filename }] = JSON.parse(run('npm', parameters)) as [{ filename: string }];
  renameSync(join(cache, filename), archive);
}

function run(command: string, parameters: string[], cwd = ROOT): string {
  const bin = join(ROOT, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` };
  return execFileSync(command, parameters, { cwd, env, encoding: 'utf8' });
}

const GENERATED = new Set([
  'node_modules',
  'dist',
  'resources',
  'examples',
  'README.md',
  'LICENSE',
]);

function newest(folder: string): number {
  if (!statSync(folder).isDirectory()) return statSync(folder).mtimeMs;
  const isPackage = folder.endsWith('/node-red') && !folder.includes('examples');
  const times = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !(isPackage && GENERATED.has(name)))
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    });
  return Math.max(0, ...times);
}

/** Test files run side by side, but the build writes to one place. */
async function acquire(lock: string): Promise<void> {
  const start = Date.now();
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      if (Date.now() - start > LOCK_LIMIT_MS) {
        rmSync(lock, { recursive: true, force: true });
        throw new Error(`The lock ${lock} was not released; it has been removed.`);
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}
