import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
const CACHE = join(ROOT, '.cache/node-red-pack');
const ARCHIVE = join(CACHE, 'package.tgz');
const LOCK = join(CACHE, 'lock');
const SOURCES = [
  'client',
  'nodes/definitions',
  'credentials',
  'node-red',
  'examples/node-red',
  'icons',
];
const LOCK_LIMIT_MS = 120_000;

/** Builds and packs the Node-RED package as it would be published, unless that is up to date. */
export async function packNodeRed(): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  await lock();
  try {
    if (!isUpToDate()) {
      run('ts-node', ['node-red/build.ts']);
      const output = run('npm', ['pack', './node-red', '--json', '--pack-destination', CACHE]);
      const [{ filename }] = JSON.parse(output) as [{ filename: string }];
      renameSync(join(CACHE, filename), ARCHIVE);
    }
    return ARCHIVE;
  } finally {
    rmdirSync(LOCK);
  }
}

function run(command: string, parameters: string[]): string {
  const bin = join(ROOT, 'node_modules/.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` };
  return execFileSync(command, parameters, { cwd: ROOT, env, encoding: 'utf8' });
}

function isUpToDate(): boolean {
  if (!existsSync(ARCHIVE)) return false;
  const packed = statSync(ARCHIVE).mtimeMs;
  return SOURCES.every((folder) => newest(join(ROOT, folder)) < packed);
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
async function lock(): Promise<void> {
  const start = Date.now();
  for (;;) {
    try {
      mkdirSync(LOCK);
      return;
    } catch {
      if (Date.now() - start > LOCK_LIMIT_MS) {
        rmSync(LOCK, { recursive: true, force: true });
        throw new Error(`The lock ${LOCK} was not released; it has been removed.`);
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }
}
