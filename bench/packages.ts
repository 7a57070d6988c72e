import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from './measure';
import type { BenchOptions } from './options';
import { duration, type Row, type Section } from './report';

const ROOT = join(__dirname, '..');

/** What an installation costs: size of the archives, and time to load them. */
export async function benchPackages({ runs, folder }: BenchOptions): Promise<Section> {
  execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: 'ignore' });
  const rows: Row[] = [];
  for (const [name, path] of [
    ['n8n package', '.'],
    ['Node-RED package', './node-red'],
  ] as const) {
    const target = join(folder, name.replace(/ /g, '-'));
    mkdirSync(target, { recursive: true });
    const { filename, size, unpackedSize } = (
      JSON.parse(
        execFileSync(
          'npm',
          ['pack', path, '--json', '--ignore-scripts', '--pack-destination', target],
          { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
        ),
      ) as Array<{ filename: string; size: number; unpackedSize: number }>
    )[0]!;
    const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;
    const isN8n = path === '.';
    rows.push({
      what: `${name}: archive, unpacked`,
      ours: `${kilobytes(size)}, ${kilobytes(unpackedSize)}`,
      alternative: '',
      goal: isN8n ? '< 300 kB, < 1 MB' : '',
      isMet: isN8n ? size < 300_000 && unpackedSize < 1e6 : undefined,
    });
    execFileSync('tar', ['-xzf', filename, '-C', '.'], { cwd: target });
    symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
    const mains = mainFiles(join(target, 'package'));
    const script = `const RED={nodes:{createNode(){},registerType(){}},auth:{needsPermission:()=>()=>{}},httpAdmin:{get(){},post(){}},settings:{},log:{},hooks:{add(){},remove(){}},events:{on(){}},util:{}};for (const f of ${JSON.stringify(mains)}) { const m = require(f); if (typeof m === 'function' && ${!isN8n}) m(RED); }`;
    const node = (code: string) => async () =>
      execFileSync(process.execPath, ['-e', code], { cwd: ROOT });
    // What the host itself has loaded before it comes to us.
    const host = isN8n ? "require('n8n-workflow');" : "require('axios');";
    const times = await compare(runs, { load: node(host + script), host: node(host) });
    rows.push({
      what: `${name}: time to load, beyond what the host has loaded`,
      ours: duration(Math.max(0, times.load - times.host)),
      alternative: '',
      goal: '',
    });
  }
  return {
    title: 'Packages',
    notes: [
      'As npm would publish them. Loaded in a process that has loaded n8n-workflow, or axios for Node-RED, before.',
    ],
    rows,
  };
}

/** What the host loads, as the package names it. */
function mainFiles(folder: string): string[] {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    n8n?: { nodes: string[]; credentials: string[] };
    'node-red'?: { nodes: Record<string, string> };
  };
  const files = about.n8n
    ? [...about.n8n.nodes, ...about.n8n.credentials]
    : Object.values(about['node-red']!.nodes);
  for (const file of files) statSync(join(folder, file));
  if (readdirSync(folder).length === 0) throw new Error('The archive is empty.');
  return files.map((file) => join(folder, file));
}
