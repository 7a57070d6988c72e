/**
 * Packages that tests need beside the tree, in pinned versions: too large, or too different from
 * those of the tree, to be dependencies of it. They are installed once into a cache folder.
 *
 * The folder is `.cache`; ALLEGRO_TEST_CACHE moves it elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the cache is, whether filled or not. */
export function cacheFolder(): string {
  return process.env.ALLEGRO_TEST_CACHE ?? join(__dirname, '../..', '.cache');
}

/** Fills a folder with packages, unless it holds them already. */
export function ensurePackages(
  folder: string,
  wanted: Record<string, string>,
  log: (line: string) => void,
): void {
  if (isInstalled(folder, wanted)) return;
  log(`Installing ${Object.keys(wanted).join(', ')} into ${folder}; this may take minutes.`);
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, name: 'allegro-test-host', dependencies: wanted };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  // Scripts of hundreds of packages are not needed; where one is, its host runs it afterwards.
  npm(folder, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** The package that holds Node.js itself for this machine. */
export function nodePackageName(): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return `node-${platform}-${process.arch}`;
}

function isInstalled(folder: string, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, version]) => {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (!existsSync(manifest)) return false;
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === version;
  });
}

/** Runs npm in a folder. */
export function npm(folder: string, args: string[], environment: NodeJS.ProcessEnv = {}): void {
  execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

/** The program within an installed Node.js package. */
export function nodeBinaryIn(folder: string): string {
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
