/**
 * The real n8n that tests and screenshots run: installed once into a cache folder, in a pinned
 * version, with the Node.js that it asks for beside it. Needs npm, and a C++ compiler with Python
 * where no ready-made SQLite can be downloaded.
 *
 * The folder is `.cache/n8n`; ALLEGRO_TEST_CACHE moves `.cache` elsewhere.
 */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cacheFolder, ensurePackages, nodeBinaryIn, nodePackageName, npm } from './package-cache';

export const N8N_VERSION = '2.40.7';
const NODE_VERSION = '24.21.0';
const SCANNER = '@n8n/scan-community-package';
const SCANNER_VERSION = '0.32.0';

export interface N8nInstallation {
  /** Of n8n and all that it brings along. */
  nodeModules: string;
  /** The Node.js that runs it. */
  nodeBinary: string;
  /** The script that starts n8n. */
  n8nScript: string;
}

/** Tells where n8n is, and installs it first where it is missing. */
export function ensureN8n(log: (line: string) => void = console.log): N8nInstallation {
  const folder = join(cacheFolder(), 'n8n');
  const nodePackage = nodePackageName();
  const nodeFolder = join(folder, 'node_modules', nodePackage);
  const installation = {
    nodeModules: join(folder, 'node_modules'),
    nodeBinary: nodeBinaryIn(nodeFolder),
    n8nScript: join(folder, 'node_modules', 'n8n', 'bin', 'n8n'),
  };
  ensurePackages(folder, { n8n: N8N_VERSION, [nodePackage]: NODE_VERSION }, log);
  if (!existsSync(join(folder, 'node_modules/sqlite3/build/Release/node_sqlite3.node'))) {
    log('Building the SQLite binding of n8n.');
    npm(folder, ['rebuild', 'sqlite3'], {
      // The headers come with the Node.js package, so that none need to be downloaded.
      npm_config_nodedir: nodeFolder,
      PATH: `${dirname(installation.nodeBinary)}${delimiter}${process.env.PATH}`,
    });
  }
  return installation;
}

/** Installs the scan that n8n makes of published packages; returns the path of its main module. */
export function ensureScanner(log: (line: string) => void = console.log): string {
  const folder = join(cacheFolder(), 'n8n-scan');
  ensurePackages(folder, { [SCANNER]: SCANNER_VERSION }, log);
  return join(folder, 'node_modules', SCANNER, 'scanner', 'scanner.mjs');
}

if (require.main === module) {
  console.log(`n8n is ready: ${ensureN8n().n8nScript}`);
}
