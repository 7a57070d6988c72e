/**
 * The Node-REDs that the package is tested in. The one of the tree is there anyway; the others,
 * the scorecard of Node-RED's flow library, and nodes that examples use are installed once into the cache folder, in pinned
 * versions. Run: tsx scripts/hosts/node-red-cache.ts
 */
import { join } from 'node:path';
import { cacheFolder, ensurePackages, nodeBinaryIn, nodePackageName } from './package-cache';

const ROOT = join(__dirname, '../..');
const SCORECARD = 'node-red-dev';
const SCORECARD_VERSION = '0.1.6';
/** As the examples name them for Node-RED's editor, which offers to install them. */
const FURTHER_NODES = { 'node-red-node-email': '5.2.5' };

/** Which Node-RED on which Node.js; the tree's own is Node-RED 5 on Node.js 24. */
const CACHED = {
  '4@20': { nodeRed: '4.1.15', node: '20.20.2' },
  '5@22': { nodeRed: '5.0.7', node: '22.23.3' },
} as const;

/** `<major of Node-RED>@<major of Node.js>` */
export type NodeRedVersion = keyof typeof CACHED | '5@24';

export const CACHED_VERSIONS = Object.keys(CACHED) as NodeRedVersion[];

export interface NodeRedInstallation {
  version: NodeRedVersion;
  nodeBinary: string;
  /** The script that starts Node-RED. */
  script: string;
}

/** Tells where a Node-RED is, and installs it first where it is missing. */
export function ensureNodeRed(
  version: NodeRedVersion,
  log: (line: string) => void = console.log,
): NodeRedInstallation {
  if (version === '5@24') {
    return {
      version,
      nodeBinary: join(ROOT, 'node_modules/.bin/node'),
      script: join(ROOT, 'node_modules/node-red/red.js'),
    };
  }
  const { nodeRed, node } = CACHED[version];
  const folder = join(cacheFolder(), `node-red-${version}`);
  const nodePackage = nodePackageName();
  ensurePackages(folder, { 'node-red': nodeRed, [nodePackage]: node }, log);
  return {
    version,
    nodeBinary: nodeBinaryIn(join(folder, 'node_modules', nodePackage)),
    script: join(folder, 'node_modules/node-red/red.js'),
  };
}

/** The Node-RED that a test run is meant for: ALLEGRO_NODE_RED names it, e.g. `4@20`. */
export function chosenNodeRed(): NodeRedInstallation {
  const chosen = process.env.ALLEGRO_NODE_RED ?? '5@24';
  const known: readonly string[] = [...CACHED_VERSIONS, '5@24'];
  if (!known.includes(chosen)) {
    throw new Error(`ALLEGRO_NODE_RED is "${chosen}"; it may be ${known.join(', ')}.`);
  }
  return ensureNodeRed(chosen as NodeRedVersion);
}

/** Installs packages with further nodes that examples use; returns the folder that holds them. */
export function ensureFurtherNodes(log: (line: string) => void = console.log): string {
  const folder = join(cacheFolder(), 'node-red-nodes');
  ensurePackages(folder, FURTHER_NODES, log);
  return join(folder, 'node_modules');
}

/** Installs the scorecard; returns the path of its command. */
export function ensureScorecard(log: (line: string) => void = console.log): string {
  const folder = join(cacheFolder(), 'node-red-scorecard');
  ensurePackages(folder, { [SCORECARD]: SCORECARD_VERSION }, log);
  return join(folder, 'node_modules', SCORECARD, 'bin/run');
}

if (require.main === module) {
  for (const version of CACHED_VERSIONS) console.log(ensureNodeRed(version).script);
  console.log(ensureScorecard());
}
