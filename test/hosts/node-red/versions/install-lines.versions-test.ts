import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ROOT } from '../../../../scripts/hosts/pack';
import { ensureNodeRed, type NodeRedVersion } from '../../../../scripts/hosts/node-red-cache';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The lines of the README that install the package into a host, as they stand. */
function linesFor(host: string): [build: string, ...install: string[]] {
  const [, block] = new RegExp(`<!-- install: ${host} -->\\s+\`\`\`sh\\n([^\`]+)\`\`\``).exec(
    README,
  )!;
  return block!.trim().split('\n') as [string, ...string[]];
}

/** The tree as a person has it after cloning. */
function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'allegro-clone-'));
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const name of names.filter(Boolean)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(ROOT, name), join(folder, name));
  }
  return folder;
}

describe.each([
  {
    host: 'n8n',
    folder: '.n8n/nodes',
    packages: ['n8n-nodes-allegro-multimeter'],
    versions: ['5@24', '4@20'],
  },
  {
    host: 'Node-RED',
    folder: '.node-red',
    packages: ['@allegro-multimeter', 'axios', 'hpagent'],
    versions: ['4@20', '5@22', '5@24'],
  },
])('the install lines of the README for $host', ({ host, folder, packages, versions }) => {
  let tree: string;
  let homes: string[];
  beforeAll(() => {
    tree = copyTree();
    homes = [];
  });
  afterAll(() => {
    for (const path of [tree, ...homes]) rmSync(path, { recursive: true, force: true });
  });

  it.each(versions)('work in an empty user folder, with the Node.js of %s', (version) => {
    const home = mkdtempSync(join(tmpdir(), 'allegro-home-'));
    homes.push(home);
    const { nodeBinary } = ensureNodeRed(version as NodeRedVersion);
    const PATH = `${dirname(nodeBinary)}${delimiter}${process.env.PATH}`;
    const [build, ...install] = linesFor(host);
    // Built once for all versions: what it makes is the same.
    const lines = homes.length === 1 ? [build, ...install] : install;
    const script = ['set -e', ...lines].join('\n');
    execFileSync('bash', ['-c', script], {
      cwd: tree,
      env: { ...process.env, PATH, HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const installed = readdirSync(join(home, folder, 'node_modules'));
    expect(installed).toEqual(expect.arrayContaining(packages));
    // Nothing but the package: npm would fetch a second n8n-workflow and compile its modules.
    if (host === 'n8n') expect(installed.filter((name) => !name.startsWith('.'))).toEqual(packages);
  });
});
