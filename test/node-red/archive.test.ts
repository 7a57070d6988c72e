import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packNodeRed } from '../../scripts/hosts/pack';

interface Manifest {
  dependencies: Record<string, string>;
  'node-red': { nodes: Record<string, string> };
}

/** Within this tree a missing file or dependency would be found by chance; in the archive it is not. */
describe('the archive of the Node-RED package', () => {
  let folder: string;
  let manifest: Manifest;
  let files: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'allegro-archive-'));
    const archive = await packNodeRed();
    execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds everything that its scripts load', () => {
    const scripts = files.filter((name) => name.startsWith('dist/') && name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(Object.keys(manifest['node-red'].nodes).length);
    const missing = scripts.flatMap((name) =>
      requiredBy(name)
        .filter((required) => !isThere(name, required))
        .map((required) => `${name}: ${required}`),
    );
    expect(missing).toEqual([]);
  });

  it('holds script, form, help and texts of every node, and what people read first', () => {
    for (const script of Object.values(manifest['node-red'].nodes)) {
      const type = script.replace(/^dist\/nodes\/|\.js$/g, '');
      const locale = `dist/nodes/locales/en-US/${type}`;
      expect(files).toEqual(
        expect.arrayContaining([
          script,
          `dist/nodes/${type}.html`,
          `${locale}.html`,
          `${locale}.json`,
        ]),
      );
    }
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'resources/editor.js']));
  });

  it('holds no sources, tests or maps, and one manifest', () => {
    expect(files.filter((name) => name.endsWith('package.json'))).toEqual(['package.json']);
    expect(
      files.filter((name) => /(?<!\.d)\.ts$|\.map$|(^|\/)tests?\/|\.test\./.test(name)),
    ).toEqual([]);
  });

  function requiredBy(name: string): string[] {
    const source = readFileSync(join(folder, name), 'utf8');
    return [...source.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(([, required]) => required!);
  }

  function isThere(from: string, required: string): boolean {
    if (!required.startsWith('.')) {
      const name = required.replace(/^node:/, '');
      return builtinModules.includes(name) || required in manifest.dependencies;
    }
    const path = join(folder, dirname(from), required);
    const candidates = [path, `${path}.js`, join(path, 'index.js')];
    return candidates.some((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
  }
});
