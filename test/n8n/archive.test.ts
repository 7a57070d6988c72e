import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const ROOT = join(__dirname, '..', '..');

interface Report {
  size: number;
  unpackedSize: number;
  files: Array<{ path: string }>;
}
interface Manifest {
  n8n: { nodes: string[]; credentials: string[] };
  dependencies?: object;
}

/** What `npm publish` would send for n8n. */
describe('the archive of the n8n package', () => {
  let report: Report;
  let files: string[];
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

  beforeAll(() => {
    if (!existsSync(join(ROOT, 'dist'))) npx('tsx/cli', 'scripts/build/build-n8n.ts');
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const output = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    [report] = JSON.parse(output) as [Report];
    files = report.files.map(({ path }) => path);
  });

  it('is small', () => {
    expect(report.size).toBeLessThan(300_000);
    expect(report.unpackedSize).toBeLessThan(1_000_000);
  });

  it('holds compiled files and what people read first, and nothing else', () => {
    const beside = files.filter((path) => !path.startsWith('dist/')).sort();
    expect(beside).toEqual(['LICENSE.md', 'README.md', 'package.json']);
    expect(
      files.filter((path) => /(?<!\.d)\.ts$|\.map$|(^|\/)(test|simulator)\//.test(path)),
    ).toEqual([]);
    // A second manifest would name scripts and tools that are not there.
    expect(files.filter((path) => /package\.json$/.test(path))).toEqual(['package.json']);
    expect(files.filter((path) => path.endsWith('.svg'))).toHaveLength(2);
  });

  it('holds every node with its codex file, every credential, and their icons', () => {
    const { nodes, credentials } = manifest.n8n;
    const codex = nodes.map((path) => path.replace(/\.js$/, '.json'));
    expect(files).toEqual(expect.arrayContaining([...nodes, ...codex, ...credentials]));
    for (const path of [...nodes, ...credentials]) {
      const icons = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/'file:([^']+)'/g)];
      expect(icons.length).toBeGreaterThanOrEqual(2);
      for (const [, icon] of icons) expect(files).toContain(normalize(join(dirname(path), icon!)));
    }
  });

  it('needs nothing at run time but what n8n has', () => {
    expect(manifest.dependencies).toBeUndefined();
    const required = files
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) =>
        [
          ...readFileSync(join(ROOT, path), 'utf8').matchAll(
            /\brequire\(["']([^"'.][^"']*)["']\)/g,
          ),
        ].map(([, name]) => name!),
      );
    expect([...new Set(required)].sort()).toEqual(
      expect.arrayContaining(['n8n-workflow', expect.stringMatching(/^(node:)?crypto$/)]),
    );
    expect(required.filter((name) => !/^(n8n-workflow|(node:)?crypto)$/.test(name))).toEqual([]);
  });

  function npx(module: string, script: string): void {
    execFileSync(process.execPath, [require.resolve(module), script], { cwd: ROOT });
  }
});
