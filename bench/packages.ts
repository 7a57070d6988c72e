import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './measure';
import type { BenchOptions } from './options';
import type { Row, Section } from './report';

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
    // What the host itself has loaded before it comes to us.
    const host = isN8n ? "require('n8n-workflow');" : "require('axios');";
    const milliseconds = median(loadTimes(host, script, runs));
    rows.push({
      what: `${name}: time to load, beyond what the host has loaded`,
      ours: `${milliseconds.toFixed(0)} ms`,
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

/** Milliseconds that loading takes in processes of their own; the first warms the disk up. */
function loadTimes(host: string, script: string, runs: number): number[] {
  const timed = `${host} const start = performance.now(); ${script} console.log(performance.now() - start);`;
  const times = Array.from({ length: runs + 1 }, () =>
    Number(execFileSync(process.execPath, ['-e', timed], { cwd: ROOT, encoding: 'utf8' })),
  );
  return times.slice(1);
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
