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
import { join, relative, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');
const LOCK_LIMIT_MS = 600_000;
const N8N_PACKAGE = 'n8n-nodes-allegro-multimeter';

/** What makes the Node-RED package another one, from the root of the tree. */
export const NODE_RED_SOURCES = [
  'client',
  'nodes/definitions',
  'credentials',
  'node-red',
  'examples/node-red',
  'icons',
];
/** What makes the n8n package another one, from the root of the tree. */
export const N8N_SOURCES = ['client', 'nodes', 'credentials', 'n8n', 'icons', 'package.json'];

/** Builds and packs the Node-RED package as it would be published, unless that is up to date. */
export function packNodeRed(): Promise<string> {
  const cache = join(ROOT, '.cache/node-red-pack');
  const archive = join(cache, 'package.tgz');
  return unlessUpToDate(cache, archive, NODE_RED_SOURCES, () => {
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
  return unlessUpToDate(cache, folder, N8N_SOURCES, () => {
    rmSync(folder, { recursive: true, force: true });
    run('tsx', ['scripts/build/build-n8n.ts']);
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

const GENERATED = /^node-red\/(node_modules|dist|resources|examples|README\.md|LICENSE)(\/|$)/;

/** Whether a path is one that the build of the Node-RED package writes. */
export function isGenerated(path: string): boolean {
  return GENERATED.test(relative(ROOT, path));
}

/** When a file, or the youngest source below a folder, was written: milliseconds since 1970. */
function newest(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  const paths = readdirSync(path).map((name) => join(path, name));
  return Math.max(0, ...paths.filter((each) => !isGenerated(each)).map(newest));
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
